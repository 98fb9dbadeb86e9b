// Numbers and layouts of WASI preview 1, as the program sees them. All integers are little-endian.

/** What a call returns. */
export enum Wasi {
  Success = 0,
  Acces = 2,
  Again = 6,
  Badf = 8,
  Busy = 10,
  Exist = 20,
  Fault = 21,
  Fbig = 22,
  Ilseq = 25,
  Inval = 28,
  Io = 29,
  Isdir = 31,
  Loop = 32,
  Mfile = 33,
  Mlink = 34,
  Nametoolong = 37,
  Nfile = 41,
  Noent = 44,
  Nomem = 48,
  Nospc = 51,
  Nosys = 52,
  Notdir = 54,
  Notempty = 55,
  Notsock = 57,
  Notsup = 58,
  Overflow = 61,
  Perm = 63,
  Rofs = 69,
  Spipe = 70,
  Xdev = 75,
  Notcapable = 76,
}

export enum FileType {
  Unknown = 0,
  BlockDevice = 1,
  CharacterDevice = 2,
  Directory = 3,
  RegularFile = 4,
  SocketDgram = 5,
  SocketStream = 6,
  SymbolicLink = 7,
}

/** Bits of a 64-bit set of rights. */
export namespace Right {
  export const FdDatasync: u64 = 1 << 0;
  export const FdRead: u64 = 1 << 1;
  export const FdSeek: u64 = 1 << 2;
  export const FdFdstatSetFlags: u64 = 1 << 3;
  export const FdSync: u64 = 1 << 4;
  export const FdTell: u64 = 1 << 5;
  export const FdWrite: u64 = 1 << 6;
  export const FdAdvise: u64 = 1 << 7;
  export const FdAllocate: u64 = 1 << 8;
  export const PathCreateDirectory: u64 = 1 << 9;
  export const PathCreateFile: u64 = 1 << 10;
  export const PathLinkSource: u64 = 1 << 11;
  export const PathLinkTarget: u64 = 1 << 12;
  export const PathOpen: u64 = 1 << 13;
  export const FdReaddir: u64 = 1 << 14;
  export const PathReadlink: u64 = 1 << 15;
  export const PathRenameSource: u64 = 1 << 16;
  export const PathRenameTarget: u64 = 1 << 17;
  export const PathFilestatGet: u64 = 1 << 18;
  export const PathFilestatSetSize: u64 = 1 << 19;
  export const PathFilestatSetTimes: u64 = 1 << 20;
  export const FdFilestatGet: u64 = 1 << 21;
  export const FdFilestatSetSize: u64 = 1 << 22;
  export const FdFilestatSetTimes: u64 = 1 << 23;
  export const PathSymlink: u64 = 1 << 24;
  export const PathRemoveDirectory: u64 = 1 << 25;
  export const PathUnlinkFile: u64 = 1 << 26;
  export const PollFdReadwrite: u64 = 1 << 27;
  /** All that exist, those of sockets included. */
  export const All: u64 = (1 << 30) - 1;

  /** Those that mean something for a directory itself. */
  export const Directory: u64 =
    FdFdstatSetFlags | FdSync | FdDatasync | FdAdvise | FdReaddir | FdFilestatGet | FdFilestatSetTimes |
    PathCreateDirectory | PathCreateFile | PathLinkSource | PathLinkTarget | PathOpen | PathReadlink |
    PathRenameSource | PathRenameTarget | PathFilestatGet | PathFilestatSetSize | PathFilestatSetTimes |
    PathSymlink | PathRemoveDirectory | PathUnlinkFile | PollFdReadwrite;
  /** Those that mean something for a regular file. */
  export const File: u64 =
    FdDatasync | FdRead | FdSeek | FdFdstatSetFlags | FdSync | FdTell | FdWrite | FdAdvise | FdAllocate |
    FdFilestatGet | FdFilestatSetSize | FdFilestatSetTimes | PollFdReadwrite;
  /** Those of a stream: without seek and tell, by which programs tell that it may be a terminal. */
  export const Stream: u64 = FdRead | FdWrite | FdFdstatSetFlags | FdFilestatGet | PollFdReadwrite;
}

/** Flags of an open file. */
export enum FdFlag {
  Append = 1,
  Dsync = 2,
  Nonblock = 4,
  Rsync = 8,
  Sync = 16,
  All = 31,
}

/** How `path_open` opens. */
export enum OpenFlag {
  Create = 1,
  Directory = 2,
  Exclusive = 4,
  Truncate = 8,
  All = 15,
}

/** The flag of path look-ups: follow a symbolic link that the path ends in. */
export const SYMLINK_FOLLOW: u32 = 1;

/** Which times are set, and to what. */
export enum TimeFlag {
  Accessed = 1,
  AccessedNow = 2,
  Modified = 4,
  ModifiedNow = 8,
  All = 15,
}

export enum Clock {
  Realtime = 0,
  Monotonic = 1,
  ProcessCpu = 2,
  ThreadCpu = 3,
}

export enum Whence {
  Set = 0,
  Current = 1,
  End = 2,
}

export enum EventType {
  Clock = 0,
  FdRead = 1,
  FdWrite = 2,
}

/** A flag of a clock's subscription: the time is absolute. */
export const CLOCK_ABSOLUTE: u32 = 1;
/** A flag of an event: the other side hung up. */
export const EVENT_HANGUP: u32 = 1;

export const FDSTAT_BYTES: u32 = 24;
export const FILESTAT_BYTES: u32 = 64;
export const PRESTAT_BYTES: u32 = 8;
export const DIRENT_BYTES: u32 = 24;
export const IOVEC_BYTES: u32 = 8;
export const SUBSCRIPTION_BYTES: u32 = 48;
export const EVENT_BYTES: u32 = 32;
