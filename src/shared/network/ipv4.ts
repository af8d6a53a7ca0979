/** IPv4 addresses as unsigned numbers, and subnets. */

export interface Subnet {
  /** Its first address. */
  base: number;
  /** Bits of the network's part. */
  prefix: number;
}

/** Undefined for what is no address: four numbers up to 255, without leading zeros. */
export function parseAddress(text: string): number | undefined {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256))
    return undefined;
  return parts.reduce((address, part) => address * 256 + Number(part), 0);
}

export function formatAddress(address: number): string {
  return [...addressBytes(address)].join(".");
}

/** In network order. */
export function addressBytes(address: number): Uint8Array {
  return Uint8Array.of(address >>> 24, address >>> 16, address >>> 8, address);
}

/** `172.18.0.0/16`; bits beyond the prefix do not count. Undefined for what is none. */
export function parseSubnet(text: string): Subnet | undefined {
  const [, base, length] = /^([\d.]+)\/(\d{1,2})$/.exec(text) ?? [];
  const address = parseAddress(base ?? "");
  const prefix = Number(length);
  if (address === undefined || prefix > 32) return undefined;
  return { base: (address & maskOf(prefix)) >>> 0, prefix };
}

export function formatSubnet({ base, prefix }: Subnet): string {
  return `${formatAddress(base)}/${prefix}`;
}

export function sizeOf({ prefix }: Subnet): number {
  return 2 ** (32 - prefix);
}

/** The last one. */
export function broadcastOf(subnet: Subnet): number {
  return subnet.base + sizeOf(subnet) - 1;
}

export function isIn(address: number, subnet: Subnet): boolean {
  return address >= subnet.base && address <= broadcastOf(subnet);
}

export function overlap(a: Subnet, b: Subnet): boolean {
  return isIn(a.base, b) || isIn(b.base, a);
}

/** Docker's: a locally administered address that says which IPv4 address its owner has. */
export function macOf(address: number): Uint8Array {
  return Uint8Array.of(0x02, 0x42, ...addressBytes(address));
}

export function formatMac(mac: Uint8Array): string {
  return Array.from(mac, (byte) => byte.toString(16).padStart(2, "0")).join(":");
}

function maskOf(prefix: number): number {
  return prefix === 0 ? 0 : -1 << (32 - prefix);
}
