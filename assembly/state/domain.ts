// A domain: what owns resources. Layout only; object/domain.ts says what is done with it.

/** What has become of a domain. */
export enum DomainState {
  Alive = 0,
  Shutdown = 1,
  Crashed = 2,
}

/** One record in core memory; numbers of slots and entries are those of docs/core.md, section 2. */
@unmanaged
export class Domain {
  id: u32;
  slot: u32;
  /** Bit 1 << entry for each entry of the slot that is there. */
  entries: u32;
  state: DomainState;
  /** Whether the host keeps it from running. */
  paused: bool;
  /** Its vCPU: see state/vcpu.ts, which names this file, so the pointer is a plain one here. */
  vcpu: usize;

  /** The reservation: pages of 64 KiB, and elements of tables. */
  pages: u32;
  maximumPages: u32;
  tableElements: u32;
  maximumTableElements: u32;

  /** Native stack that its guest may take, in bytes. */
  stackBytes: i32;
  /** Bytes that one context's frames may take. */
  frameBytes: u32;
  /** Bytes that the frames of all contexts may take yet. */
  frameAllowance: u32;

  /** Array of `contextsRoom` pointers to contexts by their number, 0 for none; `contextsMax` is the quota. */
  contexts: usize;
  contextsRoom: u32;
  contextsCount: u32;
  contextsMax: u32;

  /** Machine time of its creation, in ns. */
  createdNs: f64;

  /** Name and command line, one behind the other; 0 when both are empty. */
  startText: usize;
  nameLength: u32;
  commandLineLength: u32;

  /** Console: two buffers of CONSOLE_BYTES, each 0 before it is first needed. */
  output: usize;
  outputLength: u32;
  input: usize;
  inputLength: u32;
  inputEnded: bool;

  shutdownReason: u32;
  shutdownCode: i32;

  /** State of the generator of random bytes in deterministic mode. */
  random: u64;
}
