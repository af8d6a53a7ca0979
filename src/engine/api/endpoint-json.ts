/** A container's networks and ports as the API shows them. */
import { formatAddress, formatMac, macOf } from "../../shared/network/ipv4.js";
import type { Container } from "../containers/container.js";
import { isRunning } from "../containers/status.js";
import { isUserDefined, type Membership, namesOf } from "../networks/network.js";
import { parseNetworkMode } from "../networks/network-mode.js";
import type { ContainerInspect, EndpointSettings, PortJSON } from "./types.js";

export function networkSettingsOf(container: Container): ContainerInspect["NetworkSettings"] {
  const { memberships, sandbox } = container;
  const onDefault = memberships.find(({ network }) => network && !isUserDefined(network));
  const { EndpointID, Gateway, IPAddress, IPPrefixLen, MacAddress } = onDefault ? endpointOf(onDefault) : NO_ENDPOINT;
  return {
    Bridge: "",
    SandboxID: isRunning(container.state.status) ? sandbox.id : "",
    SandboxKey: "",
    Ports: portBindingsOf(container),
    ...{ EndpointID, Gateway, IPAddress, IPPrefixLen, MacAddress },
    Networks: networksOf(container),
  };
}

export function networksOf({ memberships, host }: Container): Record<string, EndpointSettings> {
  const { kind } = parseNetworkMode(host.NetworkMode);
  if (kind === "none" || kind === "host") return { [kind]: NO_ENDPOINT };
  return Object.fromEntries(memberships.map((membership) => [membership.reference, endpointOf(membership)]));
}

/** The PORTS of `docker ps`: of a container that runs, those that are published and those that are only exposed. */
export function portsOf(container: Container): PortJSON[] {
  const { publications, config } = container;
  if (!hasPorts(container)) return [];
  const published = publications.map(({ address, port, containerPort }): PortJSON => {
    return { IP: address, PrivatePort: containerPort, PublicPort: port, Type: "tcp" };
  });
  const isPublished = new Set(published.map(({ PrivatePort, Type }) => `${PrivatePort}/${Type}`));
  const exposed = Object.keys(config.ExposedPorts ?? {}).flatMap(exposedPort);
  return [...published, ...exposed.filter(({ PrivatePort, Type }) => !isPublished.has(`${PrivatePort}/${Type}`))];
}

function portBindingsOf(container: Container): ContainerInspect["NetworkSettings"]["Ports"] {
  if (!hasPorts(container)) return {};
  const ports: ContainerInspect["NetworkSettings"]["Ports"] = {};
  for (const { IP, PrivatePort, PublicPort, Type } of portsOf(container)) {
    const key = `${PrivatePort}/${Type}`;
    if (PublicPort === undefined) ports[key] = null;
    else ports[key] = [...(ports[key] ?? []), { HostIp: IP!, HostPort: String(PublicPort) }];
  }
  return ports;
}

const hasPorts = ({ state, memberships }: Container) => isRunning(state.status) && memberships.length > 0;

function exposedPort(port: string): PortJSON[] {
  const match = /^(\d+)(?:-\d+)?(?:\/(\w+))?$/.exec(port);
  return match ? [{ PrivatePort: Number(match[1]), Type: (match[2] ?? "tcp") as PortJSON["Type"] }] : [];
}

function endpointOf({ network, endpoint, aliases, askedAddress }: Membership): EndpointSettings {
  const asked = {
    ...NO_ENDPOINT,
    IPAMConfig: askedAddress === undefined ? null : { IPv4Address: formatAddress(askedAddress) },
    Aliases: aliases.length > 0 ? [...aliases] : null,
  };
  if (!network || !endpoint) return asked;
  const { address, subnet } = endpoint.attachment;
  return {
    ...asked,
    NetworkID: network.id,
    EndpointID: endpoint.id,
    Gateway: network.internal ? "" : formatAddress(network.bridge!.gateway),
    IPAddress: formatAddress(address),
    IPPrefixLen: subnet.prefix,
    MacAddress: formatMac(macOf(address)),
    DNSNames: isUserDefined(network) ? namesOf(endpoint) : null,
  };
}

const NO_ENDPOINT: EndpointSettings = {
  IPAMConfig: null,
  Links: null,
  Aliases: null,
  MacAddress: "",
  DriverOpts: null,
  GwPriority: 0,
  NetworkID: "",
  EndpointID: "",
  Gateway: "",
  IPAddress: "",
  IPPrefixLen: 0,
  IPv6Gateway: "",
  GlobalIPv6Address: "",
  GlobalIPv6PrefixLen: 0,
  DNSNames: null,
};
