import { Emitter } from "../shared/disposable.js";
import type { Transport } from "./peer.js";

/** A transport whose other end is in the same process. */
export interface MemoryTransport extends Transport {
  /** Bytes sent from this end so far. */
  readonly sentBytes: number;
}

/**
 * Two joined transports. `cut` says how many bytes of the rest the next chunk has (default: all), so that tests can
 * deliver in pieces of any size. Delivery follows in a later microtask, in order.
 */
export function memoryTransports(cut: (rest: number) => number = (rest) => rest): [MemoryTransport, MemoryTransport] {
  const left = new MemoryEnd(cut);
  const right = new MemoryEnd(cut);
  left.other = right;
  right.other = left;
  return [left, right];
}

class MemoryEnd implements MemoryTransport {
  other!: MemoryEnd;
  sentBytes = 0;
  readonly #cut: (rest: number) => number;
  readonly #received = new Emitter<Uint8Array>();
  readonly #closed = new Emitter<Error>();
  #last: Promise<void> = Promise.resolve();
  #failure: Error | null = null;

  constructor(cut: (rest: number) => number) {
    this.#cut = cut;
  }

  readonly onReceive = this.#received.event;
  readonly onClose = this.#closed.event;

  send(bytes: Uint8Array): Promise<void> {
    if (this.#failure) return Promise.reject(this.#failure);
    this.sentBytes += bytes.length;
    const copy = bytes.slice();
    this.#last = this.#last.then(() => this.other.#deliver(copy));
    return this.#last;
  }

  close(reason: Error): void {
    if (this.#failure) return;
    this.#failure = reason;
    this.#last = this.#last.then(() => {
      this.other.close(reason);
      this.other.#closed.fire(reason);
    });
  }

  #deliver(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      const size = Math.max(1, Math.min(this.#cut(bytes.length - at), bytes.length - at));
      this.#received.fire(bytes.subarray(at, at + size));
      at += size;
    }
  }
}
