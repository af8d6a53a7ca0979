import { getAttributes, getLock, lock, readlink, setAttributes, statFileSystem, sync } from "./attribute-requests.js";
import { clunk, create, open, read, readDirectory, write } from "./content-requests.js";
import { Message } from "./messages.js";
import { makeDirectory, makeLink, makeNode, makeSymlink, remove, rename, renameAt, unlinkAt } from "./name-requests.js";
import type { Handler } from "./request-parts.js";
import { attach, noAuthentication, version, walk } from "./session-requests.js";
import { createXattr, walkXattr } from "./xattr-requests.js";

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
