import type { InputStream, OutputStream } from "../../protocol/peer.js";
import { Emitter } from "../../shared/disposable.js";

/** An output stream that keeps what is written to it. */
export class WrittenStream implements OutputStream {
  readonly id = 1;
  readonly chunks: Uint8Array[] = [];
  ended = false;
  resetReason: string | undefined;
  readonly #cancelled = new Emitter<string>();
  readonly onCancel = this.#cancelled.event;

  /** As the page does. */
  cancel(): void {
    this.#cancelled.fire("not wanted any more");
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.chunks.push(bytes.slice());
  }

  async end(): Promise<void> {
    this.ended = true;
  }

  reset(reason: string): void {
    this.resetReason = reason;
  }

  get text(): string {
    return this.chunks.map((chunk) => String.fromCharCode(...chunk)).join("");
  }
}

/** An input stream that a test feeds. */
export class FedStream implements InputStream {
  readonly id = 2;
  cancelled: string | undefined;
  readonly #chunks: (Uint8Array | null)[] = [];
  #waiting: ((chunk: Uint8Array | null) => void) | undefined;

  /** Null ends it. */
  feed(text: string | null): void {
    const chunk = text === null ? null : Uint8Array.from(text, (character) => character.charCodeAt(0));
    if (this.#waiting) this.#waiting(chunk);
    else this.#chunks.push(chunk);
    this.#waiting = undefined;
  }

  read(): Promise<Uint8Array | null> {
    const chunk = this.#chunks.shift();
    if (chunk !== undefined) return Promise.resolve(chunk);
    return new Promise((resolve) => {
      this.#waiting = resolve;
    });
  }

  cancel(reason: string): void {
    this.cancelled = reason;
    this.feed(null);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (let chunk = await this.read(); chunk; chunk = await this.read()) yield chunk;
  }
}
