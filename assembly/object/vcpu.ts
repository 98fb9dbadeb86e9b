// Running a vCPU: enters the guest, looks at why it came back, delivers upcalls, switches contexts.
//
// Invariants:
// - A guest is entered from here alone, and only through its entry points; what it throws passes through here to
//   the host. So nothing of the core may be half changed around a call into a guest: what run() needs to keep is in
//   the records before the guest is entered, and crashed() repairs the rest from there.
// - While a guest is off the native stack the whole of its stack is frames in the store of its context. A safepoint
//   always unwinds; an upcall is a new activation above the frames, on an empty native stack, and when it returns
//   the activation below is rewound.
// - `left` is what the run may still spend. A negative one is a debt: units passed at a safepoint that were not granted
//   yet. It stays with the vCPU, so that what is spent does not depend on how a run is sliced.
//
// The marker between an activation and the upcall above it, three cells:
//   fresh << 16 | masked << 8 | activation     of the interrupted one
//   the guest's stack-pointer global
//   MARKER                                     a header: instance 0

import { GuestEntry } from "../abi/guest-entry";
import { Cause, Exit } from "../abi/exit";
import { RunState, ShutdownReason } from "../abi/scheduling";
import { TraceKind } from "../abi/system";
import { fail, takeCause } from "../frame/cause";
import { beginFresh, beginRewinding, budget, RUNNING, stack, state } from "../frame/state";
import { allowance, leaveContext, pop, push, switchContext, usedBytes } from "../frame/store";
import { Activation, Context } from "../state/context";
import { Domain, DomainState } from "../state/domain";
import {
  again,
  carried,
  current,
  granted,
  hypercallCount,
  lastHypercall,
  target,
  unwind,
  Unwind,
} from "../state/machine";
import { Vcpu, Waits } from "../state/vcpu";
import { now, settle } from "./clock";
import { destroyContext, destroyContexts, findContext } from "./context";
import { takePending } from "./event-channel";
import {
  callContext,
  callPlain,
  callProgramInit,
  callUpcall,
  dropFunc,
  getStackPointer,
  hasEntry,
  setStackPointer,
} from "./guest";
import { enterState } from "./runstate";
import { trace } from "./trace";

/** Headers of frames of the core itself: 1 and 2 are those of hypercalls (docs/core.md, section 3). */
const MARKER: u64 = 3;

/** clang's leaf functions keep locals in so many bytes below the stack pointer. */
const RED_ZONE_BYTES: u32 = 128;
const STACK_ALIGNMENT: u32 = 16;

/** A budget is at most this, so that debts can be added to it. */
const LARGEST_BUDGET: i32 = 1 << 30;

/** Lets the vCPU run until it has spent `units`, or there is another reason to come back. */
export function run(vcpu: Vcpu, units: i32): Exit {
  const domain = vcpu.domain;
  if (domain.paused || domain.state != DomainState.Alive || units < 0 || units > LARGEST_BUDGET) return Exit.Offline;
  if (vcpu.runState == RunState.Blocked) return exitOf(vcpu.waits);
  const left = vcpu.debt + units;
  vcpu.spentUnits += <f64>units;
  if (left < 0) {
    vcpu.debt = left;
    granted = units;
    settle(0);
    return Exit.Preempted;
  }

  vcpu.debt = 0;
  vcpu.slices++;
  current = vcpu;
  granted = units;
  budget = left;
  hypercallCount = 0;
  lastHypercall = vcpu.lastHypercall;
  allowance = domain.frameAllowance;
  enterState(vcpu, RunState.Running, now());
  trace(TraceKind.Enter, domain, vcpu.context.id, units);
  return leave(vcpu, runContexts(vcpu, left));
}

/**
 * After run() threw: the guest trapped, or an exception left its entry point. Ends the domain; what it was granted
 * counts as spent.
 */
export function crash(vcpu: Vcpu, uncaught: bool): Cause {
  const taken = takeCause();
  const cause = taken == Cause.None && uncaught ? Cause.Uncaught : taken;
  budget = 0;
  vcpu.domain.state = DomainState.Crashed;
  trace(TraceKind.Crash, vcpu.domain, cause, vcpu.context.id);
  leave(vcpu, Exit.Offline);
  return cause;
}

/** Runs contexts of the vCPU one after the other, until the host is needed. */
function runContexts(vcpu: Vcpu, units: i32): Exit {
  const domain = vcpu.domain;
  let left = units;
  while (true) {
    const context = vcpu.context;
    switchContext(context.frames);
    if (!context.masked && vcpu.pending != 0 && hasEntry(domain, GuestEntry.Upcall)) {
      // The interrupted stack is to be rewound when the upcall is over.
      left -= usedBytes() >> 3;
      beginUpcall(vcpu, context);
      budget = left;
      if (left < 0) return Exit.Preempted;
    }
    const result = enter(domain, context, left);
    left = budget;
    if (left >= 0) {
      if (!endActivation(vcpu, context, result)) return Exit.Shutdown;
      continue;
    }
    const reason = unwind;
    unwind = Unwind.None;
    state = RUNNING;
    if (reason == Unwind.None) return Exit.Preempted;
    budget = carried;
    left = carried;
    switch (reason) {
      case Unwind.Switched: {
        left -= switchTo(vcpu, target);
        break;
      }
      case Unwind.Yielded:
        return Exit.Yielded;
      case Unwind.Blocked:
        return Exit.Blocked;
      case Unwind.ConsoleFull:
        return Exit.ConsoleFull;
      case Unwind.Service:
        return Exit.Service;
      case Unwind.Shutdown: {
        shutdown(domain);
        return Exit.Shutdown;
      }
      default:
      // An upcall is due.
    }
    budget = left;
    if (left < 0) return Exit.Preempted;
  }
}

