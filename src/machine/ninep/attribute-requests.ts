/** Requests about what a file is, and not what it holds. */
import { EPOCH, timeOfMs } from "../../shared/files/file-attributes.js";
import { MessageWriter } from "./messages.js";
import { empty, type Handler, nodeOf, qidOf } from "./request-parts.js";

const FILE_SYSTEM_MAGIC = 0x01021997;
const BLOCK_BYTES = 4096;
const MAX_NAME_BYTES = 255;
/** What is told where no limit is. */
const UNLIMITED = { limits: { bytes: 2 ** 34, names: 2 ** 20 }, used: { bytes: 0, names: 0 } };

/** Bits of Tsetattr's `valid`. */
const Valid = { mode: 1, uid: 2, gid: 4, size: 8, atime: 16, mtime: 32, atimeSet: 128, mtimeSet: 256 } as const;

/** Rgetattr's `valid`: mode to blocks, without birth time, generation and data version. */
const BASIC_ATTRIBUTES = 0x7ff;
const LOCK_SUCCESS = 0;
const LOCK_TYPE_UNLOCKED = 2;

export const readlink: Handler = (message, { fids }) => {
  const { place } = fids.get(message.u32());
  return new MessageWriter().string(place.files.readlink(nodeOf(place)));
};

export const getAttributes: Handler = (message, { fids }) => {
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
    .u64(Math.ceil(found.heldBytes / 512))
    .time(found.atime)
    .time(found.mtime)
    .time(found.ctime)
    .time(EPOCH)
    .u64(0)
    .u64(0);
};

export const setAttributes: Handler = (message, { fids }) => {
  const { place } = fids.get(message.u32());
  const valid = message.u32();
  const [mode, uid, gid] = [message.u32(), message.u32(), message.u32()];
  const size = message.u64();
  const [atime, mtime] = [message.time(), message.time()];
  nodeOf(place);
  const now = timeOfMs(Date.now());
  const has = (bit: number) => (valid & bit) !== 0;
  place.files.change(place, {
    mode: has(Valid.mode) ? mode : undefined,
    uid: has(Valid.uid) ? uid : undefined,
    gid: has(Valid.gid) ? gid : undefined,
    size: has(Valid.size) ? size : undefined,
    atime: has(Valid.atime) ? (has(Valid.atimeSet) ? atime : now) : undefined,
    mtime: has(Valid.mtime) ? (has(Valid.mtimeSet) ? mtime : now) : undefined,
  });
  return empty();
};

export const statFileSystem: Handler = (message, { fids }) => {
  const { limits, used } = fids.get(message.u32()).place.files.space() ?? UNLIMITED;
  const freeBlocks = Math.floor((limits.bytes - used.bytes) / BLOCK_BYTES);
  return new MessageWriter()
    .u32(FILE_SYSTEM_MAGIC)
    .u32(BLOCK_BYTES)
    .u64(Math.floor(limits.bytes / BLOCK_BYTES))
    .u64(freeBlocks)
    .u64(freeBlocks)
    .u64(limits.names)
    .u64(limits.names - used.names)
    .u64(1)
    .u32(MAX_NAME_BYTES);
};

export const sync: Handler = (message, { fids }) => {
  fids.get(message.u32());
  return empty();
};

/** One guest holds all locks: its kernel keeps them, and nobody here contends. */
export const lock: Handler = (message, { fids }) => {
  fids.get(message.u32());
  return new MessageWriter().u8(LOCK_SUCCESS);
};

export const getLock: Handler = (message, { fids }) => {
  fids.get(message.u32());
  message.skip(1);
  const [start, length, pid] = [message.u64(), message.blob(8), message.u32()];
  const client = message.string();
  return new MessageWriter().u8(LOCK_TYPE_UNLOCKED).u64(start).raw(length).u32(pid).string(client);
};
