// A domain: what owns resources. Layout only; object/domain.ts says what is done with it.

/** What has become of a domain. */
export enum DomainState {
  Alive = 0,
  Shutdown = 1,
  Crashed = 2,
}

/** Where the call of a service is; a domain has one at a time. */
export enum Call {
  None = 0,
  /** The host has the request, or is to take it. */
  Asked = 1,
  /** The answer is there. */
  Answered = 2,
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

  /** The reservation: pages of 64 KiB, and elements of tables. `pages` are those of the memory that hypercalls reach. */
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
  /** All numbers below this are taken. */
  contextsTaken: u32;
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

  /** The program above the kernel: its slot, 0 for none, and its pages, that are not among `pages`. */
  programSlot: u32;
  programEntries: u32;
  programPages: u32;

  /** Bit 1 << service for each service that the domain may call. */
  services: u32;
  /** The call that is under way, and where its message lies: SERVICE_MAX_BYTES at most. */
  call: Call;
  callService: u32;
  callContext: u32;
  /** Length of the request, then of the answer; or a negative errno. */
  callLength: i32;
  message: usize;
  messageBytes: u32;

  shutdownReason: u32;
  shutdownCode: i32;

  /** State of the generator of random bytes in deterministic mode. */
  random: u64;
}
