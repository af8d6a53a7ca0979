import { FileError } from "./errors.js";
import type { Fid, Fids } from "./fids.js";
import { type Attributes, FileType, type NewNode, type Place, pathOf, TYPE_MASK } from "./files.js";
import { Message, type MessageReader, MessageWriter, type Qid } from "./messages.js";
import { commitXattr, createXattr, walkXattr, writeXattr } from "./xattr-requests.js";

/** What the requests of one session share. */
export interface Context {
  readonly top: Place;
  readonly fids: Fids;
  /** msize: most bytes of one message. */
  messageBytes: number;
}

type Answer = MessageWriter | Promise<MessageWriter>;
type Handler = (message: MessageReader, context: Context) => Answer;

/** An Rread or Rreaddir's bytes besides its data, as the guest's kernel reckons (P9_IOHDRSZ). */
const IO_HEADER_BYTES = 24;
const SMALLEST_MESSAGE_BYTES = 4096;
const VERSION = "9P2000.L";
const FILE_SYSTEM_MAGIC = 0x01021997;
const BLOCK_BYTES = 4096;
const MAX_NAME_BYTES = 255;

const OpenFlag = { accessMode: 3, readOnly: 0, writeOnly: 1, excl: 0o200, trunc: 0o1000 } as const;
const AT_REMOVEDIR = 0x200;
/** Bits of Tsetattr's `valid`. */
const Valid = { mode: 1, uid: 2, gid: 4, size: 8, atime: 16, mtime: 32, atimeSet: 128, mtimeSet: 256 } as const;
/** Rgetattr's `valid`: mode to blocks, without birth time, generation and data version. */
const BASIC_ATTRIBUTES = 0x7ff;
const LOCK_SUCCESS = 0;
const LOCK_TYPE_UNLOCKED = 2;

const empty = () => new MessageWriter(0);

function qidOf(attributes: Attributes): Qid {
  const type = attributes.mode & TYPE_MASK;
  const bits = type === FileType.directory ? 0x80 : type === FileType.symlink ? 0x02 : 0;
  return { type: bits, path: attributes.qidPath };
}

function qidAt(place: Place): Qid {
  return qidOf(place.files.attributes(nodeOf(place)));
}

function nodeOf(place: Place): object {
  if (!place.node) throw new FileError("ESTALE", pathOf(place));
  return place.node;
}

function step(place: Place, name: string): Place | undefined {
  if (name === "..") return place.parent ?? place;
  nodeOf(place);
  return place.files.lookup(place, name);
}

const version: Handler = (message, context) => {
  const messageBytes = message.u32();
  const wanted = message.string();
  if (messageBytes < SMALLEST_MESSAGE_BYTES) throw new FileError("EPROTO", `message size ${messageBytes}`);
  context.fids.clear();
  context.messageBytes = Math.min(messageBytes, context.messageBytes);
  return new MessageWriter().u32(context.messageBytes).string(wanted === VERSION ? VERSION : "unknown");
};

const attach: Handler = (message, context) => {
  const number = message.u32();
  message.skip(4);
  message.string();
  message.string();
  const uid = message.u32();
  context.fids.add(number, context.top, uid === 0xffffffff ? 0 : uid);
  return new MessageWriter().qid(qidAt(context.top));
};

const walk: Handler = (message, { fids }) => {
  const number = message.u32();
  const newNumber = message.u32();
  const names = message.names();
  const from = fids.get(number);
  const qids: Qid[] = [];
  let place = from.place;
  for (const name of names) {
    const next = step(place, name);
    if (!next) break;
    place = next;
    qids.push(qidAt(place));
  }
  if (names.length > 0 && qids.length === 0) throw new FileError("ENOENT", `${pathOf(place)}/${names[0]}`);
  if (qids.length === names.length) {
    if (newNumber === number) fids.remove(number);
    fids.add(newNumber, place, from.uid);
  }
  const reply = new MessageWriter().u16(qids.length);
  for (const qid of qids) reply.qid(qid);
  return reply;
};