/** Calls the entry point of the topmost activation of `context`, with `left` units. */
function enter(domain: Domain, context: Context, left: i32): u32 {
  stack = domain.stackBytes;
  if (context.fresh) {
    context.fresh = false;
    beginFresh(left);
  } else {
    dropFunc();
    beginRewinding(left);
  }
  switch (context.activation) {
    case Activation.Init: {
      callPlain(domain, GuestEntry.Init);
      return 0;
    }
    case Activation.ProgramInit: {
      callProgramInit(domain);
      return 0;
    }
    case Activation.Start: {
      callPlain(domain, GuestEntry.Start);
      return 0;
    }
    case Activation.Upcall: {
      callUpcall(domain, context.argument);
      return 0;
    }
    default:
      return callContext(domain, context.argument);
  }
}

/** The topmost activation of `context` returned. False: the domain has ended. */
function endActivation(vcpu: Vcpu, context: Context, result: u32): bool {
  const domain = vcpu.domain;
  switch (context.activation) {
    case Activation.Init:
    case Activation.ProgramInit: {
      context.activation += 1;
      context.fresh = true;
      return true;
    }
    case Activation.Start: {
      domain.shutdownReason = ShutdownReason.Poweroff;
      domain.shutdownCode = 0;
      shutdown(domain);
      return false;
    }
    case Activation.Upcall: {
      endUpcall(domain, context);
      return true;
    }
    default: {
      const next = findContext(domain, result);
      if (next === null || next === context) fail(Cause.NoContext);
      trace(TraceKind.Switch, domain, context.id, result);
      vcpu.switches++;
      vcpu.context = next!;
      destroyContext(domain, context);
      setStackPointer(domain, next!.stackPointer);
      return true;
    }
  }
}

/** Puts an upcall for the lowest pending port on top of the current context. */
function beginUpcall(vcpu: Vcpu, context: Context): void {
  const domain = vcpu.domain;
  const stackPointer = getStackPointer(domain);
  push(<u64>context.activation | (<u64>context.masked << 8) | (<u64>context.fresh << 16));
  push(<u64>stackPointer | (<u64>context.argument << 32));
  push(MARKER);
  const port = takePending(vcpu);
  context.activation = Activation.Upcall;
  context.argument = port;
  context.fresh = true;
  context.masked = true;
  setStackPointer(domain, (stackPointer - RED_ZONE_BYTES) & ~(STACK_ALIGNMENT - 1));
  vcpu.upcalls++;
  trace(TraceKind.Upcall, domain, port, context.id);
}

/** The upcall on top of the current context is over: what it interrupted is on top again. */
function endUpcall(domain: Domain, context: Context): void {
  if (pop() != MARKER) fail(Cause.Protocol);
  const kept = pop();
  const flags = <u32>pop();
  context.activation = flags & 0xff;
  context.masked = (flags & 0x100) != 0;
  context.fresh = (flags & 0x1_0000) != 0;
  context.argument = <u32>(kept >> 32);
  setStackPointer(domain, <u32>kept);
}

/** Makes `next` the current context; the guest has unwound. Returns what that costs: both stacks, one to be rewound yet. */
function switchTo(vcpu: Vcpu, next: Context): i32 {
  const domain = vcpu.domain;
  trace(TraceKind.Switch, domain, vcpu.context.id, next.id);
  vcpu.switches++;
  vcpu.context.stackPointer = getStackPointer(domain);
  vcpu.context = next;
  setStackPointer(domain, next.stackPointer);
  const unwound = usedBytes();
  switchContext(next.frames);
  return (unwound + usedBytes()) >> 3;
}

/** Ends a domain by its own wish; reason and code are noted. */
function shutdown(domain: Domain): void {
  domain.state = DomainState.Shutdown;
  trace(TraceKind.Shutdown, domain, domain.shutdownReason, domain.shutdownCode);
}

/** The run is over: settles all accounts. What is left of the grant is in `budget`; negative: a debt. */
function leave(vcpu: Vcpu, exit: Exit): Exit {
  const domain = vcpu.domain;
  const ended = domain.state != DomainState.Alive;
  const time = now();
  // Nobody pays a debt of a domain that has ended: it counts as spent.
  const spare = ended ? budget : max(budget, 0);
  vcpu.spentUnits -= <f64>spare;
  vcpu.debt = ended ? 0 : min(budget, 0);
  vcpu.hypercalls += hypercallCount;
  vcpu.lastHypercall = lastHypercall;
  vcpu.contextId = vcpu.context.id;
  vcpu.contextMasked = vcpu.context.masked;
  trace(TraceKind.Exit, domain, exit, granted - spare);
  settle(spare);
  budget = 0;
  again = 0;
  unwind = Unwind.None;
  state = RUNNING;
  current = changetype<Vcpu>(0);
  leaveContext();
  if (ended) destroyContexts(domain);
  domain.frameAllowance = allowance;
  vcpu.waits = waitsAfter(exit);
  const blocked = vcpu.waits != Waits.Nothing;
  enterState(vcpu, ended ? RunState.Offline : blocked ? RunState.Blocked : RunState.Runnable, time);
  return exit;
}

function waitsAfter(exit: Exit): Waits {
  switch (exit) {
    case Exit.Blocked:
      return Waits.Event;
    case Exit.ConsoleFull:
      return Waits.Room;
    case Exit.Service:
      return Waits.Service;
    default:
      return Waits.Nothing;
  }
}

function exitOf(waits: Waits): Exit {
  return waits == Waits.Room ? Exit.ConsoleFull : waits == Waits.Service ? Exit.Service : Exit.Blocked;
}
