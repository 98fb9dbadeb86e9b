// Prints a line at each tick, whatever others do meanwhile: its timer wakes it.
import { numberArgument } from "../lib/as/arguments";
import { decimal, endLine, seconds, text } from "../lib/as/console";
import { monotonicNs, sleepUntilNs, wallNs } from "../lib/as/time";

export function hv_start(): void {
  const ticks = numberArgument(0, 5);
  const periodNs = <u64>numberArgument(1, 200) * 1_000_000;
  const startNs = monotonicNs();
  for (let tick: u32 = 1; tick <= ticks; tick++) {
    const dueNs = startNs + tick * periodNs;
    sleepUntilNs(dueNs);
    const lateUs = (monotonicNs() - dueNs) / 1000;
    text("tick ");
    decimal(tick);
    text(" at ");
    seconds(dueNs - startNs);
    text(" s, ");
    timeOfDay(wallNs() / 1_000_000_000);
    text(" UTC, late by ");
    decimal(lateUs);
    text(" us");
    endLine();
  }
}

function timeOfDay(second: u64): void {
  decimal((second / 3600) % 24, 2, 0x30);
  text(":");
  decimal((second / 60) % 60, 2, 0x30);
  text(":");
  decimal(second % 60, 2, 0x30);
}
