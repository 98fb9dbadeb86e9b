import { NONBLOCK } from "../abi/console";
import { Errno } from "../abi/errno";
import { dropInput, outputRoom } from "../object/console";
import { copyFromGuest, copyToGuest, inMemory } from "../object/guest";
import { tryAgainAfter } from "../object/unwinding";
import { current, Unwind } from "../state/machine";

export function consoleWrite(offset: u32, length: u32): i32 {
  const domain = current.domain;
  if (!inMemory(domain, offset, length)) return -Errno.Fault;
  if (length == 0) return 0;
  const room = outputRoom(domain);
  if (room < 0) return -Errno.Nomem;
  if (room == 0) return tryAgainAfter(Unwind.ConsoleFull);
  const taken = min<u32>(length, room);
  copyFromGuest(domain, offset, domain.output + domain.outputLength, taken);
  domain.outputLength += taken;
  return taken;
}

export function consoleRead(offset: u32, length: u32, flags: u32): i32 {
  const domain = current.domain;
  if ((flags & ~NONBLOCK) != 0) return -Errno.Inval;
  if (!inMemory(domain, offset, length)) return -Errno.Fault;
  if (length == 0) return 0;
  if (domain.inputLength == 0) {
    if (domain.inputEnded) return 0;
    return flags & NONBLOCK ? -Errno.Again : tryAgainAfter(Unwind.Blocked);
  }
  const taken = min(length, domain.inputLength);
  copyToGuest(domain, offset, domain.input, taken);
  dropInput(domain, taken);
  return taken;
}
