// This file is shared by asc and tsc and must remain portable; it imports nothing.

/** Why a hypercall was refused: it returns the negative of one of these. A refused hypercall has changed nothing. */
export enum Errno {
  /** The caller has no right to do this. */
  Perm = 1,
  /** There is no such object. */
  Noent = 2,
  /** The host failed to do its part. */
  Io = 5,
  /** Nothing is there now; try again later. */
  Again = 11,
  /** A reservation or the host's memory does not allow it. */
  Nomem = 12,
  /** A range does not lie within the caller's memory. */
  Fault = 14,
  /** The object is in use. */
  Busy = 16,
  /** An argument has a value that is not allowed. */
  Inval = 22,
  /** A quota is used up. */
  Nospc = 28,
  /** There is no hypercall of this number or name in this version. */
  Nosys = 38,
}
