// Calls of services: the request lies in core memory until the host has answered, then the answer does. One call of a
// domain is under way at a time; who asked finds the answer when the hypercall is done again.

import { Errno } from "../abi/errno";
import { SERVICE_MAX_BYTES } from "../abi/service";
import { allocate, release } from "../frame/arena";
import { Call, Domain } from "../state/domain";
import { vcpuOf } from "../state/vcpu";
import { now } from "./clock";
import { wake } from "./event-channel";

/** No context has this number. */
const NOBODY: u32 = u32.MAX_VALUE;

/** Room for a message of `length` bytes in place of the last; 0 when there is no memory for it. */
export function reserveMessage(domain: Domain, length: u32): usize {
  dropMessage(domain);
  domain.message = allocate(max<u32>(length, 1));
  domain.messageBytes = max<u32>(length, 1);
  return domain.message;
}

/** Begins a call and returns where its request of `length` bytes is to be put; 0 when there is no memory for it. */
export function beginCall(domain: Domain, service: u32, context: u32, length: u32): usize {
  const at = reserveMessage(domain, length);
  if (at == 0) return 0;
  domain.call = Call.Asked;
  domain.callService = service;
  domain.callContext = context;
  domain.callLength = length;
  return at;
}

/** Room for an answer of `length` bytes, in place of the request; 0 when nobody asked or there is no memory for it. */
export function answerRoom(domain: Domain, length: u32): usize {
  if (domain.call != Call.Asked || length > <u32>SERVICE_MAX_BYTES) return 0;
  return reserveMessage(domain, length);
}

/** The answer is in its room, or the service refuses with a negative errno; true when that made the vCPU runnable. */
export function answer(domain: Domain, length: i32): bool {
  if (domain.call != Call.Asked) return false;
  if (domain.callContext == NOBODY) {
    endCall(domain);
    return false;
  }
  domain.call = Call.Answered;
  domain.callLength = length >= 0 && <u32>length > domain.messageBytes ? -Errno.Io : length;
  return wake(vcpuOf(domain), now());
}

/** The context that waits for an answer is gone. Nobody else may call before the host has answered. */
export function abandonCall(domain: Domain, context: u32): void {
  if (domain.call == Call.None || domain.callContext != context) return;
  if (domain.call == Call.Answered) endCall(domain);
  else domain.callContext = NOBODY;
}

/** The call is over. */
export function endCall(domain: Domain): void {
  domain.call = Call.None;
  dropMessage(domain);
}

export function dropMessage(domain: Domain): void {
  if (domain.message != 0) release(domain.message, domain.messageBytes);
  domain.message = 0;
}
