/** The guest's side of 9P for tests: messages by hand, replies taken apart. */
import { EPOCH, type FileTime } from "../../shared/files/file-attributes.js";
import { pathLength } from "../../shared/text/path-bytes.js";
import { Errno } from "../ninep/errors.js";
import { Message, MessageReader, MessageWriter, NOFID, NOTAG, Rlerror } from "../ninep/messages.js";
import type { NinePServer } from "../ninep/server.js";

export class RefusedError extends Error {
  constructor(readonly errno: string) {
    super(errno);
  }
}

export interface Attributes {
  qid: string;
  mode: number;
  uid: number;
  gid: number;
  nlink: number;
  rdev: number;
  size: number;
  mtime: FileTime;
}

export interface Entry {
  name: string;
  type: number;
  next: number;
}

export class NinePClient {
  #lastFid = 0;
  #lastTag = 0;
  root = 0;

  constructor(readonly server: NinePServer) {}

  /** Resolves with a reader of the reply's body. @throws {RefusedError} */
  send(type: number, body: MessageWriter = new MessageWriter(), tag = ++this.#lastTag): Promise<MessageReader> {
    return new Promise((resolve, reject) => {
      this.server.handle(body.finish(type, tag), (reply) => {
        const head = new DataView(reply.buffer, reply.byteOffset);
        if (head.getUint32(0, true) !== reply.length) reject(new Error("reply of another length"));
        if (head.getUint16(5, true) !== tag) reject(new Error("reply to another tag"));
        const reader = new MessageReader(reply, 7);
        if (reply[4] === Rlerror) reject(new RefusedError(errnoName(reader.u32())));
        else if (reply[4] !== type + 1) reject(new Error(`reply ${reply[4]} to ${type}`));
        else resolve(reader);
      });
    });
  }

  async start(uid = 0, messageBytes = 512_000): Promise<this> {
    const reply = await this.send(Message.Tversion, new MessageWriter().u32(messageBytes).string("9P2000.L"), NOTAG);
    reply.skip(4);
    if (reply.string() !== "9P2000.L") throw new Error("another version");
    this.root = await this.attach(uid);
    return this;
  }

  async attach(uid: number): Promise<number> {
    const fid = ++this.#lastFid;
    await this.send(Message.Tattach, new MessageWriter().u32(fid).u32(NOFID).string("").string("").u32(uid));
    return fid;
  }

  /** A new fid at the path. */
  async walk(path: string, from = this.root): Promise<number> {
    const names = path.split("/").filter(Boolean);
    const fid = ++this.#lastFid;
    const body = new MessageWriter().u32(from).u32(fid).u16(names.length);
    for (const name of names) body.string(name);
    if ((await this.send(Message.Twalk, body)).u16() < names.length) throw new RefusedError("ENOENT");
    return fid;
  }

  async open(fid: number, flags = 0): Promise<void> {
    await this.send(Message.Tlopen, new MessageWriter().u32(fid).u32(flags));
  }

  /** The new file's open fid. */
  async create(directory: number, name: string, mode = 0o644, flags = 2, gid = 0): Promise<number> {
    const fid = await this.walk("", directory);
    await this.send(Message.Tlcreate, new MessageWriter().u32(fid).string(name).u32(flags).u32(mode).u32(gid));
    return fid;
  }

  async makeDirectory(directory: number, name: string, mode = 0o755, gid = 0): Promise<void> {
    await this.send(Message.Tmkdir, new MessageWriter().u32(directory).string(name).u32(mode).u32(gid));
  }

  async read(fid: number, offset = 0, length = 500_000): Promise<Uint8Array> {
    const reply = await this.send(Message.Tread, new MessageWriter().u32(fid).u64(offset).u32(length));
    return reply.blob(reply.u32());
  }

  async readText(path: string): Promise<string> {
    const fid = await this.walk(path);
    await this.open(fid);
    const bytes = await this.read(fid);
    await this.clunk(fid);
    return new TextDecoder().decode(bytes);
  }

  async write(fid: number, offset: number, bytes: Uint8Array | string): Promise<number> {
    const data = typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes;
    return (await this.send(Message.Twrite, new MessageWriter().u32(fid).u64(offset).blob(data))).u32();
  }

  async attributes(fid: number): Promise<Attributes> {
    const reply = await this.send(Message.Tgetattr, new MessageWriter().u32(fid).u64(0x7ff));
    reply.skip(8);
    const qid = `${reply.u8()}.${reply.u32()}.${reply.u64()}`;
    const [mode, uid, gid] = [reply.u32(), reply.u32(), reply.u32()];
    const [nlink, rdev, size] = [reply.u64(), reply.u64(), reply.u64()];
    reply.skip(16 + 16);
    return { qid, mode, uid, gid, nlink, rdev, size, mtime: reply.time() };
  }

  async stat(path: string): Promise<Attributes> {
    const fid = await this.walk(path);
    try {
      return await this.attributes(fid);
    } finally {
      await this.clunk(fid);
    }
  }

  /** `valid` says which members count. */
  async setAttributes(
    fid: number,
    valid: number,
    { mode = 0, uid = 0, gid = 0, size = 0, mtime = EPOCH },
  ): Promise<void> {
    const body = new MessageWriter().u32(fid).u32(valid).u32(mode).u32(uid).u32(gid).u64(size);
    await this.send(Message.Tsetattr, body.time(EPOCH).time(mtime));
  }

  async readDirectory(fid: number, cookie: number, count = 500_000): Promise<Entry[]> {
    const reply = await this.send(Message.Treaddir, new MessageWriter().u32(fid).u64(cookie).u32(count));
    const length = reply.u32();
    const data = new MessageReader(reply.blob(length), 0);
    const entries: Entry[] = [];
    for (let read = 0; read < length; ) {
      data.skip(13);
      const [next, type, name] = [data.u64(), data.u8(), data.string()];
      entries.push({ name, type, next });
      read += 24 + pathLength(name);
    }
    return entries;
  }

  /** All names, page by page. */
  async names(path: string, count = 500_000): Promise<string[]> {
    const fid = await this.walk(path);
    await this.open(fid);
    const names: string[] = [];
    for (let cookie = 0; ; ) {
      const entries = await this.readDirectory(fid, cookie, count);
      if (entries.length === 0) break;
      names.push(...entries.map((entry) => entry.name));
      cookie = entries.at(-1)!.next;
    }
    await this.clunk(fid);
    return names;
  }

  async unlink(directory: number, name: string, flags = 0): Promise<void> {
    await this.send(Message.Tunlinkat, new MessageWriter().u32(directory).string(name).u32(flags));
  }

  async rename(from: number, name: string, to: number, newName: string): Promise<void> {
    await this.send(Message.Trenameat, new MessageWriter().u32(from).string(name).u32(to).string(newName));
  }

  /** The value, or with an empty name the list. */
  async xattr(path: string, name: string): Promise<string> {
    const fid = await this.walk(path);
    const valueFid = ++this.#lastFid;
    try {
      const body = new MessageWriter().u32(fid).u32(valueFid).string(name);
      const size = (await this.send(Message.Txattrwalk, body)).u64();
      const value = await this.read(valueFid, 0, size);
      await this.clunk(valueFid);
      return new TextDecoder().decode(value);
    } finally {
      await this.clunk(fid);
    }
  }

  async clunk(fid: number): Promise<void> {
    await this.send(Message.Tclunk, new MessageWriter().u32(fid));
  }
}

function errnoName(number: number): string {
  return Object.entries(Errno).find(([, value]) => value === number)?.[0] ?? String(number);
}
