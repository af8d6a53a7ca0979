/**
 * Lists a tree as lines of collected-entry.ts, parents first, and copies the data of its regular files, one after the
 * other and without large holes, into a file of the exchange. Files may change meanwhile: what is listed is what was
 * copied, and what is gone when its turn comes is left out. Where no file changes any more, the page can read large
 * ones from the disk, and is told where they are.
 */
import { type CollectedEntry, formatCollectedEntry } from "../../protocol/collected-entry.js";
import { EXCHANGE_DIRECTORY } from "../../protocol/page-files.js";
import type { OutputStream } from "../../protocol/peer.js";
import { type Extent, HOLES_WORTH_BYTES } from "../../shared/files/sparse-bytes.js";
import {
  O_CLOEXEC,
  O_CREAT,
  O_DIRECT,
  O_NOFOLLOW,
  O_NONBLOCK,
  O_RDONLY,
  O_TRUNC,
  O_WRONLY,
  S_IFBLK,
  S_IFCHR,
  S_IFDIR,
  S_IFIFO,
  S_IFLNK,
  S_IFMT,
  S_IFREG,
  SEEK_SET,
} from "../../shared/linux/constants.js";
import { allowing, Failure } from "../failure.js";
import { type Fd, type Stat, type System, SystemError } from "../system/system.js";
import { TreeWalk } from "../trees/tree-walk.js";
import { Yielder } from "../yielder.js";
import { dataExtents } from "./data-extents.js";
import { DiskExtents } from "./disk-extents.js";

const COPY_BYTES = 1 << 20;
const LINES_BYTES = 16384;
/** Files up to this size are read, and written together: each write to the exchange is a message to the page. */
const GATHERED_BYTES = (1 << 16) - 1;
const GATHER_BYTES = 1 << 18;
/** From this size on, to flush a file and ask where it is costs the guest less than to copy it. */
const LEAST_FROM_DISK_BYTES = 1 << 16;
const OVERLAY_XATTRS = "trusted.overlay.";
/** Does not wait for the other end of a pipe in the file's place. */
const FILE_FLAGS = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
const TOO_MUCH = "no space left on device: this is more than guest and page pass to each other at once";

export interface Collected {
  entries: number;
  contentBytes: number;
}

export interface CollectOptions {
  /** A directory, whose contents are listed; or one file, listed with an empty path. */
  root: string;
  /** Path of the exchange file; when left out, only names, attributes and sizes are listed. */
  contents?: string;
  entries: OutputStream;
  /** `root` is an overlay's upper directory: device 0/0 is a whiteout, and directories may be opaque. */
  overlay: boolean;
  /** A directory on the disk that the page reads. Given only where no process can change the tree. */
  disk?: string;
}

/** A name in an open directory; or a path, which needs none. */
interface Place {
  name: string;
  at?: Fd;
}

export async function collectTree(system: System, options: CollectOptions): Promise<Collected> {
  const { contents } = options;
  const out = contents === undefined ? undefined : openContents(system, contents);
  try {
    const collected = await new Collecting(system, options, out).run();
    // The page takes the file as soon as it is told: nothing may wait in the guest's page cache.
    if (contents !== undefined && collected.contentBytes > 0) system.syncfs(contents);
    await options.entries.end();
    return collected;
  } catch (error) {
    const failure = isFull(error) ? new Failure("system", TOO_MUCH, { errno: "ENOSPC", call: "sendfile" }) : error;
    options.entries.reset(failure instanceof Error ? failure.message : String(failure));
    // What was collected so far is of no use, and takes the room of the next.
    if (contents !== undefined) allowing(["ENOENT"], () => system.unlink(contents));
    throw failure;
  } finally {
    if (out !== undefined) system.close(out);
  }
}

function openContents(system: System, path: string): Fd {
  // Past the guest's page cache, which would hand the page 4 KB at a time; other file systems want aligned sizes.
  const direct = path.startsWith(`${EXCHANGE_DIRECTORY}/`) ? O_DIRECT : 0;
  return system.open(path, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC | direct, 0o600);
}

function isFull(error: unknown): boolean {
  return error instanceof SystemError && error.errno === "ENOSPC";
}

class Collecting {
  readonly #yielder: Yielder;
  /** Paths of files with several links, by device and inode. */
  readonly #links = new Map<string, string>();
  #lines: string[] = [];
  #lineCharacters = 0;
  #entries = 0;
  #contentBytes = 0;
  /** Contents that are not in the exchange file yet. */
  #gathered: Uint8Array | undefined;
  #gatheredBytes = 0;
  /** The number of the disk that the page reads. */
  readonly #disk: number | undefined;
  #diskExtents: DiskExtents | undefined;

