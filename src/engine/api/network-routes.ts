/** /networks */
import { formatAddress, formatMac, formatSubnet, macOf } from "../../shared/network/ipv4.js";
import { rfc3339 } from "../clock.js";
import { EngineError } from "../engine-error.js";
import { type Endpoint, isUserDefined, type Network } from "../networks/network.js";
import type { NetworkRequest } from "../networks/networks.js";
import { isOlder } from "./container-filters.js";
import { type Filters, matchesLabels } from "./query.js";
import { readJSON } from "./read-json.js";
import { json, noContent } from "./respond.js";
import type { Call, Route } from "./router.js";
import { networkConnect, networkCreate, networkDisconnect } from "./schemas.js";
import type { NetworkCreateRequest, NetworkCreateResponse, NetworkJSON, NetworksPruneResponse } from "./types.js";

export const networkRoutes: Route[] = [
  { method: "GET", path: "/networks", handle: list },
  { method: "POST", path: "/networks/create", handle: create },
  { method: "POST", path: "/networks/prune", handle: prune },
  { method: "GET", path: "/networks/:id", handle: (call) => json(networkJSON(networkOf(call), true)) },
  { method: "DELETE", path: "/networks/:id", handle: remove },
  { method: "POST", path: "/networks/:id/connect", handle: connect },
  { method: "POST", path: "/networks/:id/disconnect", handle: disconnect },
];

const FILTERS = ["dangling", "driver", "id", "label", "name", "scope", "type"];

const networkOf = ({ services, params }: Call): Network => services.networks.resolve(params.id!);

function list({ services, query }: Call): Response {
  const filters = query.filters(FILTERS);
  const found = services.networks.list().filter((network) => isWanted(network, filters));
  return json(found.map((network) => networkJSON(network, false)));
}

function isWanted(network: Network, filters: Filters): boolean {
  const { id, name, driver, labels, endpoints } = network;
  const among = (filter: string, test: (value: string) => boolean) => filters.get(filter)?.some(test) ?? true;
  const isDangling = isUserDefined(network) && endpoints.size === 0;
  return (
    among("id", (value) => id.startsWith(value)) &&
    among("name", (value) => name.includes(value)) &&
    among("driver", (value) => driver === value) &&
    among("scope", (value) => value === "local") &&
    among("type", (value) => value === (isUserDefined(network) ? "custom" : "builtin")) &&
    among("dangling", (value) => isDangling === ["1", "true"].includes(value)) &&
    matchesLabels(filters.get("label"), labels)
  );
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
  await containerNetworks.connect(containers.resolve(Container), network, EndpointConfig ?? {});
  return new Response(null, { status: 200 });
}

async function disconnect(call: Call): Promise<Response> {
  const network = networkOf(call);
  const { Container } = await readJSON(call.request, networkDisconnect);
  const { containers, containerNetworks } = call.services;
  await containerNetworks.disconnect(containers.resolve(Container), network);
  return new Response(null, { status: 200 });
}

async function remove(call: Call): Promise<Response> {
  await call.services.networks.remove(networkOf(call));
  return noContent();
}

/** Those that users have made and that no container uses that runs. */
async function prune({ services: { networks, runtime }, query }: Call): Promise<Response> {
  const filters = query.filters(["label", "label!", "until"]);
  const now = runtime.clock.now();
  const pruned = networks
    .list()
    .filter(
      (network) =>
        isUserDefined(network) &&
        network.endpoints.size === 0 &&
        matchesLabels(filters.get("label"), network.labels) &&
        !(filters.get("label!") ?? []).some((filter) => matchesLabels([filter], network.labels)) &&
        isOlder(filters, network.createdAt, now),
    );
  for (const network of pruned) await networks.remove(network);
  const NetworksDeleted = pruned.length > 0 ? pruned.map(({ name }) => name) : null;
  return json({ NetworksDeleted } satisfies NetworksPruneResponse);
}

function refuse(message: string): never {
  throw new EngineError("invalid", message);
}
