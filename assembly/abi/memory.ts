// This file is shared by asc and tsc and must remain portable; it imports nothing.

/** What `memory_reservation` tells. */
export enum Reservation {
  /** Pages that the memory has. */
  Current = 0,
  /** Pages that it may have. */
  Maximum = 1,
}
