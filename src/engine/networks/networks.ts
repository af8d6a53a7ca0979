/** The networks, by id and name: Docker's three from the start, and those that users make, each a bridge in the guest. */
import { CommandError } from "../../protocol/peer.js";
import { CallList } from "../../shared/calls/call-list.js";
import { failureOf } from "../../shared/calls/report.js";
import { isIn, overlap, parseAddress, parseSubnet, type Subnet } from "../../shared/network/ipv4.js";
import { type Bridge, DEFAULT_BRIDGE, makeBridge, removeLink } from "../../shared/network/link-calls.js";
import type { Clock } from "../clock.js";
import type { RandomID } from "../containers/random-id.js";
import { EngineError } from "../engine-error.js";
import type { EngineMachine } from "../engine-machine.js";
import { AddressPool } from "./address-pool.js";
import { DEFAULT_NETWORK, type Network } from "./network.js";
import { freeSubnet } from "./subnets.js";

export interface NetworkRequest {
  name: string;
  internal?: boolean;
  attachable?: boolean;
  labels?: Record<string, string>;
  options?: Record<string, string>;
  /** Texts such as `172.20.0.0/16` and `172.20.0.1`. */
  subnet?: string;
  range?: string;
  gateway?: string;
}

const PREDEFINED = [DEFAULT_NETWORK, "host", "none"];
/** Above what the guest's kernel gives to links that are made by hand. */
const FIRST_INDEX = 1000;

export class Networks {
  readonly #agent: EngineMachine["agent"];
  readonly #clock: Clock;
  readonly #randomID: RandomID;
  readonly #networks = new Map<string, Network>();
  #index = FIRST_INDEX;

  constructor(agent: EngineMachine["agent"], clock: Clock, randomID: RandomID) {
    this.#agent = agent;
    this.#clock = clock;
    this.#randomID = randomID;
    this.#add({ name: DEFAULT_NETWORK, driver: "bridge", options: DEFAULT_OPTIONS, ...bridgeParts(DEFAULT_BRIDGE) });
    this.#add({ name: "host", driver: "host" });
    this.#add({ name: "none", driver: "null" });
  }

  /** For a link or a bridge in the guest's own network namespace. */
  newIndex(): number {
    return this.#index++;
  }

  newID(): string {
    return this.#randomID();
  }

