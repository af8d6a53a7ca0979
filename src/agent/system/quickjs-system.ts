/**
 * The kernel through the native module `linux`. Every member is that module's function, wrapped so that what it
 * throws is a SystemError naming the call and what it was called with.
 */
import * as linux from "linux";
import { type ExitStatus, type Fd, type Pid, type Size, type System, SystemError } from "./system.js";

/** Arguments of the agent's program, after its script. */
export const programArguments: readonly string[] = linux.args;

export function createQuickJSSystem(): System {
  return {
    // lists of calls
    carryOut: wrapped("carryOut", linux.carryOut, (list) => `${list.length} bytes`),

    // processes
    exit: linux.exit,
    kill: wrapped("kill", linux.kill),
    waitpid,

    // files
    open: wrapped("open", linux.open, (path) => path),
    close: wrapped("close", linux.close),
    read: wrapped("read", linux.read, String),
    write: wrapped("write", linux.write, String),
    readFile: wrapped("read", linux.readFile),
    writeFile: wrapped("write", linux.writeFile, (path, text) => `${path} ${text.trim().slice(0, 80)}`),
    sendfile: wrapped("sendfile", linux.sendfile),
    seek: wrapped("lseek", linux.seek),
    setCloseOnExec: wrapped("fcntl", linux.setCloseOnExec),
    setNonBlocking: wrapped("fcntl", linux.setNonBlocking),
    pipe: wrapped("pipe2", linux.pipe),
    lstat: wrapped("lstat", linux.lstat, (path) => path),
    stat: wrapped("stat", linux.stat, (path) => path),
    modeOf: wrapped("stat", linux.modeOf),
    readlink: wrapped("readlink", linux.readlink, (path) => path),
    readdir: wrapped("readdir", linux.readdir, (path) => path),
    mkdir: wrapped("mkdir", linux.mkdir, (path) => path),
    rmdir: wrapped("rmdir", linux.rmdir, (path) => path),
    unlink: wrapped("unlink", linux.unlink, (path) => path),
    rename: wrapped("rename", linux.rename),
    chmod: wrapped("chmod", linux.chmod, (path) => path),
    listxattr: wrapped("llistxattr", linux.listxattr),
    getxattr: wrapped("lgetxattr", linux.getxattr),
    syncfs: wrapped("syncfs", linux.syncfs),

    // sockets
    listenUnix: wrapped("bind", linux.listenUnix, (path) => path),
    accept: wrapped("accept4", linux.accept),
    socketpair: wrapped("socketpair", linux.socketpair),
    sendFds: wrapped("sendmsg", linux.sendFds, String),
    recvFds: wrapped("recvmsg", linux.recvFds),

    // terminals
    isTerminal: linux.isTerminal,
    makeRaw: wrapped("ioctl TCSETS", linux.makeRaw),
    setTermios: wrapped("ioctl TCSETS", linux.setTermios, String),
    windowSize: wrapped("ioctl TIOCGWINSZ", linux.windowSize),
    setWindowSize: wrapped(
      "ioctl TIOCSWINSZ",
      (fd: Fd, { columns, rows }: Size) => linux.setWindowSize(fd, columns, rows),
      String,
    ),

    // clock and randomness
    setClock: wrapped("clock_settime", linux.setClock),
    monotonicMicros: linux.monotonicMicros,
    addEntropy: wrapped("ioctl RNDADDENTROPY", linux.addEntropy, (bytes) => `${bytes.length} bytes`),

    // the event loop
    onReadable: linux.onReadable,
    onWritable: linux.onWritable,
    setTimer: (ms, callback) => {
      const timer = linux.setTimer(ms, callback);
      return () => linux.clearTimer(timer);
    },

    // text
    utf8Encode: linux.utf8Encode,
    utf8Decode: linux.utf8Decode,
    decodePath: linux.decodePath,
    base64Encode: linux.base64Encode,
  };
}

/**
 * `subjectOf` gives the arguments worth naming in an error; all of them when left out. No call has more than six
 * arguments, and passing six is several times cheaper here than gathering and spreading a list.
 */
function wrapped<A extends unknown[], R>(
  call: string,
  native: (...args: A) => R,
  subjectOf: (...args: A) => string = (...args) => args.join(" "),
): (...args: A) => R {
  const run = native as (...args: unknown[]) => R;
  return ((a: unknown, b: unknown, c: unknown, d: unknown, e: unknown, f: unknown) => {
    try {
      return run(a, b, c, d, e, f);
    } catch (error) {
      throw asSystemError(error, call, subjectOf(...([a, b, c, d, e, f].slice(0, native.length) as A)));
    }
  }) as unknown as (...args: A) => R;
}

function asSystemError(error: unknown, call: string, subject: string): unknown {
  const errno = (error as { errno?: unknown }).errno;
  return typeof errno === "string" ? new SystemError(errno, call, subject) : error;
}

const rawWaitpid = wrapped("waitpid", linux.waitpid);

function waitpid(pid: Pid): ExitStatus | null {
  const status = rawWaitpid(pid);
  return status === null ? null : parseWaitStatus(status);
}

/** Low seven bits: the signal that ended it, or 0 and the exit code in the next eight. */
function parseWaitStatus(status: number): ExitStatus {
  const signal = status & 0x7f;
  return signal ? { signal } : { exitCode: (status >> 8) & 0xff };
}
