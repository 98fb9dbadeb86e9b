import { Errno } from "../abi/errno";
import { ShutdownReason } from "../abi/scheduling";
import { unwindWith } from "../object/unwinding";
import { current, Unwind } from "../state/machine";

export function schedYield(): i32 {
  unwindWith(Unwind.Yielded);
  return 0;
}

export function schedBlock(): i32 {
  if (current.pending == 0) unwindWith(Unwind.Blocked);
  return 0;
}

export function schedShutdown(reason: u32, code: i32): i32 {
  if (reason != ShutdownReason.Poweroff && reason != ShutdownReason.Reboot && reason != ShutdownReason.Crash) {
    return -Errno.Inval;
  }
  const domain = current.domain;
  domain.shutdownReason = reason;
  domain.shutdownCode = code;
  unwindWith(Unwind.Shutdown);
  return 0;
}
