/** The wire between a browser and a server on this machine: it counts, and can be as slow as a real one. */

import type { AddressInfo } from "node:net";
import { connect, createServer, type Server, type Socket } from "node:net";
import { Transform } from "node:stream";
import type { Disposable } from "../../shared/disposable.js";

export interface WireOptions {
  /** Of all connections together; without, as fast as it goes. */
  bytesPerSecond?: number;
  /** Until an answer's first byte has crossed. */
  latencyMs?: number;
}

export class Wire implements Disposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #options: WireOptions;
  /** When the wire will have carried what has been given to it. */
  #busyUntil = 0;
  /** That the server has sent, headers included. */
  bytes = 0;

  /** @param port of the server on this machine. */
  static async open(port: number, options: WireOptions = {}): Promise<Wire> {
    const wire = new Wire(port, options);
    await new Promise<void>((resolve) => wire.#server.listen(0, "localhost", resolve));
    return wire;
  }

  private constructor(port: number, options: WireOptions) {
    this.#options = options;
    this.#server = createServer((browser) => {
      const server = connect(port, "localhost");
      browser.pipe(server);
      server.pipe(this.#carry()).pipe(browser);
      for (const [one, other] of [
        [browser, server],
        [server, browser],
      ] as const) {
        this.#sockets.add(one);
        one.on("error", () => other.destroy()).on("close", () => this.#sockets.delete(one));
      }
    });
  }

  get address(): string {
    return `http://localhost:${(this.#server.address() as AddressInfo).port}/`;
  }

  #carry(): Transform {
    return new Transform({
      transform: (chunk: Buffer, _encoding, done) => {
        this.bytes += chunk.length;
        const { bytesPerSecond, latencyMs = 0 } = this.#options;
        if (bytesPerSecond === undefined) return done(null, chunk);
        const now = performance.now();
        this.#busyUntil = Math.max(this.#busyUntil, now + latencyMs) + (chunk.length / bytesPerSecond) * 1000;
        setTimeout(() => done(null, chunk), this.#busyUntil - now);
      },
    });
  }

  dispose(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}
