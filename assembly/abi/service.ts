// This file is shared by asc and tsc and must remain portable; it imports nothing.

/** Services of the host that a domain may be given. */
export enum Service {
  /** Folders of the host: see FileOperation. */
  Files = 1,
}

/** How long a request, and a reply, may be. */
export const SERVICE_MAX_BYTES = 65536;
