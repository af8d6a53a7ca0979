/** The part of FakeSystem that files, descriptors, sockets and text are. */
import type { FileTime } from "../../shared/files/file-attributes.js";
import * as text from "../../shared/linux/call-text.js";
import { decodePath } from "../../shared/text/path-bytes.js";
import {
  O_CREAT,
  O_DIRECTORY,
  O_EXCL,
  O_NOFOLLOW,
  O_TRUNC,
  S_IFDIR,
  S_IFLNK,
  S_IFMT,
  S_IFREG,
  SEEK_DATA,
  SEEK_SET,
} from "./constants.js";
import { FakeDescriptors } from "./fake-descriptors.js";
import { FakeFiles } from "./fake-files.js";
import { type Fd, SystemError } from "./system.js";

export class FakeFileCalls {
  /** Calls made, such as `mount overlay on /root lowerdir=…`, in order. */
  readonly calls: string[] = [];
  readonly files = new FakeFiles();
  readonly descriptors = new FakeDescriptors();
  readonly #failures: { call: string; errno: string }[] = [];
  protected mask = 0o22;

  /** The next call whose text starts with `call` fails. */
  failNext(call: string, errno: string): void {
    this.#failures.push({ call, errno });
  }

  put(path: string, content: string, mode?: number): void {
    this.files.put(path, this.utf8Encode(content), mode);
  }

  contentOf(path: string): string {
    return this.utf8Decode(this.readFile(path));
  }

  protected record(call: string, detail: string | number = ""): void {
    const line = `${call} ${detail}`.trim();
    this.calls.push(line);
    const at = this.#failures.findIndex((failure) => line.startsWith(failure.call));
    if (at < 0) return;
    const [failure] = this.#failures.splice(at, 1);
    throw new SystemError(failure!.errno, call, String(detail));
  }

