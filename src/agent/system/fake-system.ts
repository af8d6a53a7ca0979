/**
 * A System for unit tests: records each call that changes something as text, keeps files and pipes in memory, and lets
 * a test script what it answers. Namespaces, mounts and processes are recorded only.
 */
import * as text from "../../shared/linux/call-text.js";
import { FakeFileCalls } from "./fake-file-calls.js";
import { type ExitStatus, type Fd, type Pid, type Size, type System, SystemError } from "./system.js";

/** Thrown by `execve` and `exit`, which do not return. */
export class FakeProcessEnd extends Error {
  override name = "FakeProcessEnd";
}

export class FakeSystem extends FakeFileCalls implements System {
  /** How the children that ended did so, for waitpid. */
  readonly ended = new Map<Pid, ExitStatus>();
  /** Answers of clone, in order; pids counted from 100 when there are none. */
  readonly cloneResults: Pid[] = [];
  /** Microseconds on its clock; `advance` moves it. */
  micros = 0;
  readonly #readers = new Map<Fd, () => void>();
  readonly #writers = new Map<Fd, () => void>();
  #timers: { due: number; callback: () => void }[] = [];
  #nextPid = 100;

  // what tests do

  /** Ends a child: waitpid answers it, and readers of its pidfd run with the next `turn`. */
  end(pid: Pid, status: ExitStatus): void {
    this.ended.set(pid, status);
  }

  /** Runs the callbacks of all descriptors that are ready, once each. Returns how many. */
  turn(): number {
    const ready = [...this.#readers].filter(([fd]) => this.#isReadable(fd));
    const writable = [...this.#writers].filter(([fd]) => this.descriptors.open.has(fd));
    for (const [, callback] of [...ready, ...writable]) callback();
    return ready.length + writable.length;
  }

  /** Lets time pass and runs the timers that became due. */
  advance(ms: number): void {
    this.micros += ms * 1000;
    const due = this.#timers.filter((timer) => timer.due <= this.micros).sort((a, b) => a.due - b.due);
    this.#timers = this.#timers.filter((timer) => timer.due > this.micros);
    for (const { callback } of due) callback();
  }

  readonly #pidfds = new Map<Fd, Pid>();

  #isReadable(fd: Fd): boolean {
    const pid = this.#pidfds.get(fd);
    return pid === undefined ? this.descriptors.isReadable(fd) : this.ended.has(pid);
  }

  // processes
  clone(flags: number, cgroup?: Fd): Pid {
    this.record("clone3", text.cloneText(flags, cgroup));
    return this.cloneResults.shift() ?? this.#nextPid++;
  }
  unshare(flags: number): void {
    this.record("unshare", text.unshareText(flags));
  }
  setns(fd: Fd, nstype: number): void {
    this.record("setns", text.setnsText(fd, nstype));
  }
  execve(path: string, argv: readonly string[], env: readonly string[]): never {
    this.record("execve", `${path} [${text.execveText(path, argv)}] {${env.join(" ")}}`);
    throw new FakeProcessEnd(`execve ${path}`);
  }
  exit(code: number): never {
    this.record("exit", code);
    throw new FakeProcessEnd(`exit ${code}`);
  }
  kill(pid: Pid, signal: number): void {
    this.record("kill", text.killText(pid, signal));
  }
  pidfdOpen(pid: Pid): Fd {
    this.record("pidfd_open", pid);
    const fd = this.descriptors.add({});
    this.#pidfds.set(fd, pid);
    return fd;
  }
  waitpid(pid: Pid): ExitStatus | null {
    return this.ended.get(pid) ?? null;
  }
  getpid(): Pid {
    return 1;
  }
  setsid(): void {
    this.record("setsid");
  }
  setControllingTerminal(fd: Fd): void {
    this.record("ioctl TIOCSCTTY", fd);
  }
  setgroups(gids: readonly number[]): void {
    this.record("setgroups", gids.join(" "));
  }
  setgid(gid: number): void {
    this.record("setgid", gid);
  }
  setuid(uid: number): void {
    this.record("setuid", uid);
  }
  umask(mask: number): number {
    const before = this.mask;
    this.mask = mask;
    return before;
  }
  setrlimit(resource: number, soft: number, hard: number): void {
    this.record("setrlimit", text.setrlimitText(resource, soft, hard));
  }
  prctl(option: number, arg2: number, arg3?: number): number {
    this.record("prctl", text.prctlText(option, arg2, arg3));
    return 0;
  }
  capset(...sets: Parameters<System["capset"]>): void {
    this.record("capset", text.capsetText(...sets));
  }
  resetSignals(): void {
    this.record("sigprocmask");
  }

  // mounts and names
  mount(source: string, target: string, type: string, flags: number, data: string): void {
    this.record("mount", text.mountText(source, target, type, flags, data));
  }
  umount(target: string, flags: number): void {
    this.record("umount", text.umountText(target, flags));
  }
  pivotRoot(newRoot: string, putOld: string): void {
    this.record("pivot_root", `${newRoot} ${putOld}`);
  }
  chroot(path: string): void {
    this.record("chroot", path);
  }
  chdir(path: string): void {
    this.record("chdir", path);
  }
  sethostname(name: string): void {
    this.record("sethostname", name);
  }
  setdomainname(name: string): void {
    this.record("setdomainname", name);
  }
  linkUp(name: string): void {
    this.record("ioctl SIOCSIFFLAGS", name);
  }
  swapon(path: string): void {
    this.record("swapon", path);
  }
  swapoff(path: string): void {
    this.record("swapoff", path);
  }

  // terminals
  isTerminal(fd: Fd): boolean {
    return this.descriptors.open.get(fd)?.terminal !== undefined;
  }
  makeRaw(fd: Fd): Uint8Array {
    this.record("ioctl TCSETS", fd);
    return new Uint8Array(60);
  }
  setTermios(fd: Fd): void {
    this.record("ioctl TCSETS", fd);
  }
  windowSize(fd: Fd): Size {
    const { terminal } = this.descriptors.get("ioctl TIOCGWINSZ", fd);
    if (!terminal) throw new SystemError("ENOTTY", "ioctl TIOCGWINSZ", String(fd));
    return terminal;
  }
  setWindowSize(fd: Fd, size: Size): void {
    this.record("ioctl TIOCSWINSZ", `${fd} ${size.columns}x${size.rows}`);
    this.descriptors.get("ioctl TIOCSWINSZ", fd).terminal = size;
  }
  unlockTerminal(master: Fd): number {
    this.record("ioctl TIOCSPTLCK", master);
    return 0;
  }

  // clock and randomness
  setClock(epochMs: number): void {
    this.record("clock_settime", epochMs);
  }
  monotonicMicros(): number {
    return this.micros;
  }
  addEntropy(bytes: Uint8Array): void {
    this.record("ioctl RNDADDENTROPY", `${bytes.length} bytes`);
  }

  // the event loop
  onReadable(fd: Fd, callback: (() => void) | null): void {
    setOrDelete(this.#readers, fd, callback);
  }
  onWritable(fd: Fd, callback: (() => void) | null): void {
    setOrDelete(this.#writers, fd, callback);
  }
  setTimer(ms: number, callback: () => void): () => void {
    const timer = { due: this.micros + ms * 1000, callback };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }
}

function setOrDelete<K, V>(map: Map<K, V>, key: K, value: V | null): void {
  if (value === null) map.delete(key);
  else map.set(key, value);
}
