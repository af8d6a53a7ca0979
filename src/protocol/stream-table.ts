import type { StreamId } from "./commands.js";
import { IncomingStream, OutgoingStream, type StreamHost } from "./streams.js";

/** Streams that ended before any command asked for them, kept in case one still does. */
const MAX_UNASKED = 32;

/** The open streams of one end, by id. */
export class StreamTable {
  readonly #host: StreamHost;
  readonly #opens: boolean;
  readonly #inputs = new Map<StreamId, IncomingStream>();
  readonly #outputs = new Map<StreamId, OutgoingStream>();
  /** Inputs known from their first frames only; those that have ended are no longer in `#inputs`. */
  readonly #unasked = new Map<StreamId, IncomingStream>();
  #last = 0;
  /** Once set, new streams are dead on arrival. */
  #failure: Error | null = null;

  constructor(host: StreamHost, opens: boolean) {
    this.#host = host;
    this.#opens = opens;
  }

  get size(): number {
    return this.#inputs.size + this.#outputs.size;
  }

  nextId(): StreamId {
    if (!this.#opens) throw new Error("only the page opens streams");
    return ++this.#last;
  }

  /** The stream that a command names, whether its first frames came already or not. */
  input(id: StreamId): IncomingStream {
    const early = this.#unasked.get(id);
    if (early) this.#unasked.delete(id);
    return early ?? this.#inputs.get(id) ?? this.addInput(id);
  }

  output(id: StreamId): OutgoingStream {
    return this.#outputs.get(id) ?? this.addOutput(id);
  }

  addInput(id: StreamId): IncomingStream {
    const stream = new IncomingStream(id, this.#host);
    if (this.#failure) stream.close(this.#failure);
    else this.#inputs.set(id, stream);
    return stream;
  }

  addOutput(id: StreamId): OutgoingStream {
    const stream = new OutgoingStream(id, this.#host);
    if (this.#failure) stream.fail(this.#failure);
    else this.#outputs.set(id, stream);
    return stream;
  }

  /** Who a frame from the writer is for. Where the other end opens streams, it may come before a command asks. */
  reader(id: StreamId): IncomingStream | undefined {
    const known = this.#inputs.get(id);
    if (known || this.#opens) return known;
    for (const [oldId, old] of this.#unasked) {
      if (this.#unasked.size < MAX_UNASKED) break;
      if (old.closed) this.#unasked.delete(oldId);
    }
    const early = this.addInput(id);
    this.#unasked.set(id, early);
    return early;
  }

  /** Who a frame from the reader is for; a stream that has ended needs it no more. */
  writer(id: StreamId): OutgoingStream | undefined {
    return this.#outputs.get(id);
  }

  forget(stream: IncomingStream | OutgoingStream): void {
    if (stream instanceof OutgoingStream) this.#outputs.delete(stream.id);
    else this.#inputs.delete(stream.id);
  }

  /** Ends every stream with `failure`. */
  drop(failure: Error): void {
    const [inputs, outputs] = [[...this.#inputs.values()], [...this.#outputs.values()]];
    this.#inputs.clear();
    this.#outputs.clear();
    this.#unasked.clear();
    for (const stream of inputs) stream.close(failure);
    for (const stream of outputs) stream.fail(failure);
  }

  /** Drops them all, and those that are still to come. */
  close(failure: Error): void {
    this.#failure = failure;
    this.drop(failure);
  }
}
