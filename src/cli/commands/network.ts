/** `docker network …` */
import type {
  NetworkConnectRequest,
  NetworkCreateRequest,
  NetworkCreateResponse,
  NetworkDisconnectRequest,
  NetworkJSON,
  NetworksPruneResponse,
} from "../../engine/api/types.js";
import { atLeast, type Call, type CommandSpec, exactly, none } from "../command-spec.js";
import { confirm } from "../confirm.js";
import { labelFlag } from "../container-flags.js";
import { forEachTarget } from "../each-target.js";
import { networkPath } from "../engine-client.js";
import { toMap } from "../environment.js";
import { ApiError } from "../errors.js";
import { boolFlag, filterFlag, filterQuery, formatFlag, listFlag, textFlag } from "../flags.js";
import { type Listing, renderListing } from "../listing.js";
import { endpointConfig } from "../network-flag.js";
import { idText, labelsText } from "../wording.js";

export const networkList: CommandSpec = {
  usage: "[OPTIONS]",
  summary: "List networks",
  aliases: ["network ls", "network list"],
  arity: none,
  flags: [
    filterFlag(),
    formatFlag(),
    boolFlag("no-trunc", "Cut nothing short"),
    boolFlag("quiet", "Print ids only", { short: "q" }),
  ],
  async run({ client, context, flags }) {
    const query = { filters: filterQuery(flags.list("filter")) };
    const networks = await client.get<NetworkJSON[]>("/networks", { query });
    const sorted = [...networks].sort((a, b) => a.Name.localeCompare(b.Name, "en", { numeric: true }));
    const options = { format: flags.text("format"), quiet: flags.on("quiet") };
    await context.stdout.write(renderListing(networkListing(flags.on("no-trunc")), sorted, options));
    return 0;
  },
};

function networkListing(full: boolean): Listing<NetworkJSON> {
  return {
    typeName: "*formatter.networkContext",
    table: ["ID", "Name", "Driver", "Scope"],
    quiet: "ID",
    methods: { Label: ({ Labels }, name) => Labels?.[name] ?? "" },
    columns: {
      ID: { heading: "NETWORK ID", value: ({ Id }) => idText(Id, full) },
      Name: { heading: "NAME", value: ({ Name }) => Name },
      Driver: { heading: "DRIVER", value: ({ Driver }) => Driver },
      Scope: { heading: "SCOPE", value: ({ Scope }) => Scope },
      IPv4: { heading: "IPV4", value: ({ EnableIPv4 }) => String(EnableIPv4) },
      IPv6: { heading: "IPV6", value: ({ EnableIPv6 }) => String(EnableIPv6) },
      Internal: { heading: "INTERNAL", value: ({ Internal }) => String(Internal) },
      Labels: { heading: "LABELS", value: ({ Labels }) => labelsText(Labels) },
      CreatedAt: { heading: "CREATED AT", value: ({ Created }) => Created },
    },
  };
}

export const networkCreate: CommandSpec = {
  usage: "[OPTIONS] NETWORK",
  summary: "Make a network",
  arity: exactly(1),
  flags: [
    boolFlag("attachable", "Let containers be connected by hand"),
    textFlag("driver", "Driver of the network", { short: "d", default: '"bridge"' }),
    listFlag("gateway", "Address of the way out of the subnet"),
    boolFlag("internal", "Without a way out"),
    listFlag("ip-range", "Part of the subnet that addresses are taken from"),
    textFlag("ipam-driver", "Driver of address management", { default: '"default"' }),
    boolFlag("ipv6", "Give IPv6 addresses"),
    { ...labelFlag("Label of the network"), short: undefined },
    { long: "opt", short: "o", type: "map", many: true, help: "Option for the driver, name=value" },
    listFlag("subnet", "Addresses of the network, such as 172.28.0.0/16"),
  ],
  unsupportedFlags: ["aux-address", "config-from", "config-only", "ingress", "ipam-opt", "ipv4", "scope"],
  async run({ client, context, flags, words: [name = ""] }) {
    const request: NetworkCreateRequest = {
      Name: name,
      Driver: flags.text("driver") ?? "bridge",
      Internal: flags.on("internal"),
      Attachable: flags.on("attachable"),
      EnableIPv6: flags.on("ipv6"),
      IPAM: { Driver: flags.text("ipam-driver") ?? "default", Config: ipamConfig(flags) },
      Options: toMap(flags.list("opt")),
      Labels: toMap(flags.list("label")),
    };
    const { Id } = await client.json<NetworkCreateResponse>("POST", "/networks/create", { json: request });
    await context.stdout.write(`${Id}\n`);
    return 0;
  },
};