const open: Handler = (message, { fids, messageBytes }) => {
  const fid = fids.get(message.u32());
  const flags = message.u32();
  const { place } = fid;
  const attributes = place.files.attributes(nodeOf(place));
  const access = flags & OpenFlag.accessMode;
  const writes = access !== OpenFlag.readOnly;
  if ((attributes.mode & TYPE_MASK) === FileType.directory) {
    if (writes) throw new FileError("EISDIR", pathOf(place));
    fid.opened = { as: "directory", entries: [] };
  } else {
    if (writes) place.files.checkWritable(place);
    if (writes && flags & OpenFlag.trunc) place.files.change(place, { size: 0 });
    fid.opened = { as: "file", reads: access !== OpenFlag.writeOnly, writes };
    place.files.opened(place);
  }
  return new MessageWriter().qid(qidOf(attributes)).u32(messageBytes - IO_HEADER_BYTES);
};

const create: Handler = (message, { fids, messageBytes }) => {
  const fid = fids.get(message.u32());
  const name = message.newName();
  const flags = message.u32();
  const mode = message.u32();
  const gid = message.u32();
  const there = step(fid.place, name);
  if (there && flags & OpenFlag.excl) throw new FileError("EEXIST", name);
  const place = there ?? fid.place.files.create(fid.place, name, { type: "file" }, mode, { uid: fid.uid, gid });
  const attributes = place.files.attributes(nodeOf(place));
  if (there) {
    if ((attributes.mode & TYPE_MASK) === FileType.directory) throw new FileError("EISDIR", name);
    place.files.checkWritable(place);
    if (flags & OpenFlag.trunc) place.files.change(place, { size: 0 });
  }
  fid.place = place;
  const access = flags & OpenFlag.accessMode;
  fid.opened = { as: "file", reads: access !== OpenFlag.writeOnly, writes: access !== OpenFlag.readOnly };
  return new MessageWriter().qid(qidOf(attributes)).u32(messageBytes - IO_HEADER_BYTES);
};

function make(fid: Fid, name: string, what: NewNode, mode: number, gid: number): MessageWriter {
  nodeOf(fid.place);
  return new MessageWriter().qid(qidAt(fid.place.files.create(fid.place, name, what, mode, { uid: fid.uid, gid })));
}

const makeDirectory: Handler = (message, { fids }) => {
  const fid = fids.get(message.u32());
  const name = message.newName();
  const mode = message.u32();
  return make(fid, name, { type: "directory" }, mode, message.u32());
};

const makeSymlink: Handler = (message, { fids }) => {
  const fid = fids.get(message.u32());
  const name = message.newName();
  const target = message.string();
  return make(fid, name, { type: "symlink", target }, 0o777, message.u32());
};

const makeNode: Handler = (message, { fids }) => {
  const fid = fids.get(message.u32());
  const name = message.newName();
  const mode = message.u32();
  const major = message.u32();
  const minor = message.u32();
  const gid = message.u32();
  return make(fid, name, nodeFrom(mode & TYPE_MASK, major, minor), mode, gid);
};

function nodeFrom(type: number, major: number, minor: number): NewNode {
  if (type === FileType.character) return { type: "character", major, minor };
  if (type === FileType.block) return { type: "block", major, minor };
  if (type === FileType.fifo) return { type: "fifo" };
  if (type === FileType.file || type === 0) return { type: "file" };
  throw new FileError("EOPNOTSUPP", `node of type ${type.toString(8)}`);
}

const makeLink: Handler = (message, { fids }) => {
  const directory = fids.get(message.u32()).place;
  const target = fids.get(message.u32()).place;
  nodeOf(target);
  nodeOf(directory);
  directory.files.link(directory, message.newName(), target);
  return empty();
};

const read: Handler = (message, { fids, messageBytes }) => {
  const { place, opened } = fids.get(message.u32());
  const offset = message.u64();
  const length = Math.min(message.u32(), messageBytes - IO_HEADER_BYTES);
  if (opened?.as === "xattr") return blob(opened.value.subarray(offset, offset + length));
  if (opened?.as !== "file" || !opened.reads) throw new FileError("EBADF", pathOf(place));
  const bytes = place.files.read(nodeOf(place), offset, length);
  if (!(bytes instanceof Promise)) return blob(bytes);
  if (opened.abandoned) throw new FileError("EINTR", pathOf(place));
  return bytes.then(
    (fetched) => blob(fetched.subarray(0, length)),
    (error) => {
      throw new Error(`${pathOf(place)}: ${error instanceof Error ? error.message : String(error)}`);
    },
  );
};

