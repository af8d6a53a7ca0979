/** Containers in networks: what each has of them while it runs, and how it comes to have it. */
import type { CallList } from "../../shared/calls/call-list.js";
import { Slot } from "../../shared/calls/list-format.js";
import { formatAddress } from "../../shared/network/ipv4.js";
import { attach, removeLink, routeBy, within } from "../../shared/network/link-calls.js";
import type { EndpointConfigJSON } from "../api/types.js";
import type { Container } from "../containers/container.js";
import { isRunning } from "../containers/status.js";
import { EngineError } from "../engine-error.js";
import { type Endpoint, isUserDefined, type Membership, type Network, namesOf } from "./network.js";
import { parseNetworkMode } from "./network-mode.js";
import type { NetworkPlace } from "./network-place.js";
import type { Networks } from "./networks.js";
import { checkAddress, planMembership } from "./plan-memberships.js";
import { planPorts } from "./plan-ports.js";
import { PortClaims } from "./port-claims.js";

const LOOPBACK_INDEX = 1;
/** Of an interface's name that begins with veth. */
const ID_LENGTH = 7;

export class ContainerNetworks {
  readonly #networks: Networks;
  readonly #containerOf: (reference: string) => Container;
  readonly #claims = new PortClaims();
  /** Those that run, by the names that the agent has for them. */
  readonly #running = new Map<string, Container>();

  /** @param containerOf finds a container. @throws {EngineError} `not-found`. */
  constructor(networks: Networks, containerOf: (reference: string) => Container) {
    this.#networks = networks;
    this.#containerOf = containerOf;
  }

  /** Takes addresses and ports. @throws {EngineError} why there are none; nothing is held then. */
  open(container: Container): NetworkPlace {
    const mode = parseNetworkMode(container.host.NetworkMode);
    if (mode.kind === "host") return { attachments: [], ports: [], namespace: "host" };
    if (mode.kind === "container")
      return { attachments: [], ports: [], namespace: { path: this.#namespaceOf(mode.reference) } };
    try {
      for (const [index, membership] of container.memberships.entries()) this.#join(container, membership, index);
      this.#publish(container);
    } catch (error) {
      this.close(container);
      throw error instanceof EngineError ? inDockersWords(error) : error;
    }
    this.#running.set(container.sandbox.id, container);
    return this.#placeOf(container);
  }

  /** The container has ended: the agent gives back what the guest has of it before it is asked for anything else. */
  close(container: Container): void {
    this.#running.delete(container.sandbox.id);
    this.#claims.release(container.id);
    container.publications = [];
    for (const membership of container.memberships) leave(container, membership);
  }

  /** @throws {EngineError} in Docker's words. */
  async connect(container: Container, network: Network, config: EndpointConfigJSON): Promise<void> {
    checkConnectable(container, network);
    const membership = planMembership(network.name, config);
    checkAddress(network, membership);
    if (this.#membershipOf(container, network))
      throw new EngineError(
        "forbidden",
        `endpoint with name ${container.name} already exists in network ${network.name}`,
      );
    container.memberships.push(membership);
    if (!isRunning(container.state.status)) return;
    try {
      await this.#attachNow(container, membership);
    } catch (error) {
      // It may be there all the same.
      if (membership.endpoint) await this.#removeLink(membership.endpoint).catch(() => {});
      leave(container, membership);
      container.memberships.splice(container.memberships.indexOf(membership), 1);
      throw error;
    }
  }

  /** @throws {EngineError} in Docker's words. */
  async disconnect(container: Container, network: Network): Promise<void> {
    checkConnectable(container, network);
    const membership = this.#membershipOf(container, network);
    if (!membership)
      throw new EngineError("forbidden", `container ${container.id} is not connected to network ${network.name}`);
    const { endpoint } = membership;
    if (endpoint) await this.#removeLink(endpoint);
    container.memberships.splice(container.memberships.indexOf(membership), 1);
    leave(container, membership);
    if (endpoint?.attachment.gateway !== undefined) await this.#routeAgain(container);
  }

  /** Addresses of what `name` is for the container that asks; undefined where it is nothing. */
  resolve(sandbox: string, name: string): number[] | undefined {
    const networks = (this.#running.get(sandbox)?.memberships ?? []).flatMap(({ network }) =>
      network && isUserDefined(network) ? [network] : [],
    );
    const found = networks.flatMap((network) =>
      [...network.endpoints.values()].filter((endpoint) =>
        namesOf(endpoint).some((each) => [each, `${each}.${network.name}`].some((full) => full.toLowerCase() === name)),
      ),
    );
    return found.length > 0 ? found.map(({ attachment }) => attachment.address) : undefined;
  }

  /** Where connections to a port of the guest lead. @throws {EngineError} `not-found` where it is not published. */
  target(port: number): { address: string; port: number } {
    const owner = this.#claims.ownerOf(port);
    const container = [...this.#running.values()].find(({ id }) => id === owner);
    const publication = container?.publications.find((each) => each.port === port);
    const endpoint = container?.memberships.find((membership) => membership.endpoint)?.endpoint;
    if (!publication || !endpoint) throw new EngineError("not-found", `no container publishes port ${port}`);
    return { address: formatAddress(endpoint.attachment.address), port: publication.containerPort };
  }

  #join(container: Container, membership: Membership, index: number): Endpoint {
    const network = this.#networks.resolve(membership.reference);
    checkAddress(network, membership);
    const { bridge, addresses, internal } = network;
    if (!bridge || !addresses)
      throw new EngineError("invalid", `a container cannot be connected to network ${network.name}`);
    const address = takeAddress(network, membership);
    const isDefault = !internal && !container.memberships.some(({ endpoint }) => endpoint?.attachment.gateway);
    const id = this.#networks.newID();
    const endpoint: Endpoint = {
      id,
      member: container,
      aliases: membership.aliases,
      attachment: {
        name: `eth${index}`,
        index: LOOPBACK_INDEX + 1 + index,
        address,
        subnet: bridge.subnet,
        ...(isDefault && { gateway: bridge.gateway }),
        outer: { name: `veth${id.slice(0, ID_LENGTH)}`, index: this.#networks.newIndex() },
        bridge: bridge.index,
      },
    };
    membership.network = network;
    membership.endpoint = endpoint;
    network.endpoints.set(container.id, endpoint);
    return endpoint;
  }

  #publish(container: Container): void {
    for (const port of planPorts(container.host, container.config)) {
      const claimed = this.#claims.claim(container.id, port.addresses, port);
      container.publications = [...container.publications, ...claimed];
    }
  }

  #placeOf({ memberships, publications }: Container): NetworkPlace {
    const attachments = memberships.flatMap(({ endpoint }) => (endpoint ? [endpoint.attachment] : []));
    const [first] = attachments;
    const address = first ? formatAddress(first.address) : undefined;
    const ports = address === undefined ? [] : publications;
    return {
      attachments,
      ports: ports.map((port) => ({
        address: port.address,
        port: port.port,
        to: { address: address!, port: port.containerPort },
      })),
    };
  }

  /** The lowest number that no interface of the container has. */
  async #attachNow(container: Container, membership: Membership): Promise<void> {
    const taken = container.memberships.map(({ endpoint }) => endpoint?.attachment.name);
    let index = 0;
    while (taken.includes(`eth${index}`)) index++;
    const { attachment } = this.#join(container, membership, index);
    await this.#inContainer(container, [attachment.outer.name], (list) => attach(list, attachment));
  }

  #removeLink({ attachment }: Endpoint): Promise<void> {
    return this.#networks.configure((list) => removeLink(list, attachment.outer.name));
  }

