// Counts primes by trial division: work without a call, that shows how far it is at each tenth.
import { numberArgument } from "../lib/as/arguments";
import { decimal, endLine, text } from "../lib/as/console";

export function hv_start(): void {
  const below = numberArgument(0, 2_000_000);
  let count: u32 = 0;
  let shown: u32 = 0;
  for (let n: u32 = 2; n < below; n++) {
    if (isPrime(n)) count++;
    const tenth = <u32>((<u64>n * 10) / below);
    if (tenth > shown) {
      shown = tenth;
      text("up to ");
      decimal(n, 8);
      text(": ");
      decimal(count);
      endLine();
    }
  }
  decimal(count);
  text(" primes below ");
  decimal(below);
  endLine();
}

function isPrime(n: u32): bool {
  if (n % 2 == 0) return n == 2;
  for (let divisor: u32 = 3; divisor * divisor <= n; divisor += 2) {
    if (n % divisor == 0) return false;
  }
  return true;
}
