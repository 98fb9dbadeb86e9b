// This file is shared by asc and tsc and must remain portable; it imports nothing.

/** A flag of `console_read`: do not wait. */
export const NONBLOCK = 1;
/** How many bytes of output or input a console keeps. */
export const CONSOLE_BYTES = 4096;