function blob(bytes: Uint8Array): MessageWriter {
  return new MessageWriter(4 + bytes.length).blob(bytes);
}

const write: Handler = (message, { fids }) => {
  const { place, opened } = fids.get(message.u32());
  const offset = message.u64();
  const bytes = message.blob(message.u32());
  if (opened?.as === "new-xattr") writeXattr(opened, offset, bytes);
  else if (opened?.as === "file" && opened.writes) place.files.write(place, offset, bytes);
  else throw new FileError("EBADF", pathOf(place));
  return new MessageWriter(4).u32(bytes.length);
};

const clunk: Handler = (message, { fids }) => {
  const fid = fids.remove(message.u32());
  if (fid.opened?.as === "new-xattr") commitXattr(fid.place, fid.opened);
  return empty();
};

const remove: Handler = (message, { fids }) => {
  const { place } = fids.remove(message.u32());
  const attributes = place.files.attributes(nodeOf(place));
  if (!place.parent) throw new FileError("EACCES", "/");
  const isDirectory = (attributes.mode & TYPE_MASK) === FileType.directory;
  place.parent.files.unlink(place.parent, place.name, isDirectory);
  return empty();
};

const unlinkAt: Handler = (message, { fids }) => {
  const { place } = fids.get(message.u32());
  const name = message.name();
  nodeOf(place);
  place.files.unlink(place, name, (message.u32() & AT_REMOVEDIR) !== 0);
  return empty();
};

const rename: Handler = (message, { fids }) => {
  const fid = fids.get(message.u32());
  const to = fids.get(message.u32()).place;
  const name = message.newName();
  const { place } = fid;
  if (!place.parent) throw new FileError("EACCES", "/");
  nodeOf(to);
  place.parent.files.rename(place.parent, place.name, to, name);
  fid.place = { files: to.files, node: nodeOf(place), name, parent: to };
  return empty();
};

const renameAt: Handler = (message, { fids }) => {
  const from = fids.get(message.u32()).place;
  const name = message.name();
  const to = fids.get(message.u32()).place;
  nodeOf(from);
  nodeOf(to);
  from.files.rename(from, name, to, message.newName());
  return empty();
};

const readlink: Handler = (message, { fids }) => {
  const { place } = fids.get(message.u32());
  return new MessageWriter().string(place.files.readlink(nodeOf(place)));
};

const getAttributes: Handler = (message, { fids }) => {
  const { place } = fids.get(message.u32());
  const found = place.files.attributes(nodeOf(place));
  return new MessageWriter()
    .u64(BASIC_ATTRIBUTES)
    .qid(qidOf(found))
    .u32(found.mode)
    .u32(found.uid)
    .u32(found.gid)
    .u64(found.nlink)
    .u64((found.minor & 0xff) + found.major * 256 + Math.floor(found.minor / 256) * 2 ** 20)
    .u64(found.size)
    .u64(BLOCK_BYTES)
    .u64(Math.ceil(found.size / 512))
    .time(found.atimeMs)
    .time(found.mtimeMs)
    .time(found.ctimeMs)
    .time(0)
    .u64(0)
    .u64(0);
};

const setAttributes: Handler = (message, { fids }) => {
  const { place } = fids.get(message.u32());
  const valid = message.u32();
  const [mode, uid, gid] = [message.u32(), message.u32(), message.u32()];
  const size = message.u64();
  const [atimeMs, mtimeMs] = [time(message), time(message)];
  nodeOf(place);
  const now = Date.now();
  const has = (bit: number) => (valid & bit) !== 0;
  place.files.change(place, {
    mode: has(Valid.mode) ? mode : undefined,
    uid: has(Valid.uid) ? uid : undefined,
    gid: has(Valid.gid) ? gid : undefined,
    size: has(Valid.size) ? size : undefined,
    atimeMs: has(Valid.atime) ? (has(Valid.atimeSet) ? atimeMs : now) : undefined,
    mtimeMs: has(Valid.mtime) ? (has(Valid.mtimeSet) ? mtimeMs : now) : undefined,
  });
  return empty();
};

