import { Errno } from "../abi/errno";
import { copyProgram, inMemory, inProgram, programStart } from "../object/guest";
import { current } from "../state/machine";

/** For the entry of `program_run`, which does the rest: the table entry of the program's `_start`, or a negative errno. */
export function programRun(): i32 {
  const domain = current.domain;
  return domain.programSlot == 0 ? -Errno.Noent : <i32>programStart(domain);
}

export function programPages(): i32 {
  const domain = current.domain;
  return domain.programSlot == 0 ? -Errno.Noent : <i32>domain.programPages;
}

export function programRead(programOffset: u32, offset: u32, length: u32): i32 {
  return copy(programOffset, offset, length, 0);
}

export function programWrite(programOffset: u32, offset: u32, length: u32): i32 {
  return copy(programOffset, offset, length, 1);
}

function copy(programOffset: u32, offset: u32, length: u32, toProgram: i32): i32 {
  const domain = current.domain;
  if (domain.programSlot == 0) return -Errno.Noent;
  if (!inProgram(domain, programOffset, length) || !inMemory(domain, offset, length)) return -Errno.Fault;
  copyProgram(domain, programOffset, offset, length, toProgram);
  return 0;
}