/** The first of each belong together. */
function ipamConfig(flags: Call["flags"]) {
  const [subnets, ranges, gateways] = ["subnet", "ip-range", "gateway"].map((name) =>
    flags.list(name).flatMap((text) => text.split(",")),
  );
  const count = Math.max(subnets!.length, ranges!.length, gateways!.length);
  return Array.from({ length: count }, (_, index) => ({
    ...(subnets![index] !== undefined && { Subnet: subnets![index] }),
    ...(ranges![index] !== undefined && { IPRange: ranges![index] }),
    ...(gateways![index] !== undefined && { Gateway: gateways![index] }),
  }));
}

export const networkConnect: CommandSpec = {
  usage: "[OPTIONS] NETWORK CONTAINER",
  summary: "Connect a container to a network",
  arity: exactly(2),
  flags: [
    listFlag("alias", "Further name of the container in the network"),
    textFlag("ip", "IPv4 address, such as 172.28.0.10"),
  ],
  unsupportedFlags: ["driver-opt", "gw-priority", "ip6", "link", "link-local-ip"],
  async run({ client, flags, words: [network = "", container = ""] }) {
    const EndpointConfig = endpointConfig(flags.list("alias"), flags.text("ip"));
    const json: NetworkConnectRequest = { Container: container, EndpointConfig };
    await client.post(networkPath(network, "connect"), { json });
    return 0;
  },
};

export const networkDisconnect: CommandSpec = {
  usage: "[OPTIONS] NETWORK CONTAINER",
  summary: "Disconnect a container from a network",
  arity: exactly(2),
  flags: [boolFlag("force", "Whatever the container does", { short: "f" })],
  async run({ client, flags, words: [network = "", container = ""] }) {
    const json: NetworkDisconnectRequest = { Container: container, Force: flags.on("force") };
    await client.post(networkPath(network, "disconnect"), { json });
    return 0;
  },
};

export const networkRemove: CommandSpec = {
  usage: "NETWORK [NETWORK...]",
  summary: "Remove networks that no container uses",
  aliases: ["network rm", "network remove"],
  arity: atLeast(1),
  flags: [boolFlag("force", "Say nothing of a network that is not there", { short: "f" })],
  run(call) {
    const { client, flags, words } = call;
    return forEachTarget(call, words, async (name) => {
      try {
        await client.send("DELETE", networkPath(name));
      } catch (error) {
        if (!flags.on("force") || !(error instanceof ApiError) || error.status !== 404) throw error;
      }
      return `${name}\n`;
    });
  },
};

export const networkPrune: CommandSpec = {
  usage: "[OPTIONS]",
  summary: "Remove networks that no container uses",
  arity: none,
  flags: [filterFlag("Remove only what meets the conditions", {}), boolFlag("force", "Do not ask", { short: "f" })],
  async run(call) {
    const { context, flags } = call;
    const warning = "WARNING! This will remove all custom networks not used by at least one container.";
    if (!flags.on("force") && !(await confirm(context, warning))) return 0;
    const text = await pruneNetworks(call);
    if (text) await context.stdout.write(`${text}\n`);
    return 0;
  },
};

/** @returns what was removed, as text; empty for nothing. */
export async function pruneNetworks({ client, flags }: Call): Promise<string> {
  const query = { filters: filterQuery(flags.list("filter")) };
  const { NetworksDeleted } = await client.json<NetworksPruneResponse>("POST", "/networks/prune", { query });
  return NetworksDeleted?.length ? `Deleted Networks:\n${NetworksDeleted.join("\n")}\n` : "";
}
