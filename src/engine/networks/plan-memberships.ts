/** Which networks a container is to be in, of its create request. */
import { formatAddress, isIn, parseAddress } from "../../shared/network/ipv4.js";
import type { EndpointConfigJSON } from "../api/types.js";
import { EngineError } from "../engine-error.js";
import { DEFAULT_NETWORK, type Membership, type Network } from "./network.js";
import { type NetworkMode, parseNetworkMode } from "./network-mode.js";

type Endpoints = Readonly<Record<string, EndpointConfigJSON | null>>;

/** The network that the mode names comes first. @throws {EngineError} `invalid`. */
export function planMemberships(mode: NetworkMode, endpoints: Endpoints | null | undefined): Membership[] {
  if (mode.kind !== "network") return [];
  const asked = new Map(Object.entries(endpoints ?? {}).map(([name, config]) => [normal(name), config ?? {}]));
  const names = new Set([mode.reference, ...asked.keys()]);
  return [...names].map((name) => planMembership(name, asked.get(name) ?? {}));
}

/** @throws {EngineError} `invalid`. */
export function planMembership(reference: string, config: EndpointConfigJSON): Membership {
  const { IPAMConfig, Aliases, MacAddress } = config;
  if (IPAMConfig?.IPv6Address) refuse("IPv6 addresses are not supported");
  if (MacAddress) refuse("MAC addresses that are asked for are not supported: they follow from the IPv4 address");
  if (config.Links?.length) refuse(`links (${config.Links[0]}) are not supported`);
  const address = IPAMConfig?.IPv4Address ? parseAddress(IPAMConfig.IPv4Address) : undefined;
  if (IPAMConfig?.IPv4Address && address === undefined) refuse(`invalid IPv4 address: ${IPAMConfig.IPv4Address}`);
  const aliases = Aliases ?? [];
  checkMembership(reference, { aliases, address });
  return { reference, aliases, ...(address !== undefined && { askedAddress: address }) };
}

/** Docker's default network knows no names, and gives addresses as they come. */
function checkMembership(reference: string, asked: { aliases: readonly string[]; address: number | undefined }): void {
  if (reference !== DEFAULT_NETWORK) return;
  if (asked.address !== undefined)
    refuse("invalid endpoint settings:\nuser specified IP address is supported on user defined networks only");
  if (asked.aliases.length > 0)
    refuse("invalid endpoint settings:\nnetwork-scoped aliases are only supported for user-defined networks");
}

/** @throws {EngineError} where the address that is asked for cannot be had of `network`. */
export function checkAddress({ asked, bridge }: Network, { askedAddress }: Membership): void {
  if (askedAddress === undefined) return;
  if (!asked?.subnet)
    refuse(
      "invalid endpoint settings:\nuser specified IP address is supported only when connecting to networks with user configured subnets",
    );
  if (!isIn(askedAddress, bridge!.subnet))
    refuse(`invalid endpoint settings:\nno configured subnet contains IP address ${formatAddress(askedAddress)}`);
}

function normal(name: string): string {
  const mode = parseNetworkMode(name);
  return mode.kind === "network" ? mode.reference : name;
}

function refuse(message: string): never {
  throw new EngineError("invalid", message);
}