  constructor(
    readonly system: System,
    readonly options: CollectOptions,
    readonly out: Fd | undefined,
  ) {
    this.#yielder = new Yielder(system);
    if (options.disk !== undefined) this.#disk = system.stat(options.disk).dev;
  }

  async run(): Promise<Collected> {
    const { root } = this.options;
    if ((this.system.lstat(root).mode & S_IFMT) === S_IFDIR) await this.#directory(root);
    else await this.#entry({ name: root }, "");
    this.#flushContents();
    await this.#flushLines();
    return { entries: this.#entries, contentBytes: this.#contentBytes };
  }

  async #directory(root: string): Promise<void> {
    const walk = new TreeWalk(this.system, root);
    try {
      for (;;) {
        if (this.#yielder.due()) await this.#yielder.turn();
        if (this.#lineCharacters >= LINES_BYTES) await this.#flushLines();
        const name = walk.next();
        if (name !== undefined) {
          const isDirectory = this.#entry({ name, at: walk.fd }, walk.pathOf(name));
          if (typeof isDirectory === "boolean" ? isDirectory : await isDirectory) walk.enter(name);
        } else if (walk.depth > 0) walk.leave();
        else return;
      }
    } finally {
      walk.dispose();
    }
  }

  /** Returns whether the place is a directory to go into; a promise only where it takes long, since each costs much. */
  #entry(place: Place, path: string): boolean | Promise<boolean> {
    const stat = allowing(["ENOENT", "ENOTDIR"], () => this.system.lstat(place.name, place.at));
    if (!stat) return false;
    const type = typeOf(stat, this.options.overlay);
    if (!type) return false;
    const { uid, gid, mtime } = stat;
    const entry: CollectedEntry = { path, type, mode: stat.mode & 0o7777, uid, gid, mtime };
    const there = type === "file" ? this.#file(place, stat, entry) : this.#complete(place, stat, entry);
    if (typeof there !== "boolean") return there.then(() => this.#list(place, entry));
    return there && this.#list(place, entry);
  }

  #list(place: Place, entry: CollectedEntry): boolean {
    const mayHave = entry.type !== "whiteout" && entry.type !== "hardlink";
    if (mayHave && this.out !== undefined) this.#addXattrs(place, entry);
    this.#line(formatCollectedEntry(entry, this.system.base64Encode));
    return entry.type === "directory";
  }

  /** False when the file is gone, or something else has taken its place. */
  #file(place: Place, stat: Stat, entry: CollectedEntry): boolean | Promise<void> {
    const key = stat.nlink > 1 ? `${stat.dev}:${stat.ino}` : undefined;
    const first = key && this.#links.get(key);
    if (first) {
      entry.type = "hardlink";
      entry.linkname = first;
      return true;
    }
    const there = this.out === undefined || this.#data(place, stat, entry, this.out);
    if (this.out === undefined) entry.size = stat.size;
    if (key && there) this.#links.set(key, entry.path);
    return there;
  }

  #data(place: Place, stat: Stat, entry: CollectedEntry, out: Fd): boolean | Promise<void> {
    const from = allowing(["ENOENT", "ELOOP"], () => this.system.open(place.name, FILE_FLAGS, 0, place.at));
    if (from === undefined) return false;
    let copying: Promise<void> | undefined;
    try {
      if (!this.#isFile(from)) return false;
      if (this.#leaveOnDisk(from, stat, entry)) return true;
      if (stat.size <= GATHERED_BYTES) this.#gather(from, stat.size, entry);
      else copying = this.#copyLarge(from, stat, entry, out).finally(() => this.system.close(from));
      return copying ?? true;
    } finally {
      if (!copying) this.system.close(from);
    }
  }

  /** Nothing has taken its place where no process can change the tree. */
  #isFile(fd: Fd): boolean {
    return this.#disk !== undefined || (this.system.modeOf(`/proc/self/fd/${fd}`)! & S_IFMT) === S_IFREG;
  }

  /** False when the page could not read the file there, or not as cheaply. */
  #leaveOnDisk(fd: Fd, { size, dev }: Stat, entry: CollectedEntry): boolean {
    if (dev !== this.#disk || size < LEAST_FROM_DISK_BYTES) return false;
    this.#diskExtents ??= new DiskExtents(this.system);
    const found = this.#diskExtents.of(fd, size);
    if (!found) return false;
    entry.size = size;
    entry.extents = found.map(({ offset, length }) => ({ offset, length }));
    entry.diskOffsets = found.map(({ diskOffset }) => diskOffset);
    return true;
  }

