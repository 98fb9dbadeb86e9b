// The end of a domain.
import { schedShutdown, ShutdownReason } from "./hv";

/** Ends the domain; the code is told to whoever waits. */
export function powerOff(code: i32): void {
  schedShutdown(ShutdownReason.Poweroff, code);
}
