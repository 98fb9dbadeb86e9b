import { FileErrno, FileRefused } from "../../../base/host-folder.js";

const errnos: Record<string, FileErrno> = {
  EACCES: FileErrno.Acces,
  EBADF: FileErrno.Badf,
  EBUSY: FileErrno.Busy,
  EDQUOT: FileErrno.Nospc,
  EEXIST: FileErrno.Exist,
  EFBIG: FileErrno.Fbig,
  EINVAL: FileErrno.Inval,
  EISDIR: FileErrno.Isdir,
  ELOOP: FileErrno.Loop,
  EMFILE: FileErrno.Nfile,
  EMLINK: FileErrno.Mlink,
  ENAMETOOLONG: FileErrno.Nametoolong,
  ENFILE: FileErrno.Nfile,
  ENOENT: FileErrno.Noent,
  ENOSPC: FileErrno.Nospc,
  ENOTDIR: FileErrno.Notdir,
  ENOTEMPTY: FileErrno.Notempty,
  ENOTSUP: FileErrno.Notsup,
  EOPNOTSUPP: FileErrno.Notsup,
  EPERM: FileErrno.Perm,
  EROFS: FileErrno.Rofs,
  EXDEV: FileErrno.Xdev,
};

/** What `act` returns; what Node.js throws becomes a FileRefused. */
export function attempt<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw refusalOf(error);
  }
}

export function refusalOf(error: unknown): FileRefused {
  if (error instanceof FileRefused) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  return new FileRefused(errnos[code ?? ""] ?? FileErrno.Io, message);
}

export function refuse(errno: FileErrno, why: string): never {
  throw new FileRefused(errno, why);
}