  /** After its default route has gone: by another network, where there is one. */
  async #routeAgain(container: Container): Promise<void> {
    const next = container.memberships.find(({ network, endpoint }) => endpoint && network && !network.internal);
    if (!next || !isRunning(container.state.status)) return;
    const { gateway } = next.network!.bridge!;
    next.endpoint = { ...next.endpoint!, attachment: { ...next.endpoint!.attachment, gateway } };
    next.network!.endpoints.set(container.id, next.endpoint);
    await this.#inContainer(container, [], (list) => routeBy(list, gateway));
  }

  #inContainer({ sandbox }: Container, links: string[], work: (list: CallList) => void): Promise<void> {
    const compose = (list: CallList) => within(list, { slot: Slot.init }, () => work(list));
    return this.#networks.configure(compose, { id: sandbox.id, links });
  }

  #membershipOf({ memberships }: Container, network: Network): Membership | undefined {
    return memberships.find(
      (membership) => (membership.network ?? this.#networks.find(membership.reference)) === network,
    );
  }

  #namespaceOf(reference: string): string {
    const other = this.#containerOf(reference);
    if (!isRunning(other.state.status))
      throw new EngineError("conflict", `cannot join network of a non running container: ${other.id}`);
    return `/proc/${other.state.pid}/ns/net`;
  }
}

function leave(container: Container, membership: Membership): void {
  const { network, endpoint } = membership;
  membership.network = undefined;
  membership.endpoint = undefined;
  if (!network || !endpoint) return;
  network.endpoints.delete(container.id);
  network.addresses?.release(endpoint.attachment.address);
}

function takeAddress({ addresses }: Network, { askedAddress }: Membership): number {
  if (askedAddress === undefined) {
    const free = addresses!.take();
    if (free === undefined)
      throw new EngineError("internal", "no available IPv4 addresses on this network's address pools");
    return free;
  }
  if (!addresses!.claim(askedAddress)) throw new EngineError("forbidden", "Address already in use");
  return askedAddress;
}

function checkConnectable({ host }: Container, network: Network): void {
  const { kind } = parseNetworkMode(host.NetworkMode);
  const why =
    network.driver === "host" || kind === "host"
      ? "container cannot be disconnected from host network or connected to host network"
      : network.driver === "null" || kind === "none"
        ? "container cannot be connected to multiple networks with one of the networks in private (none) mode"
        : kind === "container"
          ? "container sharing network namespace with another container or host cannot be connected to any other network"
          : undefined;
  if (why) throw new EngineError("invalid", why);
}

function inDockersWords(error: EngineError): EngineError {
  return new EngineError(error.code, `failed to set up container networking: ${error.message}`, { cause: error });
}
