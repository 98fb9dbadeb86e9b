import { Errno } from "../abi/errno";
import { takePending } from "../object/event-channel";
import { current } from "../state/machine";

export function evtchnNext(): i32 {
  const port = takePending(current);
  return port < 0 ? -Errno.Again : port;
}
