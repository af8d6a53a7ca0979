/**
 * A network joins containers. A *membership* is a container's part in one: what it asked for, for as long as the
 * container is there. An *endpoint* is what it has of the network while it runs: an address and a pair of links.
 */
import type { Attachment, Bridge } from "../../shared/network/link-calls.js";
import type { AddressPool } from "./address-pool.js";

export type NetworkDriver = "bridge" | "host" | "null";

export interface Network {
  readonly id: string;
  readonly name: string;
  readonly driver: NetworkDriver;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** Without a way out of it. */
  readonly internal: boolean;
  readonly attachable: boolean;
  readonly labels: Readonly<Record<string, string>>;
  readonly options: Readonly<Record<string, string>>;
  /** Absent for `host` and `none`. */
  readonly bridge?: Bridge;
  readonly addresses?: AddressPool;
  /** As its maker asked for them; absent where the engine has chosen. */
  readonly asked?: { subnet?: string; range?: string; gateway?: string };
  /** Of the containers that run, by their ids. */
  readonly endpoints: Map<string, Endpoint>;
}

/** What a network knows of a container. */
export interface Member {
  readonly id: string;
  readonly name: string;
  readonly config: { readonly Hostname?: string };
}

export interface Endpoint {
  readonly id: string;
  readonly member: Member;
  readonly aliases: readonly string[];
  readonly attachment: Attachment;
}

export interface Membership {
  /** Name or id of the network, as asked for. */
  readonly reference: string;
  readonly aliases: readonly string[];
  readonly askedAddress?: number;
  /** While the container runs. */
  network?: Network;
  endpoint?: Endpoint;
}

/** What a user calls a network of their own: names are answered there, and addresses may be asked for. */
export const isUserDefined = ({ name, driver }: Network): boolean => driver === "bridge" && name !== DEFAULT_NETWORK;

export const DEFAULT_NETWORK = "bridge";

/** By these a container is found in a network. */
export function namesOf({ member, aliases }: Endpoint): string[] {
  const { id, name, config } = member;
  const names = [name, ...aliases, id.slice(0, 12), ...(config.Hostname ? [config.Hostname] : [])];
  return [...new Set(names)];
}
