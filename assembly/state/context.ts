// A context: one stack of a guest. Layout only; object/context.ts says what is done with it.

/** Which entry point the topmost activation of a context began with. */
export enum Activation {
  /** `wv:init` of the guest; then comes the next one. */
  Init = 0,
  /** `wv:init` of the program above it; then comes the next one. */
  ProgramInit = 1,
  /** `hv_start` */
  Start = 2,
  /** `hv_upcall` */
  Upcall = 3,
  /** `hv_context` */
  Context = 4,
}

/**
 * One record in core memory. An upcall is an activation of its own above the frames of the interrupted one; between
 * them lies a marker of two cells and a header, that keeps what is put back when the upcall returns.
 */
@unmanaged
export class Context {
  id: u32;
  /** The frame store: see frame/store.ts. */
  frames: usize;
  activation: Activation;
  /** The activation has not begun: it is entered with its argument, not rewound. */
  fresh: bool;
  /** Upcalls are not delivered. */
  masked: bool;
  /** What the activation is or was called with. */
  argument: u32;
  /** The guest's stack-pointer global while another context runs. */
  stackPointer: u32;
}
