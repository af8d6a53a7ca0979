import { type Disposable, Emitter, type Event } from "../shared/disposable.js";
import type { StreamId } from "./commands.js";
import { encodeU32 } from "./frame-codec.js";
import { FrameKind, MAX_DATA_BYTES, STREAM_WINDOW_BYTES } from "./frames.js";
import { type InputStream, type OutputStream, ProtocolError, StreamReset } from "./peer.js";

/** What a stream needs of the peer it belongs to. */
export interface StreamHost {
  /** Resolves when the next frame may be posted. */
  post(kind: FrameKind, id: StreamId, payload: Uint8Array): Promise<void>;
  /** The same for who does not wait. */
  send(kind: FrameKind, id: StreamId, payload: Uint8Array): void;
  sendReason(kind: FrameKind, id: StreamId, reason: string): void;
  /** The stream ended; the id is free to be forgotten. */
  forget(stream: IncomingStream | OutgoingStream): void;
  /** False where the writer's last frame must be waited for, lest its data look like a new stream's. */
  readonly forgetsCancelled: boolean;
}

const GRANT_BYTES = STREAM_WINDOW_BYTES / 2;
const EMPTY = new Uint8Array(0);
const DONE: Promise<void> = Promise.resolve();

interface Waiter {
  resolve(chunk: Uint8Array | null): void;
  reject(error: Error): void;
}

export class IncomingStream implements InputStream {
  /** The end or reset came; nothing more will. */
  closed = false;
  readonly #host: StreamHost;
  readonly #chunks: Uint8Array[] = [];
  readonly #waiting: Waiter[] = [];
  /** What the writer may still send. */
  #allowance = STREAM_WINDOW_BYTES;
  #consumed = 0;
  #cancelled = false;
  #failure: Error | null = null;

  constructor(
    readonly id: StreamId,
    host: StreamHost,
  ) {
    this.#host = host;
  }

