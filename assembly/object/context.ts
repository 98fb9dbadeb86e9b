// Contexts: create, destroy, find. Switching is part of running a vCPU (object/vcpu.ts).
//
// What frames may take is counted in the store's `allowance` while a domain runs, is created or destroyed; at other times
// in its record.
//
// Numbers of contexts are indices into the domain's array; a number is used again when its context is gone.

import { allocate, regionBytes, release } from "../frame/arena";
import {
  allowance,
  context as currentFrames,
  contextBytes,
  freeContext,
  leaveContext,
  newContext,
  switchContext,
} from "../frame/store";
import { Activation, Context } from "../state/context";
import { Domain } from "../state/domain";
import { clearReferences } from "./guest";
import { abandonCall } from "./service";

const FIRST_ROOM: u32 = 16;

/** The context of this number; null when there is none. */
export function findContext(domain: Domain, id: u32): Context | null {
  if (id >= domain.contextsRoom) return null;
  const found = load<usize>(domain.contexts + id * sizeof<usize>());
  return found == 0 ? null : changetype<Context>(found);
}

/** A new context that begins with `activation`, its upcalls masked; null when a quota or memory does not allow it. */
export function createContext(domain: Domain, activation: Activation, argument: u32): Context | null {
  let id = domain.contextsTaken;
  while (id < domain.contextsRoom && findContext(domain, id) !== null) id++;
  domain.contextsTaken = id;
  return createContextAt(domain, id, activation, argument);
}

/** The same with a number that is free. */
export function createContextAt(domain: Domain, id: u32, activation: Activation, argument: u32): Context | null {
  if (id >= domain.contextsMax || findContext(domain, id) !== null || !makeRoom(domain, id)) return null;
  const record = allocate(offsetof<Context>());
  if (record == 0) return null;
  const frames = newContext(domain.frameBytes);
  if (frames == 0 || contextBytes(frames) > allowance) {
    if (frames != 0) freeContext(frames);
    release(record, offsetof<Context>());
    return null;
  }
  allowance -= contextBytes(frames);
  memory.fill(record, 0, offsetof<Context>());
  const context = changetype<Context>(record);
  context.id = id;
  context.frames = frames;
  context.activation = activation;
  context.fresh = true;
  context.masked = true;
  context.argument = argument;
  store<usize>(domain.contexts + id * sizeof<usize>(), record);
  domain.contextsCount++;
  return context;
}

/** Gives back a context with its frames, on which no guest is running. */
export function destroyContext(domain: Domain, context: Context): void {
  const outer = currentFrames;
  switchContext(context.frames);
  clearReferences();
  leaveContext();
  if (outer != 0 && outer != context.frames) switchContext(outer);
  allowance += contextBytes(context.frames);
  freeContext(context.frames);
  store<usize>(domain.contexts + context.id * sizeof<usize>(), 0);
  domain.contextsCount--;
  abandonCall(domain, context.id);
  domain.contextsTaken = min(domain.contextsTaken, context.id);
  release(changetype<usize>(context), offsetof<Context>());
}

/** Gives back all contexts and the array of them. */
export function destroyContexts(domain: Domain): void {
  for (let id: u32 = 0; id < domain.contextsRoom; id++) {
    const context = findContext(domain, id);
    if (context !== null) destroyContext(domain, context);
  }
  if (domain.contexts != 0) release(domain.contexts, domain.contextsRoom * sizeof<usize>());
  domain.contexts = 0;
  domain.contextsRoom = 0;
}

/** Makes the array reach to `id`; false when there is no memory for it. */
function makeRoom(domain: Domain, id: u32): bool {
  const room = domain.contextsRoom;
  if (id < room) return true;
  const bytes = regionBytes(max(FIRST_ROOM, id + 1) * <u32>sizeof<usize>());
  const array = allocate(bytes);
  if (array == 0) return false;
  memory.fill(array, 0, bytes);
  if (room != 0) {
    memory.copy(array, domain.contexts, room * sizeof<usize>());
    release(domain.contexts, room * sizeof<usize>());
  }
  domain.contexts = array;
  domain.contextsRoom = bytes / sizeof<usize>();
  return true;
}
