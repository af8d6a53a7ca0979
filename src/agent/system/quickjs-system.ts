/**
 * The kernel through the native module `linux`. Every member is that module's function, wrapped so that what it
 * throws is a SystemError naming the call and what it was called with.
 */
import * as linux from "linux";
import {
  type CapabilitySet,
  type ExitStatus,
  type Fd,
  type Pid,
  type Size,
  type System,
  SystemError,
} from "./system.js";

/** Arguments of the agent's program, after its script. */
export const programArguments: readonly string[] = linux.args;

export function createQuickJSSystem(): System {
  return {
    // processes
    clone: wrapped("clone3", linux.clone, hex),
    unshare: wrapped("unshare", linux.unshare, hex),
    setns: wrapped("setns", linux.setns),
    execve: wrapped("execve", linux.execve, (path) => path),
    exit: linux.exit,
    kill: wrapped("kill", linux.kill),
    pidfdOpen: wrapped("pidfd_open", linux.pidfdOpen),
    waitpid,
    getpid: linux.getpid,
    setsid: wrapped("setsid", linux.setsid),
    setControllingTerminal: wrapped("ioctl TIOCSCTTY", linux.setControllingTerminal),
    setgroups: wrapped("setgroups", linux.setgroups),
    setgid: wrapped("setgid", linux.setgid),
    setuid: wrapped("setuid", linux.setuid),
    umask: linux.umask,
    setrlimit: wrapped("setrlimit", linux.setrlimit),
    prctl: wrapped("prctl", linux.prctl),
    capset,
    resetSignals: wrapped("sigprocmask", linux.resetSignals),

    // mounts and names
    mount: wrapped("mount", linux.mount, (source, target) => `${source} on ${target}`),
    umount: wrapped("umount", linux.umount, (target) => target),
    pivotRoot: wrapped("pivot_root", linux.pivotRoot),
    chroot: wrapped("chroot", linux.chroot),
    chdir: wrapped("chdir", linux.chdir),
    sethostname: wrapped("sethostname", linux.sethostname),
    setdomainname: wrapped("setdomainname", linux.setdomainname),
    linkUp: wrapped("ioctl SIOCSIFFLAGS", linux.linkUp),
    swapon: wrapped("swapon", linux.swaponDiscarding),
    swapoff: wrapped("swapoff", linux.swapoff),

    // files
    open: wrapped("open", linux.open, (path) => path),
    close: wrapped("close", linux.close),
    closeRange: wrapped("close_range", linux.closeRange),
    read: wrapped("read", linux.read, String),
    write: wrapped("write", linux.write, String),
    readFile: wrapped("read", linux.readFile),
    writeFile: wrapped("write", linux.writeFile, (path, text) => `${path} ${text.trim().slice(0, 80)}`),
    sendfile: wrapped("sendfile", linux.sendfile),
    dup2: wrapped("dup2", linux.dup2),
    setCloseOnExec: wrapped("fcntl", linux.setCloseOnExec),
    setNonBlocking: wrapped("fcntl", linux.setNonBlocking),
    pipe: wrapped("pipe2", linux.pipe),
    lstat: wrapped("lstat", linux.lstat),
    stat: wrapped("stat", linux.stat),
    modeOf: wrapped("stat", linux.modeOf),
    readlink: wrapped("readlink", linux.readlink),
    readdir: wrapped("readdir", linux.readdir),
    mkdir: wrapped("mkdir", linux.mkdir, (path) => path),
    rmdir: wrapped("rmdir", linux.rmdir),
    unlink: wrapped("unlink", linux.unlink),
    rename: wrapped("rename", linux.rename),
    symlink: wrapped("symlink", linux.symlink),
    link: wrapped("link", linux.link),
    mknod: wrapped("mknod", linux.mknod, (path) => path),
    chmod: wrapped("chmod", linux.chmod, (path) => path),
    lchown: wrapped("lchown", linux.lchown),
    fchown: wrapped("fchown", linux.fchown),
    utimens: wrapped("utimensat", linux.utimens),
    listxattr: wrapped("llistxattr", linux.listxattr),
    getxattr: wrapped("lgetxattr", linux.getxattr),
    setxattr: wrapped("lsetxattr", linux.setxattr, (path, name) => `${path} ${name}`),
    trim: wrapped("ioctl FITRIM", linux.trim, (path) => path),
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
    unlockTerminal: wrapped("ioctl TIOCSPTLCK", linux.unlockTerminal),

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

const rawCapset = wrapped("capset", linux.capset);

function capset(effective: CapabilitySet, permitted: CapabilitySet, inheritable: CapabilitySet): void {
  rawCapset(...effective, ...permitted, ...inheritable);
}

function hex(flags: number): string {
  return `0x${(flags >>> 0).toString(16)}`;
}
