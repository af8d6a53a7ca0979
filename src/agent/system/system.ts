import type { FileTime } from "../../shared/files/file-attributes.js";

/**
 * The kernel as the agent sees it: one method for one system call (or one file operation), no decisions.
 * `createQuickJSSystem` carries them out through the native `linux` module; `FakeSystem` records them.
 *
 * Every method throws SystemError when the call fails. Flags and numbers are the i386 kernel's, in
 * shared/linux/constants.ts. Sizes are bytes. Paths and names are any bytes but NUL, decoded as
 * shared/text/path-bytes.ts has it. A relative path is taken from the directory `at`, where one is given.
 */

export class SystemError extends Error {
  override name = "SystemError";
  constructor(
    /** Name such as `ENOENT`. */
    readonly errno: string,
    /** Name of the call, such as `mount`. */
    readonly call: string,
    /** What it was called with, as text. */
    readonly subject: string,
  ) {
    super(`${call} ${subject}: ${errno}`);
  }
}

export type Fd = number;
export type Pid = number;

export interface Stat {
  mode: number;
  uid: number;
  gid: number;
  size: number;
  /** Room that it takes, in units of 512 bytes whatever the file system. */
  blocks: number;
  mtime: FileTime;
  ino: number;
  nlink: number;
  dev: number;
  /** Of a device node. */
  major: number;
  minor: number;
}

/** How a process ended: one of the two is set. */
export interface ExitStatus {
  exitCode?: number;
  signal?: number;
}

export interface Size {
  columns: number;
  rows: number;
}

export interface System {
  // lists of calls
  /** Carries out a list of system calls with room for its report (shared/calls), in this process and a child of it. */
  carryOut(list: Uint8Array): void;

  // processes
  /** Ends this process at once, without handlers. */
  exit(code: number): never;
  kill(pid: Pid, signal: number): void;
  /** Status of an ended child, null while it runs (WNOHANG). */
  waitpid(pid: Pid): ExitStatus | null;
  // files
  open(path: string, flags: number, mode: number, at?: Fd): Fd;
  close(fd: Fd): void;
  /** At most `max` bytes; empty at the end of the file; null when it would block. */
  read(fd: Fd, max: number): Uint8Array | null;
  /** Bytes taken; 0 when it would block. */
  write(fd: Fd, bytes: Uint8Array): number;
  /** The whole of a small file. */
  readFile(path: string): Uint8Array;
  /** Opens, writes once, closes: for kernel files. Does not create. */
  writeFile(path: string, text: string): void;
  /** Copies up to `count` bytes inside the kernel; bytes copied, 0 at the end. */
  sendfile(out: Fd, from: Fd, count: number): number;
  /** Moves the place of the next read; whence is SEEK_*. Returns it. ENXIO where there are no data any more. */
  seek(fd: Fd, offset: number, whence: number): number;
  setCloseOnExec(fd: Fd, on: boolean): void;
  setNonBlocking(fd: Fd, on: boolean): void;
  /** Close-on-exec. */
  pipe(): { read: Fd; write: Fd };
  lstat(path: string, at?: Fd): Stat;
  stat(path: string, at?: Fd): Stat;
  /** Only st_mode, symbolic links followed; null where nothing is there. Much cheaper than `stat`, above all then. */
  modeOf(path: string): number | null;
  readlink(path: string, at?: Fd): string;
  /** Names without `.` and `..`, in the directory's order. */
  readdir(path: string, at?: Fd): string[];
  mkdir(path: string, mode: number): void;
  rmdir(path: string, at?: Fd): void;
  unlink(path: string, at?: Fd): void;
  rename(from: string, to: string): void;
  chmod(path: string, mode: number): void;
  listxattr(path: string): string[];
  getxattr(path: string, name: string): Uint8Array;
  /** Flushes the file system that holds `path`. */
  syncfs(path: string): void;

  // sockets
  /** A listening SOCK_SEQPACKET unix socket whose file has the permissions `mode`, close-on-exec. */
  listenUnix(path: string, mode: number): Fd;
  accept(fd: Fd): Fd;
  /** A connected pair, SOCK_SEQPACKET (one send is one receive), close-on-exec. */
  socketpair(): readonly [Fd, Fd];
  sendFds(socket: Fd, bytes: Uint8Array, fds: readonly Fd[]): void;
  /** Null when it would block; empty bytes when the other side is gone. Received descriptors are close-on-exec. */
  recvFds(socket: Fd, max: number): { bytes: Uint8Array; fds: Fd[] } | null;

  // terminals
  isTerminal(fd: Fd): boolean;
  /** Raw mode; returns the settings before, for setTermios. */
  makeRaw(fd: Fd): Uint8Array;
  setTermios(fd: Fd, settings: Uint8Array): void;
  windowSize(fd: Fd): Size;
  setWindowSize(fd: Fd, size: Size): void;

  // clock and randomness
  setClock(epochMs: number): void;
  /** Microseconds on the monotonic clock. */
  monotonicMicros(): number;
  /** Credits the bytes to the kernel's pool and reseeds its generator. */
  addEntropy(bytes: Uint8Array): void;

  // the event loop
  /** One reader and one writer callback for each descriptor; null takes it away. */
  onReadable(fd: Fd, callback: (() => void) | null): void;
  onWritable(fd: Fd, callback: (() => void) | null): void;
  /** Returns what cancels it. */
  setTimer(ms: number, callback: () => void): () => void;

  // text
  utf8Encode(text: string): Uint8Array;
  utf8Decode(bytes: Uint8Array): string;
  /** The name that the bytes are. */
  decodePath(bytes: Uint8Array): string;
  base64Encode(bytes: Uint8Array): string;
}
