// This file is shared by asc and tsc and must remain portable; it imports nothing.
//
// Messages of the service Files: a request is FILE_REQUEST_BYTES of fields, then a base path, a path, another base path, another
// path, and data. A reply is FILE_REPLY_BYTES of fields, then data. Little-endian; a message has SERVICE_MAX_BYTES at most.
//
// Folders are numbered from 0 on, in the order in which the domain was given them. Paths are UTF-8, relative, separated by
// `/`. The base path leads from the folder to a directory; the path leads on from there and nowhere out of that directory,
// neither by `..` nor by a symbolic link. An open file has a handle, by which the host finds it again. The host may forget
// handles, as it does when the domain is restored elsewhere: a request says path and flags as well, by which it is then opened anew.

/** What is asked for. Fields and parts that are not named are not looked at. */
export enum FileOperation {
  /** Opens (Base, Path, Flags). Reply: Handle, attributes, data: the path from the folder without symbolic links. */
  Open = 1,
  /** Forgets Handle. */
  Close = 2,
  /** Length bytes at Offset (Handle, or Base and Path). Reply: data, fewer at the end of the file. */
  Read = 3,
  /** Data at Offset, or at the end with flag Append (Handle, or Base and Path). Reply: Size: the position behind it. */
  Write = 4,
  /** Attributes (Handle, or Base, Path, Flags). Reply: attributes. */
  Attributes = 5,
  /** Makes a file Offset bytes long (Handle, or Base and Path). */
  SetSize = 6,
  /** Makes sure that a file is at least Offset bytes long (Handle, or Base and Path). */
  Extend = 7,
  /** Sets times (Handle, or Base, Path, Flags). Data: two u64, ns since 1970: last access, last change. */
  SetTimes = 8,
  /** Writes a file to the disk (Handle, or Base and Path). */
  Sync = 9,
  /** Entries of a directory from cookie Offset on (Handle, or Base and Path). Reply: data: entries (FileEntry) of at most Length bytes; Size: the cookie to go on with; Links: 1 when the last one was told. With flag Partial an entry that does not fit is cut off. */
  List = 10,
  /** Makes a directory (Base, Path). */
  MakeDirectory = 11,
  /** Removes an empty directory (Base, Path). */
  RemoveDirectory = 12,
  /** Removes anything else (Base, Path). */
  Unlink = 13,
  /** Renames (Base, Path to OtherBase, OtherPath in OtherFolder). Reply: data: its path from the folder before, then the path now; Links: bytes of the former. */
  Rename = 14,
  /** Makes another name (OtherBase, OtherPath in OtherFolder) for a file (Base, Path). */
  Link = 15,
  /** Makes a symbolic link (Base, Path). Data: where it leads; not an absolute path. */
  MakeSymbolicLink = 16,
  /** Where a symbolic link (Base, Path) leads. Reply: data. */
  ReadSymbolicLink = 17,
  /** Data goes to the host's standard error. Reply: Size: how much was taken. */
  StandardError = 18,
}

/** Flags of requests. */
export enum FileFlag {
  /** Follow a symbolic link that the path ends in. */
  Follow = 1,
  /** Open: make a file when there is none. */
  Create = 2,
  /** Open: fail when there is one. */
  Exclusive = 4,
  /** Open: make it empty. */
  Truncate = 8,
  /** Open: fail when it is not a directory. */
  Directory = 16,
  /** Open: for reading. */
  Read = 32,
  /** Open: for writing. */
  Write = 64,
  /** Open: what is written is on the disk before the write is over. */
  Sync = 128,
  /** Write: at the end. */
  Append = 256,
  /** SetTimes: that of the last access. */
  SetAccessed = 512,
  /** SetTimes: that of the last change. */
  SetModified = 1024,
  /** List: cut off. */
  Partial = 2048,
}

/** Byte offsets in a request. */
export enum FileRequest {
  /** u32: see FileOperation. */
  Operation = 0,
  /** u32 */
  Folder = 4,
  /** u64: 0: none. */
  Handle = 8,
  /** u64 */
  Offset = 16,
  /** u32 */
  Length = 24,
  /** u32: see FileFlag. */
  Flags = 28,
  /** u32: bytes of the base path. */
  BaseLength = 32,
  /** u32 */
  PathLength = 36,
  /** u32 */
  OtherFolder = 40,
  /** u32 */
  OtherBaseLength = 44,
  /** u32 */
  OtherPathLength = 48,
  /** u32 */
  DataLength = 52,
}

export const FILE_REQUEST_BYTES = 56;

/** Byte offsets in a reply. */
export enum FileReply {
  /** u32: 0, or the errno of WASI preview 1; then the rest means nothing. */
  Error = 0,
  /** u32: file type, as in WASI preview 1. */
  Type = 4,
  /** u64: also of an open file that was opened anew; 0: there is none. */
  Handle = 8,
  /** u64: bytes. */
  Size = 16,
  /** u64 */
  Links = 24,
  /** u64: ns since 1970, as are the following two. */
  Accessed = 32,
  /** u64 */
  Modified = 40,
  /** u64 */
  Changed = 48,
  /** u64 */
  Inode = 56,
  /** u64 */
  Device = 64,
  /** u32 */
  DataLength = 72,
}

export const FILE_REPLY_BYTES = 80;

/** Byte offsets in an entry of a directory; its name follows. As `dirent` in WASI preview 1. */
export enum FileEntry {
  /** u64: the cookie of the next entry. */
  Next = 0,
  /** u64 */
  Inode = 8,
  /** u32: bytes of the name. */
  NameLength = 16,
  /** u32: file type. */
  Type = 20,
}

export const FILE_ENTRY_BYTES = 24;
