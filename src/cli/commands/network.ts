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
import { forEachTarget } from "../each-target.js";
import { networkPath } from "../engine-client.js";
import { toMap } from "../environment.js";
import { ApiError } from "../errors.js";
import { flagTable } from "../flag-table.js";
import { checkLabel } from "../flag-values.js";
import { filterQuery, formatFlag } from "../flags.js";
import { type Listing, renderListing } from "../listing.js";
import { endpointConfig } from "../network-flag.js";
import { because } from "../refusals.js";
import { idText, labelsText } from "../wording.js";

export const networkList: CommandSpec = {
  usage: "[OPTIONS]",
  summary: "List networks",
  aliases: ["network ls", "network list"],
  arity: none,
  flags: [
    formatFlag(),
    ...flagTable(`
      -f, --filter filter   Provide filter values (e.g. "driver=bridge")
          --no-trunc        Do not truncate the output
      -q, --quiet           Only display network IDs
    `),
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
  summary: "Create a network",
  arity: exactly(1),
  flags: flagTable(
    `
          --attachable           Enable manual container attachment
          --aux-address map      Auxiliary IPv4 or IPv6 addresses used by Network driver (default map[])
          --config-from string   The network from which to copy the configuration
          --config-only          Create a configuration only network
      -d, --driver string        Driver to manage the Network (default "bridge")
          --gateway strings      IPv4 or IPv6 Gateway for the master subnet
          --ingress              Create swarm routing-mesh network
          --internal             Restrict external access to the network
          --ip-range strings     Allocate container ip from a sub-range
          --ipam-driver string   IP Address Management Driver (default "default")
          --ipam-opt map         Set IPAM driver specific options (default map[])
          --ipv4                 Enable or disable IPv4 address assignment (default true)
          --ipv6                 Enable or disable IPv6 address assignment
          --label list           Set metadata on a network
      -o, --opt map              Set driver specific options (default map[])
          --scope string         Control the network's scope
          --subnet strings       Subnet in CIDR format that represents a network segment
    `,
    { label: checkLabel },
  ),
  refusals: {
    ...because("addresses are given by the engine alone", "aux-address ipam-opt"),
    ...because("a network's settings are its own", "config-from config-only"),
    ...because("this is one machine, without a swarm", "ingress scope"),
    ...because("networks speak IPv4", "ipv4"),
  },
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
  const [subnets, ranges, gateways] = ["subnet", "ip-range", "gateway"].map((name) => flags.list(name));
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
  flags: flagTable(`
    --alias strings           Add network-scoped alias for the container
    --driver-opt strings      driver options for the network
    --gw-priority int         Highest gw-priority provides the default gateway. Accepts positive and negative values.
    --ip string               IPv4 address (e.g., "172.30.100.104")
    --ip6 string              IPv6 address (e.g., "2001:db8::33")
    --link list               Add link to another container
    --link-local-ip strings   Add a link-local address for the container
  `),
  refusals: {
    ...because("a bridge has no options here", "driver-opt gw-priority"),
    ...because("networks speak IPv4", "ip6 link-local-ip"),
    ...because("containers find each other by name", "link"),
  },
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
  flags: flagTable("-f, --force   Force the container to disconnect from a network"),
  async run({ client, flags, words: [network = "", container = ""] }) {
    const json: NetworkDisconnectRequest = { Container: container, Force: flags.on("force") };
    await client.post(networkPath(network, "disconnect"), { json });
    return 0;
  },
};

export const networkRemove: CommandSpec = {
  usage: "NETWORK [NETWORK...]",
  summary: "Remove one or more networks",
  aliases: ["network rm", "network remove"],
  arity: atLeast(1),
  flags: flagTable("-f, --force   Do not error if the network does not exist"),
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
  summary: "Remove all unused networks",
  arity: none,
  flags: flagTable(`
        --filter filter   Provide filter values (e.g. "until=<timestamp>")
    -f, --force           Do not prompt for confirmation
  `),
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