  read(): Promise<Uint8Array | null> {
    const chunk = this.#chunks.shift();
    if (chunk) {
      this.#consume(chunk.length);
      return Promise.resolve(chunk);
    }
    if (this.#failure) return Promise.reject(this.#failure);
    if (this.closed || this.#cancelled) return Promise.resolve(null);
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  cancel(reason: string): void {
    if (this.#cancelled || (this.closed && this.#chunks.length === 0)) return;
    this.#cancelled = true;
    this.#chunks.length = 0;
    for (const waiter of this.#waiting.splice(0)) waiter.resolve(null);
    if (this.closed) return;
    this.#host.sendReason(FrameKind.cancel, this.id, reason);
    if (this.#host.forgetsCancelled) this.#host.forget(this);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    try {
      for (let chunk = await this.read(); chunk; chunk = await this.read()) yield chunk;
    } finally {
      this.cancel("the reader stopped");
    }
  }

  /** @throws {ProtocolError} beyond the window. */
  take(chunk: Uint8Array): void {
    this.#allowance -= chunk.length;
    if (this.#allowance < 0)
      throw new ProtocolError(`stream ${this.id} sent ${-this.#allowance} bytes beyond its window`);
    if (this.#cancelled || chunk.length === 0) return;
    const waiter = this.#waiting.shift();
    if (!waiter) {
      this.#chunks.push(chunk);
      return;
    }
    this.#consume(chunk.length);
    waiter.resolve(chunk);
  }

  /** The writer's last word: null for a proper end. Chunks that came before it can still be read. */
  close(failure: Error | null): void {
    if (this.closed) return;
    this.closed = true;
    this.#failure = this.#cancelled ? null : failure;
    this.#host.forget(this);
    for (const waiter of this.#waiting.splice(0)) failure ? waiter.reject(failure) : waiter.resolve(null);
  }

  #consume(bytes: number): void {
    this.#consumed += bytes;
    if (this.closed || this.#consumed < GRANT_BYTES) return;
    this.#allowance += this.#consumed;
    this.#host.send(FrameKind.credit, this.id, encodeU32(this.#consumed));
    this.#consumed = 0;
  }
}

interface QueuedWrite {
  bytes: Uint8Array;
  resolve(): void;
  reject(error: Error): void;
}

export class OutgoingStream implements OutputStream {
  readonly #host: StreamHost;
  readonly #queue: QueuedWrite[] = [];
  #credit = STREAM_WINDOW_BYTES;
  #pumping = false;
  #ending = false;
  #failure: Error | null = null;
  #cancelReason: string | null = null;
  readonly #cancelled = new Emitter<string>();

  constructor(
    readonly id: StreamId,
    host: StreamHost,
  ) {
    this.#host = host;
  }

  readonly onCancel: Event<string> = (listener): Disposable => {
    if (this.#cancelReason === null) return this.#cancelled.event(listener);
    listener(this.#cancelReason);
    return { dispose: () => {} };
  };

  write(bytes: Uint8Array): Promise<void> {
    if (this.#failure) return Promise.reject(this.#failure);
    if (this.#ending) return Promise.reject(new StreamReset(`stream ${this.id} has ended`));
    if (bytes.length === 0) return DONE;
    if (this.#queue.length === 0 && bytes.length <= this.#credit && bytes.length <= MAX_DATA_BYTES) {
      this.#credit -= bytes.length;
      return this.#host.post(FrameKind.data, this.id, bytes);
    }
    return this.#enqueue(bytes);
  }

  /** Follows the writes that still wait for credit. */
  end(): Promise<void> {
    if (this.#failure) return Promise.reject(this.#failure);
    if (this.#ending) return DONE;
    this.#ending = true;
    return this.#queue.length === 0 ? this.#sendEnd() : this.#enqueue(EMPTY);
  }

  reset(reason: string): void {
    if (this.#failure) return;
    if (this.#ending && this.#queue.length === 0) return;
    this.#host.sendReason(FrameKind.reset, this.id, reason);
    this.fail(new StreamReset(reason));
  }

  /** @throws {ProtocolError} when more is granted than was sent. */
  grant(bytes: number): void {
    this.#credit += bytes;
    if (this.#credit > STREAM_WINDOW_BYTES) throw new ProtocolError(`stream ${this.id} was granted too much credit`);
    void this.#pump();
  }

  /** The reader wants no more. */
  cancel(reason: string): void {
    if (this.#failure) return;
    this.#host.send(FrameKind.end, this.id, EMPTY);
    this.fail(new StreamReset(reason));
  }

  /** Gives up without a word to the reader. */
  fail(failure: Error): void {
    if (this.#failure) return;
    this.#failure = failure;
    this.#host.forget(this);
    for (const write of this.#queue.splice(0)) write.reject(failure);
    this.#cancelReason = failure.message;
    this.#cancelled.fire(failure.message);
  }

  #enqueue(bytes: Uint8Array): Promise<void> {
    const written = new Promise<void>((resolve, reject) => this.#queue.push({ bytes, resolve, reject }));
    void this.#pump();
    return written;
  }

  async #pump(): Promise<void> {
    if (this.#pumping) return;
    this.#pumping = true;
    let write = this.#queue[0];
    try {
      for (; write; write = this.#queue[0]) {
        const size = Math.min(write.bytes.length, this.#credit, MAX_DATA_BYTES);
        if (size === 0 && write.bytes.length > 0) return;
        this.#credit -= size;
        const piece = write.bytes.subarray(0, size);
        write.bytes = write.bytes.subarray(size);
        if (write.bytes.length === 0) this.#queue.shift();
        await (size === 0 ? this.#sendEnd() : this.#host.post(FrameKind.data, this.id, piece));
        if (write.bytes.length === 0) write.resolve();
      }
    } catch (error) {
      write?.reject(error as Error);
    } finally {
      this.#pumping = false;
    }
  }

  #sendEnd(): Promise<void> {
    const sent = this.#host.post(FrameKind.end, this.id, EMPTY);
    this.#host.forget(this);
    return sent;
  }
}
