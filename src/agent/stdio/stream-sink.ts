/** The page's end of an output stream as a ByteSink. */
import type { OutputStream } from "../../protocol/peer.js";
import type { ByteSink } from "./descriptor-sink.js";

export class StreamSink implements ByteSink {
  #broken = false;

  constructor(readonly stream: OutputStream) {}

  get broken(): boolean {
    return this.#broken;
  }

  write(bytes: Uint8Array): Promise<void> | undefined {
    if (this.#broken) return undefined;
    return this.stream.write(bytes).catch(() => {
      this.#broken = true;
    });
  }

  async end(): Promise<void> {
    await this.stream.end().catch(() => {
      this.#broken = true;
    });
  }
}
