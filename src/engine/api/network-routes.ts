/** /networks */
import { formatAddress, formatMac, formatSubnet, macOf } from "../../shared/network/ipv4.js";
import { rfc3339 } from "../clock.js";
import { EngineError } from "../engine-error.js";
import { type Endpoint, isUserDefined, type Network } from "../networks/network.js";
import type { NetworkRequest } from "../networks/networks.js";
import { type FilterTests, labelTests, selector, untilTest, yesOrNo } from "./filters.js";
import { readJSON } from "./read-json.js";
import { json, noContent } from "./respond.js";
import type { Call, Route } from "./router.js";
import { networkConnect, networkCreate, networkDisconnect } from "./schemas.js";
import type { NetworkCreateRequest, NetworkCreateResponse, NetworkJSON, NetworksPruneResponse } from "./types.js";

export const networkRoutes: Route[] = [
  { method: "GET", path: "/networks", parameters: "filters", handle: list },
  { method: "POST", path: "/networks/create", parameters: "", handle: create },
  { method: "POST", path: "/networks/prune", parameters: "filters", handle: prune },
  {
    method: "GET",
    path: "/networks/:id",
    parameters: "verbose scope",
    handle: (call) => json(networkJSON(networkOf(call), true)),
  },
  { method: "DELETE", path: "/networks/:id", parameters: "", handle: remove },
  { method: "POST", path: "/networks/:id/connect", parameters: "", handle: connect },
  { method: "POST", path: "/networks/:id/disconnect", parameters: "", handle: disconnect },
];

const labels = labelTests<Network>((network) => network.labels);

/** One of the values fits. */
const among =
  (fits: (network: Network, value: string) => boolean): FilterTests<Network>[string] =>
  (values) =>
  (network) =>
    values.some((value) => fits(network, value));

const LIST_TESTS: FilterTests<Network> = {
  label: labels.label,
  id: among(({ id }, value) => id.startsWith(value)),
  name: among(({ name }, value) => name.includes(value)),
  driver: among(({ driver }, value) => driver === value),
  scope: among((_, value) => value === "local"),
  type: among((network, value) => value === (isUserDefined(network) ? "custom" : "builtin")),
  dangling: (values) => {
    const wanted = yesOrNo("dangling", values);
    return (network) => isUnused(network) === wanted;
  },
};

const networkOf = ({ services, params }: Call): Network => services.networks.resolve(params.id!);

function list({ services, query }: Call): Response {
  const found = services.networks.list().filter(selector(query, LIST_TESTS));
  return json(found.map((network) => networkJSON(network, false)));
}

/** Made by a user, and no container that runs is in it. */
function isUnused(network: Network): boolean {
  return isUserDefined(network) && network.endpoints.size === 0;
}

/** @param whole with the containers in it. */
function networkJSON(network: Network, whole: boolean): NetworkJSON {
  const { id, name, driver, createdAt, internal, attachable, options, labels, endpoints } = network;
  return {
    Name: name,
    Id: id,
    Created: rfc3339(createdAt),
    Scope: "local",
    Driver: driver,
    EnableIPv4: true,
    EnableIPv6: false,
    IPAM: { Driver: "default", Options: isUserDefined(network) ? {} : null, Config: ipamOf(network) },
    Internal: internal,
    Attachable: attachable,
    Ingress: false,
    ConfigFrom: { Network: "" },
    ConfigOnly: false,
    Containers: whole ? Object.fromEntries([...endpoints.values()].map(containerIn)) : {},
    Options: options,
    Labels: labels,
  };
}

function ipamOf({ bridge, asked }: Network): NetworkJSON["IPAM"]["Config"] {
  if (!bridge) return null;
  const range = asked?.range;
  return [
    {
      Subnet: formatSubnet(bridge.subnet),
      ...(range !== undefined && { IPRange: range }),
      Gateway: formatAddress(bridge.gateway),
    },
  ];
}

