/** What the requests' handlers share. */
import { FileError } from "./errors.js";
import type { Fids } from "./fids.js";
import { type Attributes, FileType, type Place, pathOf, TYPE_MASK } from "./files.js";
import { type MessageReader, MessageWriter, type Qid } from "./messages.js";

/** What the requests of one session share. */
export interface Context {
  readonly top: Place;
  readonly fids: Fids;
  /** msize: most bytes of one message, as the last Tversion agreed. */
  messageBytes: number;
  /** Most that is ever agreed to. */
  readonly maxMessageBytes: number;
}

export type Answer = MessageWriter | Promise<MessageWriter>;
export type Handler = (message: MessageReader, context: Context) => Answer;
/** An Rread or Rreaddir's bytes besides its data, as the guest's kernel reckons (P9_IOHDRSZ). */
export const IO_HEADER_BYTES = 24;
export const empty = () => new MessageWriter(0);

export function qidOf(attributes: Attributes): Qid {
  const type = attributes.mode & TYPE_MASK;
  const bits = type === FileType.directory ? 0x80 : type === FileType.symlink ? 0x02 : 0;
  return { type: bits, path: attributes.qidPath };
}

export function qidAt(place: Place): Qid {
  return qidOf(place.files.attributes(nodeOf(place)));
}

export function nodeOf(place: Place): object {
  if (!place.node) throw new FileError("ESTALE", pathOf(place));
  return place.node;
}

export function step(place: Place, name: string): Place | undefined {
  if (name === "..") return place.parent ?? place;
  nodeOf(place);
  return place.files.lookup(place, name);
}

export function blob(bytes: Uint8Array): MessageWriter {
  return new MessageWriter(4 + bytes.length).blob(bytes);
}
