/** A channel to the page over one descriptor that carries both directions: a virtio console, or a socket in tests. */
import { ProtocolError, type Transport } from "../../protocol/peer.js";
import { Emitter } from "../../shared/disposable.js";
import { DescriptorSink } from "../stdio/descriptor-sink.js";
import { type Fd, type System, SystemError } from "../system/system.js";

const CHUNK_BYTES = 32768;
const TAKEN: Promise<void> = Promise.resolve();

export class DescriptorTransport implements Transport {
  readonly #received = new Emitter<Uint8Array>();
  readonly #closed = new Emitter<Error>();
  readonly #sink: DescriptorSink;
  readonly onReceive = this.#received.event;
  readonly onClose = this.#closed.event;

  /** `fd` must be non-blocking. */
  constructor(
    readonly system: System,
    readonly fd: Fd,
  ) {
    this.#sink = new DescriptorSink(system, fd);
    system.onReadable(fd, () => this.#read());
  }

  send(bytes: Uint8Array): Promise<void> {
    return this.#sink.write(bytes) ?? TAKEN;
  }

  close(): void {
    this.system.onReadable(this.fd, null);
    void this.#sink.drained().then(() => this.#sink.release());
  }

  #read(): void {
    try {
      const chunk = this.system.read(this.fd, CHUNK_BYTES);
      if (chunk === null) return;
      if (chunk.length > 0) this.#received.fire(chunk);
      else this.#end("the page's end of the channel is closed");
    } catch (error) {
      if (!(error instanceof SystemError)) throw error;
      this.#end(error.message);
    }
  }

  #end(message: string): void {
    this.system.onReadable(this.fd, null);
    this.#closed.fire(new ProtocolError(message));
  }
}
