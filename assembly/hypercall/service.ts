import { Errno } from "../abi/errno";
import { SERVICE_MAX_BYTES } from "../abi/service";
import { copyFromGuest, copyToGuest, inMemory } from "../object/guest";
import { beginCall, endCall } from "../object/service";
import { tryAgainAfter } from "../object/unwinding";
import { Call } from "../state/domain";
import { again, current, Unwind } from "../state/machine";

export function serviceCall(service: u32, request: u32, requestLength: u32, reply: u32, replyLength: u32): i32 {
  const domain = current.domain;
  if (!inMemory(domain, request, requestLength) || !inMemory(domain, reply, replyLength)) return -Errno.Fault;
  if (requestLength > <u32>SERVICE_MAX_BYTES) return -Errno.Inval;
  if (service >= 32 || (domain.services & (1 << service)) == 0) return -Errno.Noent;
  if (domain.call == Call.None) {
    const message = beginCall(domain, service, current.context.id, requestLength);
    if (message == 0) return -Errno.Nomem;
    copyFromGuest(domain, request, message, requestLength);
    return tryAgainAfter(Unwind.Service);
  }
  // An upcall runs on the context that it interrupts: its call is another one.
  if (again == 0 || domain.callContext != current.context.id) return -Errno.Busy;
  if (domain.call == Call.Asked) return tryAgainAfter(Unwind.Service);
  const length = domain.callLength;
  if (length > 0) {
    copyToGuest(domain, reply, domain.message, min<u32>(length, replyLength));
  }
  endCall(domain);
  return length;
}
