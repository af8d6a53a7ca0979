/**
 * A 9P2000.L server for one guest, in the page's memory. Answers at once where the bytes are at hand, later where a
 * blob has to be fetched. Whatever comes in, one reply goes out: a request that is malformed, refused or fails gets
 * Rlerror, and nothing is thrown at the device that asks.
 */
import { Emitter } from "../../shared/disposable.js";
import { Errno, type ErrnoName, FileError } from "./errors.js";
import { Fids } from "./fids.js";
import type { Files, Place } from "./files.js";
import { MESSAGE_HEADER_BYTES, Message, MessageReader, MessageWriter, NOTAG, Rlerror } from "./messages.js";
import type { Context } from "./request-parts.js";
import { requests } from "./requests.js";

/** The kernel's own limit for virtio, near enough; each message carries that much of a file. */
export const MAX_MESSAGE_BYTES = 512_000;

export type Reply = (bytes: Uint8Array) => void;

interface Pending {
  reply: Reply;
  fid: number;
  timer: ReturnType<typeof setTimeout>;
}

export class NinePServer {
  readonly #context: Context;
  readonly #fids = new Fids();
  readonly #messages = new Emitter<string>();
  /** Requests that wait for a blob, by tag. */
  readonly #pending = new Map<number, Pending>();
  readonly #readTimeoutMs: number;

  /** `readTimeoutMs`: a blob that takes longer is EIO, because the guest's process could not even be killed. */
  constructor(root: Files, readTimeoutMs = 60_000) {
    this.#readTimeoutMs = readTimeoutMs;
    const top: Place = { files: root, node: root.root, name: "", parent: null };
    this.#context = { top, fids: this.#fids, messageBytes: MAX_MESSAGE_BYTES, maxMessageBytes: MAX_MESSAGE_BYTES };
  }

  /** What the guest cannot be told: why a file could not be read, which message was malformed. */
  readonly onMessage = this.#messages.event;

  get fids(): number {
    return this.#fids.count;
  }

  /** What the guest has handles on. */
  nodesInUse(): ReadonlySet<object> {
    return this.#fids.nodes();
  }

  /** Forgets what the guest's handles hold of files that were taken away. */
  release(files: Files): void {
    this.#fids.release(files);
  }

  handle(request: Uint8Array, reply: Reply): void {
    const tag = tagOf(request);
    try {
      const message = wholeMessage(request);
      if (message[4] === Message.Tflush) this.#flush(message, tag, reply);
      else this.#serve(message, tag, reply);
    } catch (error) {
      reply(this.#refusal(error, tag, "9p message"));
    }
  }

  #serve(request: Uint8Array, tag: number, reply: Reply): void {
    const type = request[4]!;
    const handler = requests[type];
    if (!handler) throw new FileError("EOPNOTSUPP", `9p message ${type}`);
    if (type === Message.Tversion) this.#abandonPending();
    const answer = handler(new MessageReader(request, MESSAGE_HEADER_BYTES), this.#context);
    if (!(answer instanceof Promise)) {
      reply(answer.finish(type + 1, tag));
      return;
    }
    const settle = (bytes: () => Uint8Array) => {
      // Flushed meanwhile: the tag may be another request's by now.
      if (this.#pending.get(tag) !== waiting) return;
      clearTimeout(waiting.timer);
      this.#pending.delete(tag);
      reply(bytes());
    };
    const fail = (error: unknown) => settle(() => this.#refusal(error, tag, "read"));
    const late = () => fail(new Error(`nothing came for ${this.#readTimeoutMs / 1000} s`));
    const waiting: Pending = { reply, fid: fidOf(request), timer: setTimeout(late, this.#readTimeoutMs) };
    this.#pending.set(tag, waiting);
    answer.then((writer) => settle(() => writer.finish(type + 1, tag)), fail);
  }

  /** The guest gives up waiting for a request: it gets its answer, then the flush its own. */
  #flush(request: Uint8Array, tag: number, reply: Reply): void {
    const oldTag = new MessageReader(request, MESSAGE_HEADER_BYTES).u16();
    const waiting = this.#pending.get(oldTag);
    if (waiting) {
      clearTimeout(waiting.timer);
      this.#pending.delete(oldTag);
      this.#fids.abandon(waiting.fid);
      waiting.reply(errorReply("EINTR", oldTag));
    }
    reply(new MessageWriter(0).finish(Message.Tflush + 1, tag));
  }

  /** A new session: what the old one waits for is answered, so that its buffers are free. */
  #abandonPending(): void {
    for (const [tag, { reply, timer }] of this.#pending) {
      clearTimeout(timer);
      reply(errorReply("EIO", tag));
    }
    this.#pending.clear();
  }

  #refusal(error: unknown, tag: number, what: string): Uint8Array {
    if (error instanceof FileError) {
      if (error.errno === "EPROTO") this.#messages.fire(`9p: ${error.message}`);
      return errorReply(error.errno, tag);
    }
    this.#messages.fire(`9p: ${what}: ${error instanceof Error ? error.message : String(error)}`);
    return errorReply("EIO", tag);
  }
}

function errorReply(errno: ErrnoName, tag: number): Uint8Array {
  return new MessageWriter(4).u32(Errno[errno]).finish(Rlerror, tag);
}

function fidOf(request: Uint8Array): number {
  return new MessageReader(request, MESSAGE_HEADER_BYTES).u32();
}

/** Read as the device reads it, whatever the length. */
function tagOf(request: Uint8Array): number {
  return request.length < MESSAGE_HEADER_BYTES ? NOTAG : request[5]! | (request[6]! << 8);
}

function wholeMessage(request: Uint8Array): Uint8Array {
  if (request.length < MESSAGE_HEADER_BYTES) throw new FileError("EPROTO", `message of ${request.length} bytes`);
  const size = new DataView(request.buffer, request.byteOffset).getUint32(0, true);
  if (size > request.length || size < MESSAGE_HEADER_BYTES)
    throw new FileError("EPROTO", `message of ${request.length} bytes says that it has ${size}`);
  return request.subarray(0, size);
}
