import { Errno } from "../abi/errno";
import { Reservation } from "../abi/memory";
import { current } from "../state/machine";

export function memoryReservation(which: u32): i32 {
  const domain = current.domain;
  switch (which) {
    case Reservation.Current:
      return domain.pages;
    case Reservation.Maximum:
      return domain.maximumPages;
    default:
      return -Errno.Inval;
  }
}
