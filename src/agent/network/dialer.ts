/**
 * Connections to servers in containers, a few at a time. Small servers take few that they have not got to (busybox's
 * nine, Python's five), and the kernel drops what goes beyond, to be sent again after seconds, or resets it in the end;
 * a guest is slow enough for a page's requests to get there. So a connection counts until the server's first byte, or for
 * a while: some servers do not speak.
 */
import type { ByteSink } from "../stdio/descriptor-sink.js";
import type { Fd, System } from "../system/system.js";
import { connectTcp } from "./sockets.js";

const MOST_YOUNG = 4;
const YOUNG_MS = 500;

export interface Dialled {
  fd: Fd;
  /** To be given what the server sends. */
  answered: ByteSink;
}

interface Server {
  young: number;
  waiting: (() => void)[];
}

export class Dialer {
  readonly #servers = new Map<string, Server>();

  constructor(readonly system: System) {}

  /** @throws {Failure} with the errno, such as ECONNREFUSED. */
  async dial(address: string, port: number): Promise<Dialled> {
    const key = `${address}:${port}`;
    await this.#enter(key);
    try {
      const fd = await connectTcp(this.system, address, port);
      return { fd, answered: this.#grownBy(key) };
    } catch (error) {
      this.#leave(key);
      throw error;
    }
  }

  #enter(key: string): Promise<void> | undefined {
    const server = this.#servers.get(key) ?? { young: 0, waiting: [] };
    this.#servers.set(key, server);
    if (server.young === MOST_YOUNG) return new Promise((resolve) => server.waiting.push(resolve));
    server.young++;
    return undefined;
  }

  /** The next one takes its place. */
  #leave(key: string): void {
    const server = this.#servers.get(key)!;
    const next = server.waiting.shift();
    if (next) next();
    else if (--server.young === 0) this.#servers.delete(key);
  }

  #grownBy(key: string): ByteSink {
    let young = true;
    const grow = () => {
      if (young) this.#leave(key);
      young = false;
    };
    const cancel = this.system.setTimer(YOUNG_MS, grow);
    return {
      broken: false,
      write() {
        if (young) cancel();
        grow();
        return undefined;
      },
    };
  }
}
