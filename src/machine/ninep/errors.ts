/** Numbers of Linux on i386, as Rlerror carries them. */
export const Errno = {
  ENOENT: 2,
  EINTR: 4,
  EIO: 5,
  EBADF: 9,
  EACCES: 13,
  EEXIST: 17,
  EXDEV: 18,
  ENOTDIR: 20,
  EISDIR: 21,
  EINVAL: 22,
  EFBIG: 27,
  ENOSPC: 28,
  EROFS: 30,
  ERANGE: 34,
  ENAMETOOLONG: 36,
  ENOTEMPTY: 39,
  ENODATA: 61,
  EPROTO: 71,
  EOPNOTSUPP: 95,
  ESTALE: 116,
} as const;

export type ErrnoName = keyof typeof Errno;

/** A file operation that is refused: the guest's system call fails with this. */
export class FileError extends Error {
  override name = "FileError";
  constructor(
    readonly errno: ErrnoName,
    subject: string,
  ) {
    super(`${errno}: ${subject}`);
  }
}
