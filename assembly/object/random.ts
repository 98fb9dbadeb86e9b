// Random bytes: the host's, or in deterministic mode those of a generator of the domain's own (splitmix64: Steele, Lea and
// Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014).

import { Domain } from "../state/domain";
import { deterministic, seed } from "../state/machine";
import { hostRandom } from "./host";

/** A state that differs from domain to domain and from seed to seed. */
export function seedRandom(domain: Domain): void {
  domain.random = seed + <u64>domain.id * 0xd1342543de82ef95;
}

/** Fills core memory; `length` may be rounded up to a multiple of 8. */
export function fillRandom(domain: Domain, at: usize, length: u32): void {
  if (!deterministic) {
    hostRandom(at, length);
    return;
  }
  for (let i: u32 = 0; i < length; i += 8) {
    domain.random += 0x9e3779b97f4a7c15;
    let z = domain.random;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    store<u64>(at + i, z ^ (z >> 31));
  }
}
