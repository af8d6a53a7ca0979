/** Copies what a descriptor gives to one or more sinks, no faster than the slowest of them takes it. */
import { type Fd, type System, SystemError } from "../system/system.js";
import type { ByteSink } from "./descriptor-sink.js";

const CHUNK_BYTES = 16384;
/** Bytes that sinks may owe before reading stops. */
const MOST_OWED_BYTES = 65536;
/** Chunks read in one turn of the loop, lest one flooding container hold up the others. */
const CHUNKS_A_TURN = 4;

export class DescriptorPump {
  /** The end was reached (or the pump stopped) and every sink has what was read. */
  readonly ended: Promise<void>;
  #settle!: () => void;
  #owed = 0;
  #reading = false;
  #finished = false;
  #chunks = 0;

  /** `fd` must be non-blocking, and stays the caller's to close. */
  constructor(
    readonly system: System,
    readonly fd: Fd,
    readonly sinks: readonly ByteSink[],
  ) {
    this.ended = new Promise((resolve) => {
      this.#settle = resolve;
    });
    this.#resume();
  }

  /** Chunks read so far: tells whether anything came meanwhile. */
  get chunks(): number {
    return this.#chunks;
  }

  /** Reads no more; `ended` may still wait for a sink. */
  get finished(): boolean {
    return this.#finished;
  }

  /** Waits for the descriptor rather than for a slow sink. */
  get reading(): boolean {
    return this.#reading;
  }

  /** Reads no more. */
  stop(): void {
    this.#pause();
    this.#finish();
  }

  #resume(): void {
    if (this.#reading || this.#finished) return;
    this.#reading = true;
    this.system.onReadable(this.fd, () => this.#read());
  }

  #pause(): void {
    if (!this.#reading) return;
    this.#reading = false;
    this.system.onReadable(this.fd, null);
  }

  #read(): void {
    for (let turn = 0; turn < CHUNKS_A_TURN; turn++) {
      const chunk = this.#readChunk();
      if (chunk === null) return;
      if (chunk.length === 0) {
        this.stop();
        return;
      }
      this.#chunks++;
      this.#deliver(chunk);
      if (this.#owed >= MOST_OWED_BYTES) {
        this.#pause();
        return;
      }
      if (chunk.length < CHUNK_BYTES) return;
    }
  }

  /** A terminal whose other side is closed reads as an I/O error: its end. */
  #readChunk(): Uint8Array | null {
    try {
      return this.system.read(this.fd, CHUNK_BYTES);
    } catch (error) {
      if (error instanceof SystemError) return new Uint8Array(0);
      throw error;
    }
  }

  #deliver(chunk: Uint8Array): void {
    for (const sink of this.sinks) {
      const taken = sink.write(chunk);
      if (!taken) continue;
      this.#owed += chunk.length;
      void taken.then(() => {
        this.#owed -= chunk.length;
        if (this.#finished) this.#finish();
        else if (this.#owed < MOST_OWED_BYTES) this.#resume();
      });
    }
  }

  #finish(): void {
    this.#finished = true;
    if (this.#owed === 0) this.#settle();
  }
}
