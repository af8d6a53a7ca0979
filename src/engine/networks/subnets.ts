/** Which subnet a network gets that asks for none: Docker's default pools (daemon's default-address-pools). */
import { overlap, parseSubnet, type Subnet } from "../../shared/network/ipv4.js";

const POOLS: readonly Subnet[] = [
  ...Array.from({ length: 15 }, (_, index) => parseSubnet(`172.${17 + index}.0.0/16`)!),
  ...Array.from({ length: 16 }, (_, index) => parseSubnet(`192.168.${16 * index}.0/20`)!),
];

/** The first that overlaps none of `taken`; undefined when there is none. */
export function freeSubnet(taken: readonly Subnet[]): Subnet | undefined {
  return POOLS.find((pool) => !taken.some((subnet) => overlap(pool, subnet)));
}