  #complete(place: Place, stat: Stat, entry: CollectedEntry): boolean {
    if (entry.type === "symlink") {
      const target = allowing(["ENOENT", "EINVAL"], () => this.system.readlink(place.name, place.at));
      if (target === undefined) return false;
      entry.linkname = target;
    } else if (entry.type === "character" || entry.type === "block") {
      entry.major = stat.major;
      entry.minor = stat.minor;
    }
    return true;
  }

  /** Small files are passed to the page together. */
  #gather(from: Fd, size: number, entry: CollectedEntry): void {
    entry.offset = this.#contentBytes;
    entry.size = 0;
    while (entry.size < size) {
      const bytes = this.system.read(from, size - entry.size);
      if (!bytes || bytes.length === 0) break;
      if (this.#gatheredBytes + bytes.length > GATHER_BYTES) this.#flushContents();
      this.#gathered ??= new Uint8Array(GATHER_BYTES);
      this.#gathered.set(bytes, this.#gatheredBytes);
      this.#gatheredBytes += bytes.length;
      entry.size += bytes.length;
    }
    this.#contentBytes += entry.size;
  }

  #flushContents(): void {
    for (let at = 0; at < this.#gatheredBytes; )
      at += this.system.write(this.out!, this.#gathered!.subarray(at, this.#gatheredBytes));
    this.#gatheredBytes = 0;
  }

  async #copyLarge(from: Fd, { size, blocks }: Stat, entry: CollectedEntry, out: Fd): Promise<void> {
    this.#flushContents();
    entry.offset = this.#contentBytes;
    if (size - blocks * 512 > HOLES_WORTH_BYTES) await this.#copySparse(from, size, entry, out);
    else entry.size = await this.#copy(from, size, out);
  }

  async #copySparse(from: Fd, size: number, entry: CollectedEntry, out: Fd): Promise<void> {
    const extents: Extent[] = [];
    entry.size = size;
    for (const { offset, length } of await dataExtents(this.system, from, size, this.#yielder)) {
      this.system.seek(from, offset, SEEK_SET);
      const copied = await this.#copy(from, length, out);
      if (copied > 0) extents.push({ offset, length: copied });
      if (copied < length) {
        entry.size = offset + copied;
        break;
      }
    }
    entry.extents = extents;
  }

  /** At most `size` bytes, less if the file has shrunk. */
  async #copy(from: Fd, size: number, out: Fd): Promise<number> {
    let copied = 0;
    while (copied < size) {
      const part = this.system.sendfile(out, from, Math.min(COPY_BYTES, size - copied));
      if (part === 0) break;
      copied += part;
      if (this.#yielder.due()) await this.#yielder.turn();
    }
    this.#contentBytes += copied;
    return copied;
  }

  #addXattrs({ name: file, at }: Place, entry: CollectedEntry): void {
    // There is no call that takes a directory.
    const path = at === undefined ? file : `/proc/self/fd/${at}/${file}`;
    const names = allowing(["ENOENT", "EOPNOTSUPP"], () => this.system.listxattr(path)) ?? [];
    const xattrs = new Map<string, Uint8Array>();
    for (const name of names) {
      const value = allowing(["ENOENT", "ENODATA", "EOPNOTSUPP"], () => this.system.getxattr(path, name));
      if (!value) continue;
      if (!name.startsWith(OVERLAY_XATTRS)) xattrs.set(name, value);
      else if (this.options.overlay && name === "trusted.overlay.opaque" && this.system.utf8Decode(value) === "y")
        entry.opaque = true;
    }
    if (xattrs.size > 0) entry.xattrs = xattrs;
  }

  #line(line: string): void {
    this.#entries++;
    this.#lines.push(line, "\n");
    this.#lineCharacters += line.length;
  }

  async #flushLines(): Promise<void> {
    if (this.#lines.length === 0) return;
    const bytes = this.system.utf8Encode(this.#lines.join(""));
    this.#lines = [];
    this.#lineCharacters = 0;
    await this.options.entries.write(bytes);
  }
}

/** Undefined for sockets, which no archive holds. */
function typeOf({ mode, major, minor }: Stat, overlay: boolean): CollectedEntry["type"] | undefined {
  switch (mode & S_IFMT) {
    case S_IFREG:
      return "file";
    case S_IFDIR:
      return "directory";
    case S_IFLNK:
      return "symlink";
    case S_IFCHR:
      return overlay && major === 0 && minor === 0 ? "whiteout" : "character";
    case S_IFBLK:
      return "block";
    case S_IFIFO:
      return "fifo";
    default:
      return undefined;
  }
}