function time(message: MessageReader): number {
  const seconds = message.u64();
  return seconds * 1000 + message.u64() / 1e6;
}

const readDirectory: Handler = (message, { fids, messageBytes }) => {
  const { place, opened } = fids.get(message.u32());
  const cookie = message.u64();
  const limit = Math.min(message.u32(), messageBytes - IO_HEADER_BYTES);
  if (opened?.as !== "directory") throw new FileError("EBADF", pathOf(place));
  nodeOf(place);
  if (cookie === 0)
    opened.entries = [{ ...place, name: "." }, { ...(place.parent ?? place), name: ".." }, ...place.files.list(place)];
  const reply = new MessageWriter(Math.min(limit, 65536)).u32(0);
  const start = reply.length;
  let end = start;
  for (let at = cookie; at < opened.entries.length; at++) {
    const entry = opened.entries[at]!;
    if (entry.files.gone || !entry.node) continue;
    const { mode, qidPath } = entry.files.attributes(entry.node);
    reply
      .qid(qidOf({ mode, qidPath } as Attributes))
      .u64(at + 1)
      .u8((mode & TYPE_MASK) >> 12)
      .string(entry.name);
    if (reply.length - start > limit) break;
    end = reply.length;
  }
  return reply.cut(end).putU32(start - 4, end - start);
};

const statFileSystem: Handler = (message, { fids }) => {
  fids.get(message.u32());
  const blocks = 2 ** 22;
  return new MessageWriter()
    .u32(FILE_SYSTEM_MAGIC)
    .u32(BLOCK_BYTES)
    .u64(blocks)
    .u64(blocks)
    .u64(blocks)
    .u64(2 ** 20)
    .u64(2 ** 20)
    .u64(1)
    .u32(MAX_NAME_BYTES);
};

const sync: Handler = (message, { fids }) => {
  fids.get(message.u32());
  return empty();
};

/** One guest holds all locks: its kernel keeps them, and nobody here contends. */
const lock: Handler = (message, { fids }) => {
  fids.get(message.u32());
  return new MessageWriter().u8(LOCK_SUCCESS);
};

const getLock: Handler = (message, { fids }) => {
  fids.get(message.u32());
  message.skip(1);
  const [start, length, pid] = [message.u64(), message.blob(8), message.u32()];
  const client = message.string();
  return new MessageWriter().u8(LOCK_TYPE_UNLOCKED).u64(start).raw(length).u32(pid).string(client);
};

const noAuthentication: Handler = () => {
  throw new FileError("EOPNOTSUPP", "authentication");
};

/** By the message's number. */
export const requests: Readonly<Record<number, Handler | undefined>> = {
  [Message.Tstatfs]: statFileSystem,
  [Message.Tlopen]: open,
  [Message.Tlcreate]: create,
  [Message.Tsymlink]: makeSymlink,
  [Message.Tmknod]: makeNode,
  [Message.Trename]: rename,
  [Message.Treadlink]: readlink,
  [Message.Tgetattr]: getAttributes,
  [Message.Tsetattr]: setAttributes,
  [Message.Txattrwalk]: walkXattr,
  [Message.Txattrcreate]: createXattr,
  [Message.Treaddir]: readDirectory,
  [Message.Tfsync]: sync,
  [Message.Tlock]: lock,
  [Message.Tgetlock]: getLock,
  [Message.Tlink]: makeLink,
  [Message.Tmkdir]: makeDirectory,
  [Message.Trenameat]: renameAt,
  [Message.Tunlinkat]: unlinkAt,
  [Message.Tversion]: version,
  [Message.Tauth]: noAuthentication,
  [Message.Tattach]: attach,
  [Message.Twalk]: walk,
  [Message.Tread]: read,
  [Message.Twrite]: write,
  [Message.Tclunk]: clunk,
  [Message.Tremove]: remove,
};
