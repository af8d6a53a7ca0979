/** Requests that begin a session and find files. */
import { FileError } from "./errors.js";
import { pathOf } from "./files.js";
import { MessageWriter, type Qid } from "./messages.js";
import { type Handler, qidAt, step } from "./request-parts.js";

const SMALLEST_MESSAGE_BYTES = 4096;
const VERSION = "9P2000.L";

export const version: Handler = (message, context) => {
  const messageBytes = message.u32();
  const wanted = message.string();
  if (messageBytes < SMALLEST_MESSAGE_BYTES) throw new FileError("EPROTO", `message size ${messageBytes}`);
  context.fids.clear();
  context.messageBytes = Math.min(messageBytes, context.maxMessageBytes);
  return new MessageWriter().u32(context.messageBytes).string(wanted === VERSION ? VERSION : "unknown");
};

export const attach: Handler = (message, context) => {
  const number = message.u32();
  message.skip(4);
  message.string();
  message.string();
  const uid = message.u32();
  context.fids.add(number, context.top, uid === 0xffffffff ? 0 : uid);
  return new MessageWriter().qid(qidAt(context.top));
};

export const walk: Handler = (message, { fids }) => {
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

export const noAuthentication: Handler = () => {
  throw new FileError("EOPNOTSUPP", "authentication");
};
