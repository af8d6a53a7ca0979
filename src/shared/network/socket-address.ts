/** Addresses of sockets as the kernel takes them. Sources: ip(7), ipv6(7). */
import { AF_INET, AF_INET6 } from "../linux/constants.js";
import { addressBytes } from "./ipv4.js";

/** struct sockaddr_in. */
export function socketAddress(address: number, port: number): Uint8Array {
  return Uint8Array.of(AF_INET, 0, port >> 8, port, ...addressBytes(address), 0, 0, 0, 0, 0, 0, 0, 0);
}

/** struct sockaddr_in6 of `::`, every address. */
export function anyIPv6(port: number): Uint8Array {
  const bytes = new Uint8Array(28);
  bytes.set([AF_INET6, 0, port >> 8, port]);
  return bytes;
}
