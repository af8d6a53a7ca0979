/**
 * Writes to a non-blocking descriptor. What the kernel does not take at once is queued and goes when it can be
 * written to; the writer is told when, and should wait.
 */
import { type Fd, type System, SystemError } from "../system/system.js";

/** Takes bytes in order. */
export interface ByteSink {
  /** Undefined when the bytes were taken at once; otherwise resolves when they have been, or can never be. */
  write(bytes: Uint8Array): Promise<void> | undefined;
  /** Nobody reads any more; what is written goes nowhere. */
  readonly broken: boolean;
}

interface Queued {
  bytes: Uint8Array;
  done(): void;
}

export class DescriptorSink implements ByteSink {
  readonly #queue: Queued[] = [];
  #broken = false;

  /** `onBroken` hears when a write fails: the reader is gone. */
  constructor(
    readonly system: System,
    readonly fd: Fd,
    readonly onBroken: () => void = () => {},
  ) {}

  get broken(): boolean {
    return this.#broken;
  }

  get pending(): boolean {
    return this.#queue.length > 0;
  }

  write(bytes: Uint8Array): Promise<void> | undefined {
    if (this.#broken) return undefined;
    const rest = this.#queue.length > 0 ? bytes : this.#push(bytes);
    if (rest.length === 0) return undefined;
    return new Promise((done) => {
      this.#queue.push({ bytes: rest, done });
      if (this.#queue.length === 1) this.system.onWritable(this.fd, () => this.#drain());
    });
  }

  /** Resolves when all that was written has been taken. */
  drained(): Promise<void> {
    return this.#queue.length === 0
      ? Promise.resolve()
      : new Promise((done) => this.#queue.push({ bytes: EMPTY, done }));
  }

  /** Drops what is queued. The descriptor stays open. */
  release(): void {
    this.#broken = true;
    if (this.#queue.length === 0) return;
    this.system.onWritable(this.fd, null);
    for (const { done } of this.#queue.splice(0)) done();
  }

  #drain(): void {
    for (let head = this.#queue[0]; head; head = this.#queue[0]) {
      head.bytes = this.#push(head.bytes);
      if (this.#broken) return;
      if (head.bytes.length > 0) return;
      this.#queue.shift();
      head.done();
    }
    this.system.onWritable(this.fd, null);
  }

  /** Returns what was not taken. */
  #push(bytes: Uint8Array): Uint8Array {
    let at = 0;
    try {
      while (at < bytes.length) {
        const taken = this.system.write(this.fd, at === 0 ? bytes : bytes.subarray(at));
        if (taken === 0) break;
        at += taken;
      }
    } catch (error) {
      if (!(error instanceof SystemError)) throw error;
      this.release();
      this.onBroken();
      return EMPTY;
    }
    return at === 0 ? bytes : bytes.subarray(at);
  }
}

const EMPTY = new Uint8Array(0);
