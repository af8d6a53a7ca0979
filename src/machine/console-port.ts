import type { Transport } from "../protocol/peer.js";
import { Emitter } from "../shared/disposable.js";
import type { V86Emulator, V86Queue } from "./v86.js";

/** A guest's input buffer; what does not fit into one is dropped by v86 in silence. */
const CHUNK_BYTES = 4096;
/** `send` resolves while no more than this waits, so that a short message never stands behind much. */
const HIGH_WATER_BYTES = 65536;

interface Gate {
  promise: Promise<void>;
  resolve(): void;
  reject(error: Error): void;
}

/**
 * One virtio console port: /dev/hvcN in the guest, or a plain port. v86 drops input for which the guest has posted no buffer;
 * so it is held here until there is one, in chunks that fit, and no byte is lost.
 */
export class ConsolePort implements Transport {
  readonly #bus: V86Emulator["bus"];
  readonly #queue: V86Queue;
  readonly #event: string;
  readonly #received = new Emitter<Uint8Array>();
  readonly #closed = new Emitter<Error>();
  readonly #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #drained: Gate | null = null;
  #failure: Error | null = null;

  constructor(emulator: V86Emulator, port: number) {
    this.#bus = emulator.bus;
    this.#queue = emulator.v86.cpu.devices.virtio_console.virtio.queues[port === 0 ? 0 : port * 2 + 2]!;
    this.#event = `virtio-console${port}-input-bytes`;
    emulator.add_listener<Uint8Array>(`virtio-console${port}-output-bytes`, (bytes) => {
      if (!this.#failure && bytes.length > 0) this.#received.fire(bytes);
    });
  }

  readonly onReceive = this.#received.event;
  readonly onClose = this.#closed.event;

  send(bytes: Uint8Array): Promise<void> {
    if (this.#failure) return Promise.reject(this.#failure);
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    this.pump();
    if (this.#waitingBytes <= HIGH_WATER_BYTES) return Promise.resolve();
    this.#drained ??= gate();
    return this.#drained.promise;
  }

  /** Hands on what the guest has buffers for. */
  pump(): void {
    if (this.#waiting.length === 0 || !this.#queue.is_configured()) return;
    while (this.#waiting.length > 0 && this.#queue.has_request()) this.#bus.send(this.#event, this.#nextChunk());
    if (this.#drained && this.#waitingBytes <= HIGH_WATER_BYTES) {
      this.#drained.resolve();
      this.#drained = null;
    }
  }

  close(reason: Error): void {
    if (this.#failure) return;
    this.pump();
    this.#failure = reason;
    this.#waiting.length = 0;
    this.#waitingBytes = 0;
    this.#drained?.reject(reason);
    this.#drained = null;
    this.#closed.fire(reason);
  }

  /** At most one guest buffer's worth; small messages that wait together go together. */
  #nextChunk(): Uint8Array {
    const first = this.#waiting[0]!;
    let chunk: Uint8Array;
    if (first.length > CHUNK_BYTES) {
      chunk = first.subarray(0, CHUNK_BYTES);
      this.#waiting[0] = first.subarray(CHUNK_BYTES);
    } else {
      let size = first.length;
      let count = 1;
      for (; count < this.#waiting.length; count++) {
        const next = size + this.#waiting[count]!.length;
        if (next > CHUNK_BYTES) break;
        size = next;
      }
      chunk = count === 1 ? first : join(this.#waiting.slice(0, count), size);
      this.#waiting.splice(0, count);
    }
    this.#waitingBytes -= chunk.length;
    return chunk;
  }
}

function gate(): Gate {
  const parts = {} as Gate;
  parts.promise = new Promise((resolve, reject) => Object.assign(parts, { resolve, reject }));
  return parts;
}

function join(parts: readonly Uint8Array[], size: number): Uint8Array {
  const joined = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
