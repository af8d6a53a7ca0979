/** Reads a stream of bytes in lines and pieces. */

const NEWLINE = 0x0a;
const EMPTY = new Uint8Array(0);

export class ByteReader {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  #rest: Uint8Array = EMPTY;

  constructor(stream: ReadableStream<Uint8Array>) {
    this.#reader = stream.getReader();
  }

  /** At most `most` bytes; undefined at the end. */
  async read(most = Number.POSITIVE_INFINITY): Promise<Uint8Array | undefined> {
    while (this.#rest.length === 0) {
      const { done, value } = await this.#reader.read();
      if (done) return undefined;
      this.#rest = value;
    }
    const taken = this.#rest.subarray(0, Math.min(most, this.#rest.length));
    this.#rest = this.#rest.subarray(taken.length);
    return taken;
  }

  /** A line without its end, each byte a character; undefined at the end. @throws {RangeError} for a longer one. */
  async readLine(mostBytes: number): Promise<string | undefined> {
    let line = "";
    for (;;) {
      const chunk = await this.read();
      if (!chunk) return undefined;
      const end = chunk.indexOf(NEWLINE);
      line += String.fromCharCode(...chunk.subarray(0, Math.min(end < 0 ? chunk.length : end, mostBytes + 1)));
      if (line.length > mostBytes) throw new RangeError(`a line of more than ${mostBytes} bytes`);
      if (end < 0) continue;
      this.#rest = chunk.subarray(end + 1);
      return line.replace(/\r$/, "");
    }
  }

  cancel(reason: unknown): Promise<void> {
    return this.#reader.cancel(reason);
  }
}
