import { encodePath } from "../../shared/text/path-bytes.js";
import { FileError } from "./errors.js";
import type { Fids, Opened } from "./fids.js";
import { type Place, pathOf } from "./files.js";
import { type MessageReader, MessageWriter } from "./messages.js";

const XATTR_VALUE_MAX_BYTES = 65536;
/** Flags of Txattrcreate, as setxattr(2) has them. */
const XATTR_CREATE = 1;
const XATTR_REPLACE = 2;

type NewXattr = Extract<Opened, { as: "new-xattr" }>;

/** A new fid to read the value from; or, without a name, the NUL-ended names. */
export function walkXattr(message: MessageReader, { fids }: { fids: Fids }): MessageWriter {
  const fid = fids.get(message.u32());
  const newNumber = message.u32();
  const name = message.string();
  const { place } = fid;
  if (!place.node) throw new FileError("ESTALE", pathOf(place));
  const xattrs = place.files.xattrs(place.node);
  const value = name === "" ? listOf(xattrs.keys()) : xattrs.get(name);
  if (!value) throw new FileError("ENODATA", `${pathOf(place)} ${name}`);
  fids.add(newNumber, place, fid.uid).opened = { as: "xattr", value };
  return new MessageWriter(8).u64(value.length);
}

/** The fid takes the value by writes, and sets it when it is clunked. */
export function createXattr(message: MessageReader, { fids }: { fids: Fids }): MessageWriter {
  const fid = fids.get(message.u32());
  const name = message.string();
  const size = message.u64();
  const flags = message.u32();
  const { place } = fid;
  if (!place.node) throw new FileError("ESTALE", pathOf(place));
  if (size > XATTR_VALUE_MAX_BYTES) throw new FileError("ENOSPC", `${name} of ${size} bytes`);
  const known = place.files.xattrs(place.node).has(name);
  if (known && flags & XATTR_CREATE) throw new FileError("EEXIST", name);
  if (!known && flags & XATTR_REPLACE) throw new FileError("ENODATA", name);
  fid.opened = { as: "new-xattr", name, value: new Uint8Array(size), filled: 0 };
  return new MessageWriter(0);
}

export function writeXattr(xattr: NewXattr, offset: number, bytes: Uint8Array): void {
  if (offset + bytes.length > xattr.value.length) throw new FileError("ENOSPC", xattr.name);
  xattr.value.set(bytes, offset);
  xattr.filled = Math.max(xattr.filled, offset + bytes.length);
}

/** A size of nought takes the attribute away: the protocol has no other way. */
export function commitXattr(place: Place, xattr: NewXattr): void {
  if (xattr.filled !== xattr.value.length) throw new FileError("EINVAL", `${xattr.name} was not written whole`);
  place.files.setXattr(place, xattr.name, xattr.value.length > 0 ? xattr.value : null);
}

function listOf(names: Iterable<string>): Uint8Array {
  return encodePath([...names].map((name) => `${name}\0`).join(""));
}
