/**
 * A System for tests of order: records each call that changes something as text, and lets a test script what it
 * answers. Pipes, sockets, timers and text work; of files there are only the contents that a test puts there. For work
 * on files there is src/testfiles/node-system.ts, for namespaces and mounts the real kernel.
 */
import { S_IFREG } from "../../shared/linux/constants.js";
import { decodePath } from "../../shared/text/path-bytes.js";
import { decodeUtf8, encodeUtf8 } from "../../shared/text/utf8.js";
import { FakeCalls } from "./fake-calls.js";
import { type ExitStatus, type Fd, type Pid, type Size, type Stat, type System, SystemError } from "./system.js";

/** Thrown by `exit`, which does not return. */
export class FakeProcessEnd extends Error {
  override name = "FakeProcessEnd";
}

export class FakeSystem extends FakeCalls implements System {
  /** Contents of the kernel's files, by path. */
  readonly files = new Map<string, string>();
  /** Microseconds on its clock; `advance` moves it. */
  micros = 0;
  readonly #readers = new Map<Fd, () => void>();
  readonly #writers = new Map<Fd, () => void>();
  #timers: { due: number; callback: () => void }[] = [];

  // what tests do

  /** Runs the callbacks of all descriptors that are ready, once each. Returns how many. */
  turn(): number {
    const ready = [...this.#readers].filter(([fd]) => this.descriptors.isReadable(fd));
    const writable = [...this.#writers].filter(([fd]) => this.descriptors.open.has(fd));
    for (const [, callback] of [...ready, ...writable]) callback();
    return ready.length + writable.length;
  }

  /** The same with what follows from each callback before the next, as the real loop has it. */
  async turnWithJobs(): Promise<void> {
    for (const [fd, callback] of [...this.#readers]) {
      if (this.#readers.get(fd) !== callback || !this.descriptors.isReadable(fd)) continue;
      callback();
      for (let jobs = 0; jobs < 50; jobs++) await null;
    }
  }

  /** Lets time pass and runs the timers that became due. */
  advance(ms: number): void {
    this.micros += ms * 1000;
    const due = this.#timers.filter((timer) => timer.due <= this.micros).sort((a, b) => a.due - b.due);
    this.#timers = this.#timers.filter((timer) => timer.due > this.micros);
    for (const { callback } of due) callback();
  }

  // processes
  exit(code: number): never {
    this.record("exit", code);
    throw new FakeProcessEnd(`exit ${code}`);
  }
  kill(pid: Pid, signal: number): void {
    this.record("kill", `${pid} ${signal}`);
  }
  waitpid(pid: Pid): ExitStatus | null {
    return this.ended.get(pid) ?? null;
  }

  // files
  open(path: string, _flags: number, _mode: number, _at?: Fd): Fd {
    this.record("open", path);
    const [, anew] = /^\/proc\/self\/fd\/(\d+)$/.exec(path) ?? [];
    if (anew !== undefined) return this.descriptors.duplicate(Number(anew));
    return this.descriptors.add({ file: path });
  }
  close(fd: Fd): void {
    this.descriptors.close(fd);
  }
  read(fd: Fd, max: number): Uint8Array | null {
    return this.descriptors.receive("read", fd, max)?.bytes ?? null;
  }
  write(fd: Fd, bytes: Uint8Array): number {
    this.descriptors.send("write", fd, bytes, []);
    return bytes.length;
  }
  readFile(path: string): Uint8Array {
    const content = this.files.get(path);
    if (content === undefined) throw new SystemError("ENOENT", "read", path);
    return this.utf8Encode(content);
  }
  writeFile(path: string, content: string): void {
    this.record("write", `${path} ${content}`);
  }
  sendfile(out: Fd, from: Fd, count: number): number {
    return this.write(out, this.read(from, count) ?? new Uint8Array());
  }
  seek(fd: Fd, _offset: number, _whence: number): number {
    throw new SystemError("ESPIPE", "lseek", String(fd));
  }
  setCloseOnExec(_fd: Fd, _on: boolean): void {}
  setNonBlocking(_fd: Fd, _on: boolean): void {}
  pipe(): { read: Fd; write: Fd } {
    const [read, write] = this.descriptors.pair(false);
    return { read, write };
  }
  lstat(path: string, at?: Fd): Stat {
    return this.stat(path, at);
  }
  stat(path: string, _at?: Fd): Stat {
    throw new SystemError("ENOENT", "stat", path);
  }
  modeOf(path: string): number | null {
    return this.files.has(path) ? S_IFREG | 0o644 : null;
  }
  readlink(path: string, _at?: Fd): string {
    throw new SystemError("EINVAL", "readlink", path);
  }
  readdir(_path: string, _at?: Fd): string[] {
    return [];
  }
  mkdir(path: string, _mode: number): void {
    this.record("mkdir", path);
  }
  rmdir(path: string, _at?: Fd): void {
    this.record("rmdir", path);
  }
  unlink(path: string, _at?: Fd): void {
    this.record("unlink", path);
  }
  rename(from: string, to: string): void {
    this.record("rename", `${from} ${to}`);
  }
  chmod(path: string, mode: number): void {
    this.record("chmod", `${path} 0${mode.toString(8)}`);
  }
  listxattr(_path: string): string[] {
    return [];
  }
  getxattr(path: string, name: string): Uint8Array {
    throw new SystemError("ENODATA", "lgetxattr", `${path} ${name}`);
  }
  syncfs(path: string): void {
    this.record("syncfs", path);
  }

  // sockets
  listenUnix(path: string, mode: number): Fd {
    this.record("bind", `${path} 0${mode.toString(8)}`);
    return this.descriptors.add({ incoming: [] });
  }
  /** The descriptor that a test sent to the listening one. */
  accept(fd: Fd): Fd {
    const waiting = this.descriptors.get("accept4", fd).incoming?.shift();
    if (!waiting) throw new SystemError("EAGAIN", "accept4", String(fd));
    return waiting.fds[0]!;
  }
  socketpair(): readonly [Fd, Fd] {
    return this.descriptors.pair(true);
  }
  sendFds(socket: Fd, bytes: Uint8Array, fds: readonly Fd[]): void {
    this.descriptors.send("sendmsg", socket, bytes, fds);
  }
  recvFds(socket: Fd, max: number): { bytes: Uint8Array; fds: Fd[] } | null {
    return this.descriptors.receive("recvmsg", socket, max);
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

  // text
  utf8Encode(content: string): Uint8Array {
    return encodeUtf8(content);
  }
  utf8Decode(bytes: Uint8Array): string {
    return decodeUtf8(bytes);
  }
  decodePath(bytes: Uint8Array): string {
    return decodePath(bytes);
  }
  base64Encode(_bytes: Uint8Array): string {
    throw new SystemError("ENOSYS", "base64", "");
  }
}

function setOrDelete<K, V>(map: Map<K, V>, key: K, value: V | null): void {
  if (value === null) map.delete(key);
  else map.set(key, value);
}
