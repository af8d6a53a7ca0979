/**
 * Lists a tree as `CollectedEntry` JSON lines, parents first and names sorted, and copies the contents of its regular
 * files, one after the other, into a file of the exchange. Files may change meanwhile: what is listed is what was
 * copied, and what is gone when its turn comes is left out.
 */
import type { CollectedEntry } from "../../protocol/commands.js";
import { EXCHANGE_DIRECTORY } from "../../protocol/page-files.js";
import type { OutputStream } from "../../protocol/peer.js";
import { allowing, Failure } from "../failure.js";
import {
  O_CLOEXEC,
  O_CREAT,
  O_DIRECT,
  O_NOFOLLOW,
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
} from "../system/constants.js";
import { type Fd, type Stat, type System, SystemError } from "../system/system.js";
import { Yielder } from "../yielder.js";

const COPY_BYTES = 1 << 20;
const LINES_BYTES = 16384;
const OVERLAY_XATTRS = "trusted.overlay.";

const TOO_MUCH = "no space left on device: this is more than guest and page pass to each other at once";

export interface Collected {
  entries: number;
  contentBytes: number;
}

export interface CollectOptions {
  /** A directory, whose contents are listed; or one file, listed with an empty path. */
  root: string;
  /** Path of the exchange file. */
  contents: string;
  entries: OutputStream;
  /** `root` is an overlay's upper directory: device 0/0 is a whiteout, and directories may be opaque. */
  overlay: boolean;
}

export async function collectTree(system: System, options: CollectOptions): Promise<Collected> {
  // Past the guest's page cache, which would hand the page 4 KB at a time; other file systems want aligned sizes.
  const direct = options.contents.startsWith(`${EXCHANGE_DIRECTORY}/`) ? O_DIRECT : 0;
  const out = system.open(options.contents, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC | direct, 0o600);
  try {
    const walk = new TreeWalk(system, options, out);
    const collected = await walk.run();
    // The page takes the file as soon as it is told: nothing may wait in the guest's page cache.
    if (collected.contentBytes > 0) system.syncfs(options.contents);
    await options.entries.end();
    return collected;
  } catch (error) {
    const failure = isFull(error) ? new Failure("system", TOO_MUCH, { errno: "ENOSPC", call: "sendfile" }) : error;
    options.entries.reset(failure instanceof Error ? failure.message : String(failure));
    // What was collected so far is of no use, and takes the room of the next.
    allowing(["ENOENT"], () => system.unlink(options.contents));
    throw failure;
  } finally {
    system.close(out);
  }
}

function isFull(error: unknown): boolean {
  return error instanceof SystemError && error.errno === "ENOSPC";
}

class TreeWalk {
  readonly #yielder: Yielder;
  /** Paths of files with several links, by device and inode. */
  readonly #links = new Map<string, string>();
  #lines: string[] = [];
  #lineCharacters = 0;
  #entries = 0;
  #contentBytes = 0;

  constructor(
    readonly system: System,
    readonly options: CollectOptions,
    readonly out: Fd,
  ) {
    this.#yielder = new Yielder(system);
  }

  async run(): Promise<Collected> {
    const { root } = this.options;
    if ((this.system.lstat(root).mode & S_IFMT) === S_IFDIR) await this.#directory(root, "");
    else await this.#entry(root, "");
    await this.#flush();
    return { entries: this.#entries, contentBytes: this.#contentBytes };
  }

  async #directory(directory: string, prefix: string): Promise<void> {
    const names = allowing(["ENOENT", "ENOTDIR"], () => this.system.readdir(directory)) ?? [];
    for (const name of names.sort()) {
      if (this.#yielder.due()) await this.#yielder.turn();
      if (await this.#entry(`${directory}/${name}`, prefix + name))
        await this.#directory(`${directory}/${name}`, `${prefix}${name}/`);
    }
  }

  /** Returns whether `path` is a directory to go into. */
  async #entry(path: string, name: string): Promise<boolean> {
    const stat = allowing(["ENOENT", "ENOTDIR"], () => this.system.lstat(path));
    if (!stat) return false;
    const type = typeOf(stat, this.options.overlay);
    if (!type) return false;
    const entry: CollectedEntry = {
      path: name,
      type,
      mode: stat.mode & 0o7777,
      uid: stat.uid,
      gid: stat.gid,
      mtime: stat.mtime,
    };
    const there = type === "file" ? await this.#file(path, stat, entry) : this.#complete(path, stat, entry);
    if (!there) return false;
    if (entry.type !== "whiteout" && entry.type !== "hardlink") this.#addXattrs(path, entry);
    await this.#line(JSON.stringify(entry));
    return type === "directory";
  }

  /** False when the file is gone. */
  async #file(path: string, stat: Stat, entry: CollectedEntry): Promise<boolean> {
    const key = stat.nlink > 1 ? `${stat.dev}:${stat.ino}` : undefined;
    const first = key && this.#links.get(key);
    if (first) {
      entry.type = "hardlink";
      entry.linkname = first;
      return true;
    }
    const size = await this.#copy(path, stat.size);
    if (size === undefined) return false;
    entry.size = size;
    entry.offset = this.#contentBytes;
    this.#contentBytes += size;
    if (key) this.#links.set(key, entry.path);
    return true;
  }

  #complete(path: string, stat: Stat, entry: CollectedEntry): boolean {
    if (entry.type === "symlink") {
      const target = allowing(["ENOENT", "EINVAL"], () => this.system.readlink(path));
      if (target === undefined) return false;
      entry.linkname = target;
    } else if (entry.type === "character" || entry.type === "block") {
      entry.major = stat.major;
      entry.minor = stat.minor;
    }
    return true;
  }

  /** At most `size` bytes, less if the file has shrunk; undefined if it is gone. */
  async #copy(path: string, size: number): Promise<number | undefined> {
    const from = allowing(["ENOENT", "ELOOP"], () => this.system.open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC, 0));
    if (from === undefined) return undefined;
    try {
      let copied = 0;
      while (copied < size) {
        const part = this.system.sendfile(this.out, from, Math.min(COPY_BYTES, size - copied));
        if (part === 0) break;
        copied += part;
        if (this.#yielder.due()) await this.#yielder.turn();
      }
      return copied;
    } finally {
      this.system.close(from);
    }
  }

  #addXattrs(path: string, entry: CollectedEntry): void {
    const names = allowing(["ENOENT", "EOPNOTSUPP"], () => this.system.listxattr(path)) ?? [];
    for (const name of names) {
      const value = allowing(["ENOENT", "ENODATA"], () => this.system.getxattr(path, name));
      if (!value) continue;
      if (!name.startsWith(OVERLAY_XATTRS)) {
        entry.xattrs ??= {};
        entry.xattrs[name] = this.system.base64Encode(value);
      } else if (this.options.overlay && name === "trusted.overlay.opaque" && this.system.utf8Decode(value) === "y")
        entry.opaque = true;
    }
  }

  async #line(line: string): Promise<void> {
    this.#entries++;
    this.#lines.push(line, "\n");
    this.#lineCharacters += line.length;
    if (this.#lineCharacters >= LINES_BYTES) await this.#flush();
  }

  async #flush(): Promise<void> {
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
