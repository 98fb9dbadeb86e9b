import { GuestEntry } from "../abi/guest-entry";
import { Errno } from "../abi/errno";
import { createContext, destroyContext, findContext } from "../object/context";
import { hasEntry } from "../object/guest";
import { unwindWith } from "../object/unwinding";
import { Activation } from "../state/context";
import { current, target, Unwind } from "../state/machine";

export function contextCreate(argument: u32, stackPointer: u32): i32 {
  const domain = current.domain;
  if (!hasEntry(domain, GuestEntry.Context)) return -Errno.Nosys;
  if (domain.contextsCount >= domain.contextsMax) return -Errno.Nospc;
  const context = createContext(domain, Activation.Context, argument);
  if (context === null) return -Errno.Nomem;
  context.stackPointer = stackPointer;
  return context.id;
}

export function contextSwitch(id: u32): i32 {
  const next = findContext(current.domain, id);
  if (next === null) return -Errno.Noent;
  if (next === current.context) return 0;
  target = next;
  unwindWith(Unwind.Switched);
  return 0;
}

export function contextDestroy(id: u32): i32 {
  const context = findContext(current.domain, id);
  if (context === null) return -Errno.Noent;
  if (context === current.context) return -Errno.Busy;
  destroyContext(current.domain, context);
  return 0;
}

export function contextCurrent(): i32 {
  return current.context.id;
}

export function upcallMask(): i32 {
  const context = current.context;
  const before = context.masked;
  context.masked = true;
  return before ? 1 : 0;
}

export function upcallUnmask(): i32 {
  const context = current.context;
  const before = context.masked;
  context.masked = false;
  if (current.pending != 0 && hasEntry(current.domain, GuestEntry.Upcall)) unwindWith(Unwind.Upcall);
  return before ? 1 : 0;
}