  // files
  open(name: string, flags: number, mode: number, at?: Fd): Fd {
    const path = this.#at(name, at);
    this.record("open", path);
    if (!this.files.has(path) && flags & O_CREAT) this.files.add("open", path, S_IFREG | (mode & ~this.mask));
    else if (flags & O_CREAT && flags & O_EXCL) throw new SystemError("EEXIST", "open", path);
    const node = this.files.node("open", path, !(flags & O_NOFOLLOW));
    if ((node.mode & S_IFMT) === S_IFLNK) throw new SystemError("ELOOP", "open", path);
    if (flags & O_DIRECTORY && (node.mode & S_IFMT) !== S_IFDIR) throw new SystemError("ENOTDIR", "open", path);
    if (flags & O_TRUNC) node.bytes = new Uint8Array();
    return this.descriptors.add({ file: { path, offset: 0 } });
  }
  close(fd: Fd): void {
    this.descriptors.close(fd);
  }
  closeRange(first: Fd, last: Fd): void {
    for (const fd of [...this.descriptors.open.keys()]) if (fd >= first && fd <= last) this.close(fd);
  }
  read(fd: Fd, max: number): Uint8Array | null {
    const { file } = this.descriptors.get("read", fd);
    if (!file) return this.descriptors.receive("read", fd, max)?.bytes ?? null;
    const { bytes } = this.files.node("read", file.path, true);
    const taken = bytes.slice(file.offset, file.offset + max);
    file.offset += taken.length;
    return taken;
  }
  write(fd: Fd, bytes: Uint8Array): number {
    const { file } = this.descriptors.get("write", fd);
    if (!file) {
      this.descriptors.send("write", fd, bytes, []);
      return bytes.length;
    }
    const node = this.files.node("write", file.path, true);
    const grown = new Uint8Array(Math.max(node.bytes.length, file.offset + bytes.length));
    grown.set(node.bytes);
    grown.set(bytes, file.offset);
    node.bytes = grown;
    file.offset += bytes.length;
    return bytes.length;
  }
  readFile(path: string): Uint8Array {
    return this.files.node("read", path, true).bytes;
  }
  writeFile(path: string, content: string): void {
    this.record("write", text.writeFileText(path, content));
    this.files.node("write", path, true).bytes = this.utf8Encode(content);
  }
  sendfile(out: Fd, from: Fd, count: number): number {
    return this.write(out, this.read(from, count) ?? new Uint8Array());
  }
  /** Data is what is not zero. */
  seek(fd: Fd, offset: number, whence: number): number {
    const { file } = this.descriptors.get("lseek", fd);
    if (!file) throw new SystemError("ESPIPE", "lseek", String(fd));
    const { bytes } = this.files.node("lseek", file.path, true);
    let at = offset;
    if (whence !== SEEK_SET) while (at < bytes.length && (bytes[at] === 0) === (whence === SEEK_DATA)) at++;
    if (whence === SEEK_DATA && at >= bytes.length) throw new SystemError("ENXIO", "lseek", String(fd));
    file.offset = at;
    return at;
  }
  dup2(from: Fd, to: Fd): void {
    this.record("dup2", `${from} ${to}`);
    this.descriptors.duplicate(from, to);
  }
  setCloseOnExec(): void {}
  setNonBlocking(): void {}
  pipe(): { read: Fd; write: Fd } {
    const [read, write] = this.descriptors.pair(false);
    return { read, write };
  }
  lstat(path: string, at?: Fd) {
    return this.files.stat("lstat", this.#at(path, at));
  }
  stat(path: string, at?: Fd) {
    return this.files.stat("stat", this.#at(path, at));
  }
  modeOf(path: string): number | null {
    try {
      return this.stat(path).mode;
    } catch {
      return null;
    }
  }
  readlink(path: string, at?: Fd): string {
    const node = this.files.node("readlink", this.#at(path, at), false);
    if ((node.mode & S_IFMT) !== S_IFLNK) throw new SystemError("EINVAL", "readlink", path);
    return node.target;
  }
  readdir(path: string, at?: Fd): string[] {
    return this.files.names(this.#at(path, at));
  }
  mkdir(path: string, mode: number): void {
    this.record("mkdir", path);
    this.files.add("mkdir", path, S_IFDIR | (mode & ~this.mask));
  }
  rmdir(path: string, at?: Fd): void {
    this.record("rmdir", this.#at(path, at));
    this.files.remove("rmdir", this.#at(path, at));
  }
  unlink(path: string, at?: Fd): void {
    this.record("unlink", this.#at(path, at));
    this.files.remove("unlink", this.#at(path, at));
  }
  rename(from: string, to: string): void {
    this.record("rename", `${from} ${to}`);
    this.files.rename(from, to);
  }
  symlink(target: string, path: string): void {
    this.record("symlink", `${target} ${path}`);
    this.files.add("symlink", path, S_IFLNK | 0o777).target = target;
  }
  link(from: string, to: string): void {
    this.record("link", `${from} ${to}`);
    this.files.link(from, to);
  }
  mknod(path: string, mode: number, major: number, minor: number): void {
    this.record("mknod", text.mknodText(path, mode, major, minor));
    Object.assign(this.files.add("mknod", path, mode & ~this.mask), { major, minor });
  }
  chmod(path: string, mode: number): void {
    this.record("chmod", `${path} 0${mode.toString(8)}`);
    const node = this.files.node("chmod", path, true);
    node.mode = (node.mode & S_IFMT) | mode;
  }
  lchown(path: string, uid: number, gid: number): void {
    this.record("lchown", `${path} ${uid}:${gid}`);
    Object.assign(this.files.node("lchown", path, false), { uid, gid });
  }
  fchown(fd: Fd, uid: number, gid: number): void {
    this.record("fchown", `${fd} ${uid}:${gid}`);
  }
  utimens(path: string, mtime: FileTime): void {
    this.files.node("utimensat", path, false).mtime = mtime;
  }
  listxattr(path: string): string[] {
    return [...this.files.node("llistxattr", this.#at(path), false).xattrs.keys()];
  }
  getxattr(path: string, name: string): Uint8Array {
    const value = this.files.node("lgetxattr", this.#at(path), false).xattrs.get(name);
    if (!value) throw new SystemError("ENODATA", "lgetxattr", `${path} ${name}`);
    return value;
  }
  setxattr(path: string, name: string, value: Uint8Array): void {
    this.record("lsetxattr", `${path} ${name}`);
    this.files.node("lsetxattr", path, false).xattrs.set(name, value);
  }
  syncfs(path: string): void {
    this.record("syncfs", path);
  }

  /** Where a path leads: from the directory `at`, or from an open file of /proc/self/fd. */
  #at(path: string, at?: Fd): string {
    const [, number, rest = ""] = /^\/proc\/self\/fd\/(\d+)(\/.+)?$/.exec(path) ?? [];
    const opened = number === undefined ? undefined : this.descriptors.open.get(Number(number))?.file;
    if (opened) return opened.path + rest;
    if (at === undefined || path.startsWith("/")) return path;
    return `${this.descriptors.get("open", at).file?.path}/${path}`;
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
  recvFds(socket: Fd, max: number) {
    return this.descriptors.receive("recvmsg", socket, max);
  }

  // text
  utf8Encode(content: string): Uint8Array {
    const escaped = encodeURIComponent(content).replace(/%([0-9A-F]{2})/g, (_all, hex) =>
      byteText(Number.parseInt(hex, 16)),
    );
    return Uint8Array.from(escaped, (character) => character.charCodeAt(0));
  }
  utf8Decode(bytes: Uint8Array): string {
    return decodeURIComponent([...bytes].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join(""));
  }
  decodePath(bytes: Uint8Array): string {
    return decodePath(bytes);
  }
  base64Encode(bytes: Uint8Array): string {
    const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let out = "";
    for (let i = 0; i < bytes.length; i += 3) {
      const bits = (bytes[i]! << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
      for (let digit = 0; digit < 4; digit++)
        out += i + digit > bytes.length ? "=" : digits[(bits >> (18 - 6 * digit)) & 63];
    }
    return out;
  }
}

function byteText(byte: number): string {
  return String.fromCharCode(byte);
}
