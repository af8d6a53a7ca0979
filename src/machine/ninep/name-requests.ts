/** Requests that make, move and remove names. */
import { FileError } from "./errors.js";
import type { Fid } from "./fids.js";
import { FileType, type NewNode, TYPE_MASK } from "./files.js";
import { MessageWriter } from "./messages.js";
import { empty, type Handler, nodeOf, qidAt } from "./request-parts.js";

const AT_REMOVEDIR = 0x200;

function make(fid: Fid, name: string, what: NewNode, mode: number, gid: number): MessageWriter {
  nodeOf(fid.place);
  return new MessageWriter().qid(qidAt(fid.place.files.create(fid.place, name, what, mode, { uid: fid.uid, gid })));
}

export const makeDirectory: Handler = (message, { fids }) => {
  const fid = fids.get(message.u32());
  const name = message.newName();
  const mode = message.u32();
  return make(fid, name, { type: "directory" }, mode, message.u32());
};

export const makeSymlink: Handler = (message, { fids }) => {
  const fid = fids.get(message.u32());
  const name = message.newName();
  const target = message.string();
  return make(fid, name, { type: "symlink", target }, 0o777, message.u32());
};

export const makeNode: Handler = (message, { fids }) => {
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

export const makeLink: Handler = (message, { fids }) => {
  const directory = fids.get(message.u32()).place;
  const target = fids.get(message.u32()).place;
  nodeOf(target);
  nodeOf(directory);
  directory.files.link(directory, message.newName(), target);
  return empty();
};

export const remove: Handler = (message, { fids }) => {
  const { place } = fids.remove(message.u32());
  const attributes = place.files.attributes(nodeOf(place));
  if (!place.parent) throw new FileError("EACCES", "/");
  const isDirectory = (attributes.mode & TYPE_MASK) === FileType.directory;
  place.parent.files.unlink(place.parent, place.name, isDirectory);
  return empty();
};

export const unlinkAt: Handler = (message, { fids }) => {
  const { place } = fids.get(message.u32());
  const name = message.name();
  nodeOf(place);
  place.files.unlink(place, name, (message.u32() & AT_REMOVEDIR) !== 0);
  return empty();
};

export const rename: Handler = (message, { fids }) => {
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

export const renameAt: Handler = (message, { fids }) => {
  const from = fids.get(message.u32()).place;
  const name = message.name();
  const to = fids.get(message.u32()).place;
  nodeOf(from);
  nodeOf(to);
  from.files.rename(from, name, to, message.newName());
  return empty();
};
