// This file is shared by asc and tsc and must remain portable; it imports nothing.

/** What `start_info` writes: byte offsets of u32 fields; little-endian. */
export enum StartInfo {
  /** The version of the interface, as `version` returns it. */
  Version = 0,
  /** Number of the domain. */
  DomainId = 4,
  /** How many vCPUs the domain has. */
  Vcpus = 8,
  /** Pages of 64 KiB that its memory may have. */
  MaximumPages = 12,
  /** How many contexts it may have at a time. */
  ContextsMax = 16,
  /** Length of its name in bytes, which stands at byte START_INFO_BYTES. */
  NameLength = 20,
  /** Length of its command line in bytes, which follows the name. */
  CommandLineLength = 24,
}

/** Length of the fields; name and command line, both UTF-8, follow. */
export const START_INFO_BYTES = 28;
