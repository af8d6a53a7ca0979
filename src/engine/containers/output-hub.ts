/**
 * Spreads a process's output to whoever is attached. A reader that does not keep up holds the process up, as it
 * does with Docker, instead of filling the page's memory.
 */
import type { InputStream } from "../../protocol/peer.js";
import type { StreamName } from "./container-log.js";

export interface OutputChunk {
  stream: StreamName;
  bytes: Uint8Array;
}

/** Chunks that a reader may lag behind before it holds the process up. */
const READER_CHUNKS = 64;

export class OutputHub {
  readonly #writers = new Set<WritableStreamDefaultWriter<OutputChunk>>();
  #closed = false;

  /** Chunks from now on, until the hub closes. Cancelling detaches. */
  attach(): ReadableStream<OutputChunk> {
    const { readable, writable } = new TransformStream<OutputChunk, OutputChunk>(
      undefined,
      { highWaterMark: READER_CHUNKS },
      { highWaterMark: 1 },
    );
    const writer = writable.getWriter();
    if (this.#closed) void writer.close().catch(ignore);
    else this.#writers.add(writer);
    // A reader that cancels errors the writer's `closed`.
    writer.closed.catch(() => this.#writers.delete(writer));
    return readable;
  }

  async write(chunk: OutputChunk): Promise<void> {
    await Promise.all([...this.#writers].map((writer) => this.#send(writer, chunk)));
  }

  close(): void {
    this.#closed = true;
    for (const writer of this.#writers) void writer.close().catch(ignore);
    this.#writers.clear();
  }

  async #send(writer: WritableStreamDefaultWriter<OutputChunk>, chunk: OutputChunk): Promise<void> {
    try {
      await writer.ready;
      // The write itself settles only when it is read; `ready` is the measure of room.
      void writer.write(chunk).catch(ignore);
    } catch {
      this.#writers.delete(writer);
    }
  }
}

/** Reads `input` to its end, each chunk through `write`. A stream that was given up counts as ended. */
export async function pump(
  stream: StreamName,
  input: InputStream,
  write: (chunk: OutputChunk) => Promise<void> | void,
): Promise<void> {
  try {
    for (let bytes = await input.read(); bytes; bytes = await input.read()) await write({ stream, bytes });
  } catch {
    // The agent gave the stream up: what the process printed until then is what there is.
  }
}

/** The reader is gone; `closed` has told already. */
function ignore(): void {}
