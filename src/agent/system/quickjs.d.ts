/**
 * The native module of the guest's interpreter (vm-images/native/linux). One function for one system call; a call
 * that fails throws an Error whose `errno` is a name such as `ENOENT`. A relative path is taken from the directory `at`,
 * where there is one. Only quickjs-system.ts imports it.
 */
declare module "linux" {
  type Fd = number;
  type Pid = number;

  interface LinuxStat {
    mode: number;
    uid: number;
    gid: number;
    size: number;
    blocks: number;
    mtime: { seconds: number; nanoseconds: number };
    ino: number;
    nlink: number;
    dev: number;
    major: number;
    minor: number;
  }

  /** Arguments of the program, after the script's name. */
  export const args: string[];

  /** Carries out a list of system calls: src/shared/calls/list-format.ts. */
  export function carryOut(list: Uint8Array): void;
  export function exit(code: number): never;
  export function kill(pid: Pid, signal: number): void;
  /** Raw wait status, as in <sys/wait.h>; null while the child runs. */
  export function waitpid(pid: Pid): number | null;

  export function open(path: string, flags: number, mode: number, at?: Fd): Fd;
  export function close(fd: Fd): void;
  /** Null when it would block. */
  export function read(fd: Fd, max: number): Uint8Array | null;
  /** 0 when it would block. */
  export function write(fd: Fd, bytes: Uint8Array): number;
  export function readFile(path: string): Uint8Array;
  export function writeFile(path: string, text: string): void;
  export function sendfile(out: Fd, from: Fd, count: number): number;
  export function seek(fd: Fd, offset: number, whence: number): number;
  export function setCloseOnExec(fd: Fd, on: boolean): void;
  export function setNonBlocking(fd: Fd, on: boolean): void;
  export function pipe(): { read: Fd; write: Fd };
  export function lstat(path: string, at?: Fd): LinuxStat;
  export function stat(path: string, at?: Fd): LinuxStat;
  export function modeOf(path: string): number | null;
  export function readlink(path: string, at?: Fd): string;
  export function readdir(path: string, at?: Fd): string[];
  export function mkdir(path: string, mode: number): void;
  export function rmdir(path: string, at?: Fd): void;
  export function unlink(path: string, at?: Fd): void;
  export function rename(from: string, to: string): void;
  export function chmod(path: string, mode: number): void;
  export function listxattr(path: string): string[];
  export function getxattr(path: string, name: string): Uint8Array;
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

  export function setClock(epochMs: number): void;
  export function monotonicMicros(): number;
  export function addEntropy(bytes: Uint8Array): void;

  export function onReadable(fd: Fd, callback: (() => void) | null): void;
  export function onWritable(fd: Fd, callback: (() => void) | null): void;
  export function setTimer(ms: number, callback: () => void): number;
  export function clearTimer(timer: number): void;

  export function utf8Encode(text: string): Uint8Array;
  export function utf8Decode(bytes: Uint8Array): string;
  export function decodePath(bytes: Uint8Array): string;
  export function base64Encode(bytes: Uint8Array): string;
}
