// The console of a domain: a buffer of output that the host takes from its front, and one of input that it fills at
// its end. Both are made when first needed; whoever finds output full or input empty waits.

import { CONSOLE_BYTES } from "../abi/console";
import { Virq } from "../abi/event-channel";
import { allocate, release } from "../frame/arena";
import { Domain } from "../state/domain";
import { vcpuOf, Waits } from "../state/vcpu";
import { now } from "./clock";
import { raise, wake } from "./event-channel";

/** How many bytes of output fit now; -1 when there is no memory for the buffer. */
export function outputRoom(domain: Domain): i32 {
  if (domain.output == 0) {
    domain.output = allocate(CONSOLE_BYTES);
    if (domain.output == 0) return -1;
  }
  return CONSOLE_BYTES - domain.outputLength;
}

/** The host took `length` bytes; true when that made the vCPU runnable. */
export function takeOutput(domain: Domain, length: u32): bool {
  const taken = min(length, domain.outputLength);
  domain.outputLength -= taken;
  memory.copy(domain.output, domain.output + taken, domain.outputLength);
  const vcpu = vcpuOf(domain);
  return taken != 0 && vcpu.waits == Waits.Room && wake(vcpu, now());
}

/** Where the host puts input; 0 when there is no memory for the buffer. */
export function inputEnd(domain: Domain): usize {
  if (domain.input == 0) domain.input = allocate(CONSOLE_BYTES);
  return domain.input == 0 ? 0 : domain.input + domain.inputLength;
}

export function inputRoom(domain: Domain): u32 {
  return CONSOLE_BYTES - domain.inputLength;
}

/** The host put `length` bytes at inputEnd(); true when that made the vCPU runnable. */
export function giveInput(domain: Domain, length: u32): bool {
  domain.inputLength += min(length, inputRoom(domain));
  return raise(vcpuOf(domain), Virq.Console);
}

/** No more will come; true when that made the vCPU runnable. */
export function endInput(domain: Domain): bool {
  if (domain.inputEnded) return false;
  domain.inputEnded = true;
  return raise(vcpuOf(domain), Virq.Console);
}

/** Takes `length` bytes, that are there, off the front of the input. */
export function dropInput(domain: Domain, length: u32): void {
  domain.inputLength -= length;
  memory.copy(domain.input, domain.input + length, domain.inputLength);
}

/** For a domain that is loaded: `length` bytes of output are put back at the place that is returned; 0 when that can't be. */
export function restoreOutput(domain: Domain, length: u32): usize {
  if (length > <u32>CONSOLE_BYTES || outputRoom(domain) < 0) return 0;
  domain.outputLength = length;
  return domain.output;
}

export function freeConsole(domain: Domain): void {
  if (domain.output != 0) release(domain.output, CONSOLE_BYTES);
  if (domain.input != 0) release(domain.input, CONSOLE_BYTES);
}
