/** A client's socket and a server's joined: what one sends, the other receives, no faster than it is taken. */
import { DescriptorPump } from "../stdio/descriptor-pump.js";
import { type ByteSink, DescriptorSink } from "../stdio/descriptor-sink.js";
import type { Fd, System } from "../system/system.js";
import type { Dialled } from "./dialer.js";
import { endSending } from "./sockets.js";

export class Relay {
  readonly #ways: Way[];
  #closed = false;

  readonly #fds: readonly [Fd, Fd];

  /** Both are non-blocking, and are closed when both have ended, or by `close`; `ended` hears of either. */
  constructor(
    readonly system: System,
    client: Fd,
    { fd: server, answered }: Dialled,
    readonly ended: () => void,
  ) {
    this.#fds = [client, server];
    this.#ways = [this.#join(client, server), this.#join(server, client, answered)];
    void Promise.all(this.#ways.map(({ pump }) => pump.ended)).then(() => this.close());
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const { pump, sink } of this.#ways) {
      pump.stop();
      sink.release();
    }
    for (const fd of this.#fds) this.system.close(fd);
    this.ended();
  }

  #join(from: Fd, to: Fd, ...told: ByteSink[]): Way {
    // Who does not receive any more will not be answered either.
    const sink = new DescriptorSink(this.system, to, () => this.close());
    const pump = new DescriptorPump(this.system, from, [sink, ...told]);
    void pump.ended.then(() => {
      if (!this.#closed) endSending(this.system, to);
    });
    return { pump, sink };
  }
}

interface Way {
  pump: DescriptorPump;
  sink: DescriptorSink;
}
