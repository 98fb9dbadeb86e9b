// This file is shared by asc and tsc and must remain portable; it imports nothing.

/** The version of the hypercall interface, as `version` returns it: major << 16 | minor. */
export const ABI_VERSION = 0x0000_0001;

/** What `features(0)` tells: one bit each. */
export enum Feature {
  /** Contexts can be created and switched. */
  Contexts = 1 << 0,
  /** Upcalls are delivered to the export `hv_upcall`. */
  Upcalls = 1 << 1,
  /** Time, random bytes and slices repeat exactly: the machine runs in deterministic mode. */
  Deterministic = 1 << 2,
}
