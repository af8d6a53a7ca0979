/**
 * The native module of the guest's interpreter (vm-images/native/linux). One function for one system call; a call
 * that fails throws an Error whose `errno` is a name such as `ENOENT`. Only quickjs-system.ts imports it.
 */
declare module "linux" {
  type Fd = number;
  type Pid = number;

  interface LinuxStat {
    mode: number;
    uid: number;
    gid: number;
    size: number;
    mtime: number;
    ino: number;
    nlink: number;
    dev: number;
    major: number;
    minor: number;
  }

  /** Arguments of the program, after the script's name. */
  export const args: string[];

  /** The child has no callbacks and must end with execve or exit: the loop ends it if it comes back there. */
  export function clone(flags: number, cgroup?: Fd): Pid;
  export function unshare(flags: number): void;
  export function setns(fd: Fd, nstype: number): void;
  export function execve(path: string, argv: readonly string[], env: readonly string[]): never;
  export function exit(code: number): never;
  export function kill(pid: Pid, signal: number): void;
  export function pidfdOpen(pid: Pid): Fd;
  /** Raw wait status, as in <sys/wait.h>; null while the child runs. */
  export function waitpid(pid: Pid): number | null;
  export function getpid(): Pid;
  export function setsid(): void;
  export function setgroups(gids: readonly number[]): void;
  export function setgid(gid: number): void;
  export function setuid(uid: number): void;
  export function umask(mask: number): number;
  export function setrlimit(resource: number, soft: number, hard: number): void;
  export function prctl(option: number, arg2: number, arg3?: number, arg4?: number, arg5?: number): number;
  /** Low and high halves of each set. */
  export function capset(
    effectiveLow: number,
    effectiveHigh: number,
    permittedLow: number,
    permittedHigh: number,
    inheritableLow: number,
    inheritableHigh: number,
  ): void;
  export function resetSignals(): void;

  export function mount(source: string, target: string, type: string, flags: number, data: string): void;
  export function umount(target: string, flags: number): void;
  export function pivotRoot(newRoot: string, putOld: string): void;
  export function chroot(path: string): void;
  export function chdir(path: string): void;
  export function sethostname(name: string): void;
  export function setdomainname(name: string): void;
  export function linkUp(name: string): void;
  export function swaponDiscarding(path: string): void;
  export function swapoff(path: string): void;

  export function open(path: string, flags: number, mode: number): Fd;
  export function close(fd: Fd): void;
  export function closeRange(first: Fd, last: Fd): void;
  /** Null when it would block. */
  export function read(fd: Fd, max: number): Uint8Array | null;
  /** 0 when it would block. */
  export function write(fd: Fd, bytes: Uint8Array): number;
  export function readFile(path: string): Uint8Array;
  export function writeFile(path: string, text: string): void;
  export function trim(path: string, leastBytes: number): number;
  export function sendfile(out: Fd, from: Fd, count: number): number;
  export function dup2(from: Fd, to: Fd): void;
  export function setCloseOnExec(fd: Fd, on: boolean): void;
  export function setNonBlocking(fd: Fd, on: boolean): void;
  export function pipe(): { read: Fd; write: Fd };
  export function lstat(path: string): LinuxStat;
  export function stat(path: string): LinuxStat;
  export function modeOf(path: string): number | null;
  export function readlink(path: string): string;
  export function readdir(path: string): string[];
  export function mkdir(path: string, mode: number): void;
  export function rmdir(path: string): void;
  export function unlink(path: string): void;
  export function rename(from: string, to: string): void;
  export function symlink(target: string, path: string): void;
  export function link(from: string, to: string): void;
  export function mknod(path: string, mode: number, major: number, minor: number): void;
  export function chmod(path: string, mode: number): void;
  export function lchown(path: string, uid: number, gid: number): void;
  export function fchown(fd: Fd, uid: number, gid: number): void;
  export function utimens(path: string, mtime: number): void;
  export function listxattr(path: string): string[];
  export function getxattr(path: string, name: string): Uint8Array;
  export function setxattr(path: string, name: string, value: Uint8Array): void;
  export function syncfs(path: string): void;

  export function listenUnix(path: string, mode: number): Fd;
  export function accept(fd: Fd): Fd;
  export function socketpair(): [Fd, Fd];
  export function sendFds(socket: Fd, bytes: Uint8Array, fds: readonly Fd[]): void;
  /** Null when it would block. */
  export function recvFds(socket: Fd, max: number): { bytes: Uint8Array; fds: Fd[] } | null;

  export function isTerminal(fd: Fd): boolean;
  export function makeRaw(fd: Fd): Uint8Array;
  export function setTermios(fd: Fd, settings: Uint8Array): void;
  export function windowSize(fd: Fd): { columns: number; rows: number };
  export function setWindowSize(fd: Fd, columns: number, rows: number): void;
  export function setControllingTerminal(fd: Fd): void;
  export function unlockTerminal(master: Fd): number;

  export function setClock(epochMs: number): void;
  export function monotonicMicros(): number;
  export function addEntropy(bytes: Uint8Array): void;

  export function onReadable(fd: Fd, callback: (() => void) | null): void;
  export function onWritable(fd: Fd, callback: (() => void) | null): void;
  export function setTimer(ms: number, callback: () => void): number;
  export function clearTimer(timer: number): void;

  export function utf8Encode(text: string): Uint8Array;
  export function utf8Decode(bytes: Uint8Array): string;
  export function base64Encode(bytes: Uint8Array): string;
}
