/** Ports of the guest that containers publish: each address and port is one container's. */
import { EngineError } from "../engine-error.js";

/** Where a published port is found, and which port of the container it is. */
export interface Publication {
  /** `0.0.0.0`, `::` or an IPv4 address. */
  address: string;
  port: number;
  /** TCP. */
  containerPort: number;
}

/** What is asked for: a range of which one is taken. `first` 0: any port. */
export interface PortRequest {
  first: number;
  last: number;
  containerPort: number;
}

/** Of Linux: ip_local_port_range. */
const FIRST_FREE = 32768;
const LAST_FREE = 60999;

export class PortClaims {
  readonly #owners = new Map<string, string>();

  /**
   * A port that is free at all of `addresses`. @throws {EngineError} in Docker's words, where there is none.
   */
  claim(owner: string, addresses: readonly string[], { first, last, containerPort }: PortRequest): Publication[] {
    const from = first === 0 ? FIRST_FREE : first;
    const to = first === 0 ? LAST_FREE : last;
    for (let port = from; port <= to; port++) {
      if (!this.#isTaken(addresses, port)) return this.#take(owner, addresses, port, containerPort);
    }
    const why =
      from === to ? `Bind for ${addresses[0]}:${from} failed: port is already allocated` : "all ports are allocated";
    throw new EngineError("internal", why);
  }

  release(owner: string): void {
    for (const [key, holder] of this.#owners) if (holder === owner) this.#owners.delete(key);
  }

  /** Who has the port at any address. */
  ownerOf(port: number): string | undefined {
    return [...this.#owners].find(([key]) => key.endsWith(` ${port}`))?.[1];
  }

  #isTaken(addresses: readonly string[], port: number): boolean {
    return [...this.#owners.keys()].some((key) => {
      const [address = "", taken] = key.split(" ");
      return Number(taken) === port && addresses.some((wanted) => collide(wanted, address));
    });
  }

  #take(owner: string, addresses: readonly string[], port: number, containerPort: number): Publication[] {
    for (const address of addresses) this.#owners.set(`${address} ${port}`, owner);
    return addresses.map((address) => ({ address, port, containerPort }));
  }
}

function collide(a: string, b: string): boolean {
  if (a === b) return true;
  return a !== "::" && b !== "::" && [a, b].includes("0.0.0.0");
}
