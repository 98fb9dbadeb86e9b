import { DomainRefused } from "../../base/errors.js";
import { CommandError, ExitCode } from "../exit-codes.js";

/** What to throw when a domain could not be made of `guest`. */
export function refusedGuest(guest: string, cause: unknown): unknown {
  if (!(cause instanceof DomainRefused) || cause.reason === "verify") return cause;
  // The library's option has another name here.
  const [only, ...others] = cause.refusals.map(({ message }) => message.replace("memoryPages", "--memory"));
  const reasons =
    others.length === 0 ? ` ${only}` : [only, ...others].map((text) => `\n  - ${text}`).join("");
  return new CommandError(ExitCode.Refused, `${guest} is refused:${reasons}`, { cause });
}
