/** Published ports: connections to the guest are passed on to containers. */
import type { PublishedPort } from "../../protocol/commands.js";
import { allowing } from "../failure.js";
import type { Owned } from "../runtime/owned.js";
import type { Fd, System } from "../system/system.js";
import type { Dialer, Dialled } from "./dialer.js";
import { Relay } from "./relay.js";
import { listenTcp } from "./sockets.js";

/** While a port has so many connections, further ones wait to be taken. */
const MOST_CONNECTIONS = 512;

export class Ports {
  constructor(
    readonly system: System,
    readonly dialer: Dialer,
  ) {}

  /** Until `owned` is released, with all connections. @throws {Failure} with the errno, such as EADDRINUSE. */
  publish(port: PublishedPort, owned: Owned): void {
    const open = new OpenPort(this.system, this.dialer, port);
    owned.add(() => open.close());
  }
}

class OpenPort {
  readonly #listening: Fd;
  readonly #relays = new Set<Relay>();
  /** Taken, and not joined yet. */
  readonly #joining = new Set<Fd>();
  #closed = false;

  constructor(
    readonly system: System,
    readonly dialer: Dialer,
    readonly port: PublishedPort,
  ) {
    this.#listening = listenTcp(system, port.address, port.port);
    this.#listen();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.system.onReadable(this.#listening, null);
    this.system.close(this.#listening);
    for (const fd of this.#joining) this.system.close(fd);
    this.#joining.clear();
    for (const relay of this.#relays) relay.close();
  }

  #listen(): void {
    const room = !this.#closed && this.#relays.size + this.#joining.size < MOST_CONNECTIONS;
    if (!this.#closed) this.system.onReadable(this.#listening, room ? () => this.#accept() : null);
  }

  #accept(): void {
    // Who connected may have gone again.
    const fd = allowing(["EAGAIN", "ECONNABORTED"], () => this.system.accept(this.#listening));
    if (fd === undefined) return;
    this.system.setNonBlocking(fd, true);
    this.#joining.add(fd);
    this.#listen();
    void this.#join(fd);
  }

  async #join(fd: Fd): Promise<void> {
    const { address, port } = this.port.to;
    const server = await this.dialer.dial(address, port).catch(() => undefined);
    const isWanted = this.#joining.delete(fd);
    if (server && isWanted) this.#relay(fd, server);
    else for (const each of [server?.fd, isWanted ? fd : undefined]) if (each !== undefined) this.system.close(each);
    this.#listen();
  }

  #relay(fd: Fd, server: Dialled): void {
    const relay = new Relay(this.system, fd, server, () => {
      this.#relays.delete(relay);
      this.#listen();
    });
    this.#relays.add(relay);
  }
}