function containerIn({ id, member, attachment }: Endpoint) {
  const { address, subnet } = attachment;
  return [
    member.id,
    {
      Name: member.name,
      EndpointID: id,
      MacAddress: formatMac(macOf(address)),
      IPv4Address: `${formatAddress(address)}/${subnet.prefix}`,
      IPv6Address: "",
    },
  ] as const;
}

async function create({ services, request }: Call): Promise<Response> {
  const network = await services.networks.create(requestOf(await readJSON(request, networkCreate)));
  tell(services, network, "create");
  return json({ Id: network.id, Warning: "" } satisfies NetworkCreateResponse, 201);
}

/** Options of the bridge driver that change nothing here, or say what is so anyway. */
const HARMLESS = ["com.docker.network.bridge.enable_ip_masquerade", "com.docker.network.bridge.host_binding_ipv4"];

/** @throws {EngineError} naming what is not supported. */
function requestOf(asked: NetworkCreateRequest): NetworkRequest {
  const { Name, Driver = "bridge", IPAM, Options, Labels } = asked;
  if (Driver !== "bridge") throw new EngineError("not-found", `plugin ${JSON.stringify(Driver)} not found`);
  if (asked.EnableIPv6) refuse("IPv6 networks are not supported");
  if (IPAM?.Driver && IPAM.Driver !== "default") refuse(`IPAM driver "${IPAM.Driver}" is not there`);
  const [option] = Object.keys(Options ?? {}).filter((name) => !HARMLESS.includes(name));
  if (option) refuse(`network option "${option}" is not supported`);
  const [config, second] = IPAM?.Config ?? [];
  if (second) refuse("a network has one subnet: several are not supported");
  return {
    name: Name,
    internal: asked.Internal ?? false,
    attachable: asked.Attachable ?? false,
    ...(Labels && { labels: Labels }),
    ...(Options && { options: Options }),
    ...(config?.Subnet && { subnet: config.Subnet }),
    ...(config?.IPRange && { range: config.IPRange }),
    ...(config?.Gateway && { gateway: config.Gateway }),
  };
}

async function connect(call: Call): Promise<Response> {
  const network = networkOf(call);
  const { Container, EndpointConfig } = await readJSON(call.request, networkConnect);
  const { containers, containerNetworks } = call.services;
  const container = containers.resolve(Container);
  await containerNetworks.connect(container, network, EndpointConfig ?? {});
  tell(call.services, network, "connect", container.id);
  return new Response(null, { status: 200 });
}

async function disconnect(call: Call): Promise<Response> {
  const network = networkOf(call);
  const { Container } = await readJSON(call.request, networkDisconnect);
  const { containers, containerNetworks } = call.services;
  const container = containers.resolve(Container);
  await containerNetworks.disconnect(container, network);
  tell(call.services, network, "disconnect", container.id);
  return new Response(null, { status: 200 });
}

async function remove(call: Call): Promise<Response> {
  const network = networkOf(call);
  await call.services.networks.remove(network);
  tell(call.services, network, "destroy");
  return noContent();
}

/** Those that users have made and that no container uses that runs. */
async function prune({ services, query }: Call): Promise<Response> {
  const { networks, runtime } = services;
  const until = untilTest<Network>(runtime.clock.now(), ({ createdAt }) => createdAt);
  const isWanted = selector(query, { ...labels, until });
  const pruned = networks.list().filter((network) => isUnused(network) && isWanted(network));
  for (const network of pruned) {
    await networks.remove(network);
    tell(services, network, "destroy");
  }
  runtime.events.tell("network", "prune", "", { reclaimed: "0" });
  const NetworksDeleted = pruned.length > 0 ? pruned.map(({ name }) => name) : null;
  return json({ NetworksDeleted } satisfies NetworksPruneResponse);
}

function tell({ runtime }: Call["services"], { id, name, driver }: Network, action: string, container?: string): void {
  runtime.events.tell("network", action, id, { ...(container && { container }), name, type: driver });
}

function refuse(message: string): never {
  throw new EngineError("invalid", message);
}