  /** In order of creation. */
  list(): Network[] {
    return [...this.#networks.values()];
  }

  /** By id, name, or the beginning of an id. */
  find(reference: string): Network | undefined {
    const all = this.list();
    const exact = all.find(({ id }) => id === reference) ?? all.find(({ name }) => name === reference);
    if (exact) return exact;
    const matches = reference === "" ? [] : all.filter(({ id }) => id.startsWith(reference));
    if (matches.length > 1)
      throw new EngineError(
        "invalid",
        `network ${reference} is ambiguous (${matches.length} matches found based on ID prefix)`,
      );
    return matches[0];
  }

  /** @throws {EngineError} `not-found`, or `invalid` for an ambiguous beginning. */
  resolve(reference: string): Network {
    const network = this.find(reference);
    if (!network) throw new EngineError("not-found", `network ${reference} not found`);
    return network;
  }

  /** Makes a bridge network. @throws {EngineError} in Docker's words. */
  async create(request: NetworkRequest): Promise<Network> {
    const { name, internal, attachable, labels, options } = request;
    this.#checkName(name);
    const subnet = this.#subnetOf(request);
    const gateway = gatewayOf(request, subnet);
    const asked = { subnet: request.subnet, range: request.range, gateway: request.gateway };
    const id = this.newID();
    const bridge = { name: `br-${id.slice(0, 12)}`, index: this.newIndex(), subnet, gateway };
    const parts = bridgeParts(bridge, rangeOf(request, subnet));
    const common = { id, name, driver: "bridge" as const, internal, attachable, labels, options };
    const network = this.#add({ ...common, ...parts, ...(request.subnet && { asked }) });
    try {
      await this.configure((list) => makeBridge(list, bridge));
    } catch (error) {
      // It may be there all the same.
      await this.configure((list) => removeLink(list, bridge.name)).catch(() => {});
      this.#networks.delete(id);
      throw error;
    }
    return network;
  }

  /** @throws {EngineError} `forbidden` for one of Docker's own, or that containers use. */
  async remove(network: Network): Promise<void> {
    const { id, name, bridge, endpoints } = network;
    if (PREDEFINED.includes(name))
      throw new EngineError("forbidden", `${name} is a pre-defined network and cannot be removed`);
    if (endpoints.size > 0) {
      const users = [...endpoints.values()].map(({ id, member }) => `name:"${member.name}" id:"${id.slice(0, 12)}"`);
      const message = `error while removing network: network ${name} has active endpoints (${users.join(", ")})`;
      throw new EngineError("forbidden", message);
    }
    // Nobody is to join it meanwhile.
    this.#networks.delete(id);
    try {
      await this.configure((list) => removeLink(list, bridge!.name));
    } catch (error) {
      this.#networks.set(id, network);
      throw error;
    }
  }

  /** Has the guest do what `compose` puts into a list; in the network namespace of a container, where one is named. */
  async configure(compose: (list: CallList) => void, container?: { id: string; links: string[] }): Promise<void> {
    const list = new CallList();
    compose(list);
    const { report } = await this.#agent.call("network.configure", {
      calls: list.encode(),
      ...(container && { container }),
    });
    const failure = failureOf(list, report);
    if (failure) throw new CommandError("network.configure", failure);
  }

  #add(parts: Partial<Network> & Pick<Network, "name" | "driver">): Network {
    const network: Network = {
      id: this.newID(),
      createdAt: this.#clock.now(),
      ...parts,
      internal: parts.internal ?? false,
      attachable: parts.attachable ?? false,
      labels: parts.labels ?? {},
      options: parts.options ?? {},
      endpoints: new Map(),
    };
    this.#networks.set(network.id, network);
    return network;
  }

  #checkName(name: string): void {
    if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(name))
      throw new EngineError("invalid", `invalid network name: ${JSON.stringify(name)}`);
    if (PREDEFINED.includes(name))
      throw new EngineError("forbidden", `operation is not permitted on predefined ${name} network`);
    if (this.list().some((network) => network.name === name))
      throw new EngineError("conflict", `network with name ${name} already exists`);
  }

  #subnetOf({ subnet: asked }: NetworkRequest): Subnet {
    const taken = this.list().flatMap(({ bridge }) => (bridge ? [bridge.subnet] : []));
    const subnet = asked === undefined ? freeSubnet(taken) : parseSubnet(asked);
    if (!subnet && asked !== undefined) throw new EngineError("invalid", `invalid subnet ${asked}: not an IPv4 subnet`);
    if (!subnet) throw new EngineError("forbidden", "all predefined address pools have been fully subnetted");
    if (taken.some((other) => overlap(subnet, other)))
      throw new EngineError("forbidden", "invalid pool request: Pool overlaps with other one on this address space");
    if (subnet.prefix > 30) throw new EngineError("invalid", `invalid subnet ${asked}: no room for a container`);
    return subnet;
  }
}

/** The gateway's address is the bridge's own. */
function bridgeParts(bridge: Bridge, range?: Subnet): Pick<Network, "bridge" | "addresses"> {
  const addresses = new AddressPool(bridge.subnet, range);
  addresses.claim(bridge.gateway);
  return { bridge, addresses };
}

function gatewayOf({ gateway }: NetworkRequest, subnet: Subnet): number {
  if (gateway === undefined) return subnet.base + 1;
  const address = parseAddress(gateway);
  if (address === undefined || !isIn(address, subnet))
    throw new EngineError("invalid", `invalid gateway ${gateway}: it is not in the network's subnet`);
  return address;
}

function rangeOf({ range }: NetworkRequest, subnet: Subnet): Subnet | undefined {
  if (range === undefined) return undefined;
  const parsed = parseSubnet(range);
  if (!parsed || !isIn(parsed.base, subnet) || parsed.prefix < subnet.prefix)
    throw new EngineError("invalid", `invalid ip-range ${range}: it is not in the network's subnet`);
  return parsed;
}

/** As Docker shows them of its default network. */
const DEFAULT_OPTIONS = {
  "com.docker.network.bridge.default_bridge": "true",
  "com.docker.network.bridge.enable_icc": "true",
  "com.docker.network.bridge.enable_ip_masquerade": "true",
  "com.docker.network.bridge.host_binding_ipv4": "0.0.0.0",
  "com.docker.network.bridge.name": DEFAULT_BRIDGE.name,
  "com.docker.network.driver.mtu": "1500",
};
