/** Addresses of one network: each is held by one owner at a time. The subnet's first and last address are nobody's. */
import { broadcastOf, isIn, type Subnet } from "../../shared/network/ipv4.js";

export class AddressPool {
  readonly #held = new Set<number>();

  /** @param range where addresses that nobody asks for are taken from. */
  constructor(
    readonly subnet: Subnet,
    readonly range: Subnet = subnet,
  ) {}

  /** The lowest free one; undefined when none is left. */
  take(): number | undefined {
    const last = Math.min(broadcastOf(this.range), broadcastOf(this.subnet) - 1);
    for (let address = Math.max(this.range.base, this.subnet.base + 1); address <= last; address++)
      if (this.claim(address)) return address;
    return undefined;
  }

  /** @returns false where it is held already, or is nobody's. */
  claim(address: number): boolean {
    const { base } = this.subnet;
    if (!isIn(address, this.subnet) || address === base || address === broadcastOf(this.subnet)) return false;
    if (this.#held.has(address)) return false;
    this.#held.add(address);
    return true;
  }

  release(address: number): void {
    this.#held.delete(address);
  }
}
