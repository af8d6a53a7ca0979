/**
 * The kernel as the agent sees it: one method for one system call (or one file operation), no decisions.
 * `QuickJSSystem` carries them out through the native `linux` module; `FakeSystem` records them;
 * `TracingSystem` wraps either and reports each call as a KernelStep.
 *
 * Every method throws SystemError when the call fails. Flags and numbers are the i386 kernel's, in constants.ts.
 * Times are seconds, sizes bytes. Paths are UTF-8 without NUL.
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
  /** Seconds since 1970, fractional. */
  mtime: number;
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

/** Who may do what without capability checks; bit n is capability n. Two 32-bit halves: [low, high]. */
export type CapabilitySet = readonly [low: number, high: number];

export interface System {
  // processes
  /**
   * Like fork, with CLONE_* flags; returns 0 in the child, which goes on in a copy of this interpreter. With an open
   * cgroup directory the child is born in that cgroup (CLONE_INTO_CGROUP).
   */
  clone(flags: number, cgroup?: Fd): Pid;
  unshare(flags: number): void;
  setns(fd: Fd, nstype: number): void;
  /** Returns only by throwing. */
  execve(path: string, argv: readonly string[], env: readonly string[]): never;
  /** Ends this process at once, without handlers. */
  exit(code: number): never;
  kill(pid: Pid, signal: number): void;
  pidfdOpen(pid: Pid): Fd;
  /** Status of an ended child, null while it runs (WNOHANG). */
  waitpid(pid: Pid): ExitStatus | null;
  getpid(): Pid;
  setsid(): void;
  /** Makes the terminal `fd` the controlling one. */
  setControllingTerminal(fd: Fd): void;
  setgroups(gids: readonly number[]): void;
  setgid(gid: number): void;
  setuid(uid: number): void;
  umask(mask: number): number;
  /** `resource` is RLIMIT_*; values up to 2^53, -1 for no limit. */
  setrlimit(resource: number, soft: number, hard: number): void;
  prctl(option: number, arg2: number, arg3?: number, arg4?: number, arg5?: number): number;
  capset(effective: CapabilitySet, permitted: CapabilitySet, inheritable: CapabilitySet): void;
  /** Default action for every signal and an empty mask: what a new program expects. */
  resetSignals(): void;

  // mounts and names
  mount(source: string, target: string, type: string, flags: number, data: string): void;
  umount(target: string, flags: number): void;
  pivotRoot(newRoot: string, putOld: string): void;
  chroot(path: string): void;
  chdir(path: string): void;
  sethostname(name: string): void;
  setdomainname(name: string): void;
  /** Brings a network interface up. */
  linkUp(name: string): void;
  /** Swap that becomes free is discarded from the disk. */
  swapon(path: string): void;
  swapoff(path: string): void;

  // files
  open(path: string, flags: number, mode: number): Fd;
  close(fd: Fd): void;
  /** close_range(2) without flags: every open descriptor from `first` to `last`. */
  closeRange(first: Fd, last: Fd): void;
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
  dup2(from: Fd, to: Fd): void;
  setCloseOnExec(fd: Fd, on: boolean): void;
  setNonBlocking(fd: Fd, on: boolean): void;
  /** Close-on-exec. */
  pipe(): { read: Fd; write: Fd };
  lstat(path: string): Stat;
  stat(path: string): Stat;
  /** Only st_mode, symbolic links followed; null where nothing is there. Much cheaper than `stat`, above all then. */
  modeOf(path: string): number | null;
  readlink(path: string): string;
  /** Names without `.` and `..`, in the directory's order. */
  readdir(path: string): string[];
  mkdir(path: string, mode: number): void;
  rmdir(path: string): void;
  unlink(path: string): void;
  rename(from: string, to: string): void;
  symlink(target: string, path: string): void;
  link(from: string, to: string): void;
  mknod(path: string, mode: number, major: number, minor: number): void;
  chmod(path: string, mode: number): void;
  lchown(path: string, uid: number, gid: number): void;
  fchown(fd: Fd, uid: number, gid: number): void;
  utimens(path: string, mtime: number): void;
  listxattr(path: string): string[];
  getxattr(path: string, name: string): Uint8Array;
  setxattr(path: string, name: string, value: Uint8Array): void;
  /** Flushes the file system that holds `path`. */
  syncfs(path: string): void;
  /**
   * Tells the disk which parts, of `leastBytes` or more, the file system mounted at `path` does not use. @returns bytes
   * that were told; what it told before and has not used since is left out.
   */
  trim(path: string, leastBytes: number): number;

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
  /** Unlocks a /dev/ptmx master and returns its number, the N of /dev/pts/N. */
  unlockTerminal(master: Fd): number;

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
  base64Encode(bytes: Uint8Array): string;
}
