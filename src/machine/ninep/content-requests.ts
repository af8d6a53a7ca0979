/** Requests that open files and directories, read and write them. */
import { FileError } from "./errors.js";
import { type Attributes, FileType, pathOf, TYPE_MASK } from "./files.js";
import { MessageWriter } from "./messages.js";
import { blob, empty, type Handler, IO_HEADER_BYTES, nodeOf, qidOf, step } from "./request-parts.js";
import { commitXattr, writeXattr } from "./xattr-requests.js";

const OpenFlag = { accessMode: 3, readOnly: 0, writeOnly: 1, excl: 0o200, trunc: 0o1000 } as const;

export const open: Handler = (message, { fids, messageBytes }) => {
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

export const create: Handler = (message, { fids, messageBytes }) => {
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

export const read: Handler = (message, { fids, messageBytes }) => {
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

export const write: Handler = (message, { fids }) => {
  const { place, opened } = fids.get(message.u32());
  const offset = message.u64();
  const bytes = message.blob(message.u32());
  if (opened?.as === "new-xattr") writeXattr(opened, offset, bytes);
  else if (opened?.as === "file" && opened.writes) place.files.write(place, offset, bytes);
  else throw new FileError("EBADF", pathOf(place));
  return new MessageWriter(4).u32(bytes.length);
};

export const clunk: Handler = (message, { fids }) => {
  const fid = fids.remove(message.u32());
  if (fid.opened?.as === "new-xattr") commitXattr(fid.place, fid.opened);
  return empty();
};

export const readDirectory: Handler = (message, { fids, messageBytes }) => {
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
