/**
 * A System whose files are this machine's, for tests in temporary directories; all else is FakeSystem's. Extended
 * attributes are kept here, and where a file has data is told by its zeros: Node has no calls for either.
 */
import * as fs from "node:fs";
import { FakeSystem } from "../agent/system/fake-system.js";
import { type Fd, type Stat, SystemError } from "../agent/system/system.js";
import { SEEK_DATA, SEEK_SET } from "../shared/linux/constants.js";
import { errnoName } from "../shared/linux/errno.js";
import { decodePath, encodePath } from "../shared/text/path-bytes.js";

const COPY_BYTES = 1 << 20;

export class NodeSystem extends FakeSystem {
  /** By path. */
  readonly xattrs = new Map<string, Map<string, Uint8Array>>();
  /** Files that are open, and where in them the next read is. */
  readonly opened = new Map<Fd, { path: Buffer; position: number }>();

  override open(path: string, flags: number, mode: number, at?: Fd): Fd {
    const where = place(path, at);
    const fd = this.#made("open", path, () => fs.openSync(where, flags, mode));
    this.opened.set(fd, { path: where, position: 0 });
    return fd;
  }
  override close(fd: Fd): void {
    if (!this.opened.delete(fd)) super.close(fd);
    else fs.closeSync(fd);
  }
  override read(fd: Fd, max: number): Uint8Array | null {
    const file = this.opened.get(fd);
    if (!file) return super.read(fd, max);
    const bytes = new Uint8Array(max);
    const taken = fs.readSync(fd, bytes, 0, max, file.position);
    file.position += taken;
    return bytes.subarray(0, taken);
  }
  override write(fd: Fd, bytes: Uint8Array): number {
    return this.opened.has(fd) ? fs.writeSync(fd, bytes) : super.write(fd, bytes);
  }
  override readFile(path: string): Uint8Array {
    return this.#made("read", path, () => fs.readFileSync(place(path)));
  }
  override writeFile(path: string, content: string): void {
    this.record("write", `${path} ${content}`);
    this.#made("write", path, () => {
      const fd = fs.openSync(place(path), fs.constants.O_WRONLY);
      fs.writeSync(fd, content);
      fs.closeSync(fd);
    });
  }
  override sendfile(out: Fd, from: Fd, count: number): number {
    return this.write(out, this.read(from, Math.min(count, COPY_BYTES))!);
  }
  override seek(fd: Fd, offset: number, whence: number): number {
    const file = this.opened.get(fd)!;
    const bytes = fs.readFileSync(`/proc/self/fd/${fd}`);
    let at = offset;
    if (whence !== SEEK_SET) while (at < bytes.length && (bytes[at] === 0) === (whence === SEEK_DATA)) at++;
    if (whence === SEEK_DATA && at >= bytes.length) throw new SystemError("ENXIO", "lseek", String(fd));
    file.position = at;
    return at;
  }
  override lstat(path: string, at?: Fd): Stat {
    return this.#made("lstat", path, () => statOf(fs.lstatSync(place(path, at), { bigint: true })));
  }
  override stat(path: string, at?: Fd): Stat {
    return this.#made("stat", path, () => statOf(fs.statSync(place(path, at), { bigint: true })));
  }
  override modeOf(path: string): number | null {
    return fs.statSync(place(path), { throwIfNoEntry: false })?.mode ?? null;
  }
  override readlink(path: string, at?: Fd): string {
    return this.#made("readlink", path, () => decodePath(fs.readlinkSync(place(path, at), { encoding: "buffer" })));
  }
  override readdir(path: string, at?: Fd): string[] {
    return this.#made("readdir", path, () =>
      fs.readdirSync(place(path, at), { encoding: "buffer" }).map((name) => decodePath(name)),
    );
  }
  override mkdir(path: string, mode: number): void {
    super.mkdir(path, mode);
    this.#made("mkdir", path, () => fs.mkdirSync(place(path), { mode }));
  }
  override rmdir(path: string, at?: Fd): void {
    super.rmdir(path, at);
    this.#made("rmdir", path, () => fs.rmdirSync(place(path, at)));
  }
  override unlink(path: string, at?: Fd): void {
    super.unlink(path, at);
    this.#made("unlink", path, () => fs.unlinkSync(place(path, at)));
  }
  override rename(from: string, to: string): void {
    super.rename(from, to);
    this.#made("rename", `${from} ${to}`, () => fs.renameSync(place(from), place(to)));
  }
  override chmod(path: string, mode: number): void {
    super.chmod(path, mode);
    this.#made("chmod", path, () => fs.chmodSync(place(path), mode));
  }
  override listxattr(path: string): string[] {
    return [...this.#xattrsOf(path).keys()];
  }
  override getxattr(path: string, name: string): Uint8Array {
    return this.#xattrsOf(path).get(name) ?? super.getxattr(path, name);
  }
  override base64Encode(bytes: Uint8Array): string {
    return Buffer.from(bytes).toString("base64");
  }

  #xattrsOf(path: string): ReadonlyMap<string, Uint8Array> {
    const [, fd, name] = /^\/proc\/self\/fd\/(\d+)\/(.*)$/.exec(path) ?? [];
    const whole = fd === undefined ? path : `${fs.readlinkSync(`/proc/self/fd/${fd}`)}/${name}`;
    return this.xattrs.get(whole) ?? new Map();
  }

  #made<T>(call: string, subject: string, work: () => T): T {
    try {
      return work();
    } catch (error) {
      const { errno } = error as NodeJS.ErrnoException;
      throw errno === undefined ? error : new SystemError(errnoName(-errno), call, subject);
    }
  }
}

/** Node has no calls that take a directory: by its descriptor's name instead. */
function place(path: string, at?: Fd): Buffer {
  const from = at === undefined || path.startsWith("/") ? "" : `/proc/self/fd/${at}/`;
  return Buffer.concat([Buffer.from(from), encodePath(path)]);
}

function statOf(found: fs.BigIntStats): Stat {
  const [mode, uid, gid, size] = [found.mode, found.uid, found.gid, found.size].map(Number) as [number, ...number[]];
  return {
    ...{ mode, uid: uid!, gid: gid!, size: size!, blocks: Number(found.blocks) },
    mtime: { seconds: Number(found.mtimeNs / 10n ** 9n), nanoseconds: Number(found.mtimeNs % 10n ** 9n) },
    ...{ ino: Number(found.ino), nlink: Number(found.nlink), dev: Number(found.dev) },
    major: Number((found.rdev >> 8n) & 0xfffn),
    minor: Number((found.rdev & 0xffn) | ((found.rdev >> 12n) & 0xfff00n)),
  };
}
