/** `docker volume …` */
import type { Volume, VolumeCreateRequest, VolumeListResponse, VolumesPruneResponse } from "../../engine/api/types.js";
import { humanSize } from "../../shared/units/size.js";
import { atLeast, atMost, type CommandSpec, exactly, none } from "../command-spec.js";
import { confirm } from "../confirm.js";
import { forEachTarget } from "../each-target.js";
import { toMap } from "../environment.js";
import { ApiError, CommandFailure } from "../errors.js";
import { flagTable, hiddenFlags } from "../flag-table.js";
import { checkLabel } from "../flag-values.js";
import { filterQuery, formatFlag } from "../flags.js";
import { type Listing, renderListing } from "../listing.js";
import { because } from "../refusals.js";
import { refusedCommand } from "../refused-command.js";
import { labelsText } from "../wording.js";

const NO_CLUSTER = "this is one machine, without a cluster's volumes";

export const volumeList: CommandSpec = {
  usage: "[OPTIONS]",
  summary: "List volumes",
  aliases: ["volume ls", "volume list"],
  arity: none,
  flags: [
    formatFlag(),
    ...flagTable(`
          --cluster         Display only cluster volumes, and use cluster volume list formatting
      -f, --filter filter   Provide filter values (e.g. "dangling=true")
      -q, --quiet           Only display volume names
    `),
  ],
  refusals: because(NO_CLUSTER, "cluster"),
  async run({ client, context, flags }) {
    const query = { filters: filterQuery(flags.list("filter")) };
    const { Volumes } = await client.get<VolumeListResponse>("/volumes", { query });
    const sorted = [...(Volumes ?? [])].sort((a, b) => a.Name.localeCompare(b.Name, "en", { numeric: true }));
    const options = { format: flags.text("format"), quiet: flags.on("quiet") };
    await context.stdout.write(renderListing(volumeListing, sorted, options));
    return 0;
  },
};

const unknown = { value: () => "N/A" };
export const volumeListing: Listing<Volume> = {
  typeName: "*formatter.volumeContext",
  table: ["Driver", "Name"],
  quiet: "Name",
  raw: { name: "Name", driver: "Driver" },
  methods: { Label: ({ Labels }, name) => Labels?.[name] ?? "" },
  columns: {
    Name: { heading: "VOLUME NAME", value: ({ Name }) => Name },
    Driver: { heading: "DRIVER", value: ({ Driver }) => Driver },
    Scope: { heading: "SCOPE", value: ({ Scope }) => Scope },
    Mountpoint: { heading: "MOUNTPOINT", value: ({ Mountpoint }) => Mountpoint },
    Labels: { heading: "LABELS", value: ({ Labels }) => labelsText(Labels) },
    Availability: { heading: "AVAILABILITY", ...unknown },
    Group: { heading: "GROUP", ...unknown },
    Links: { heading: "LINKS", ...unknown },
    Size: { heading: "SIZE", ...unknown },
    Status: { heading: "STATUS", ...unknown },
  },
};

export const volumeCreate: CommandSpec = {
  usage: "[OPTIONS] [VOLUME]",
  summary: "Create a volume",
  arity: atMost(1),
  flags: [
    ...flagTable(
      `
            --availability string       Cluster Volume availability ("active", "pause", "drain") (default "active")
        -d, --driver string             Specify volume driver name (default "local")
            --group string              Cluster Volume group (cluster volumes)
            --label list                Set metadata for a volume
            --limit-bytes bytes         Minimum size of the Cluster Volume in bytes
        -o, --opt map                   Set driver specific options (default map[])
            --required-bytes bytes      Maximum size of the Cluster Volume in bytes
            --scope string              Cluster Volume access scope ("single", "multi") (default "single")
            --secret map                Cluster Volume secrets (default map[])
            --sharing string            Cluster Volume access sharing ("none", "readonly", "onewriter", "all") (default "none")
            --topology-preferred list   A topology that the Cluster Volume would be preferred in
            --topology-required list    A topology that the Cluster Volume must be accessible from
            --type string               Cluster Volume access type ("mount", "block") (default "block")
      `,
      { label: checkLabel },
    ),
    ...hiddenFlags("--name string"),
  ],
  refusals: because(
    NO_CLUSTER,
    "availability group limit-bytes required-bytes scope secret sharing topology-preferred topology-required type",
  ),
  async run({ client, context, flags, words: [word] }) {
    const name = word ?? flags.text("name");
    const request: VolumeCreateRequest = {
      Driver: flags.text("driver") ?? "local",
      ...(name !== undefined && { Name: name }),
      ...(flags.has("label") && { Labels: toMap(flags.list("label")) }),
      ...(flags.has("opt") && { DriverOpts: toMap(flags.list("opt")) }),
    };
    const { Name } = await client.json<Volume>("POST", "/volumes/create", { json: request });
    await context.stdout.write(`${Name}\n`);
    return 0;
  },
};

export const volumeRemove: CommandSpec = {
  usage: "[OPTIONS] VOLUME [VOLUME...]",
  summary: "Remove one or more volumes",
  description: "Remove one or more volumes. You cannot remove a volume that is in use by a container.",
  aliases: ["volume rm", "volume remove"],
  arity: atLeast(1),
  flags: flagTable(`
    -f, --force   Force the removal of one or more volumes
  `),
  run(call) {
    const { client, flags, words } = call;
    const force = flags.on("force");
    return forEachTarget(call, words, async (name) => {
      try {
        await client.send("DELETE", `/volumes/${encodeURIComponent(name)}`, { query: { force } });
      } catch (error) {
        if (!force || !(error instanceof ApiError) || error.status !== 404) throw error;
      }
      return `${name}\n`;
    });
  },
};

export const volumePrune: CommandSpec = {
  usage: "[OPTIONS]",
  summary: "Remove unused local volumes",
  arity: none,
  flags: flagTable(`
    -a, --all             Remove all unused volumes, not just anonymous ones
        --filter filter   Provide filter values (e.g. "label=<label>")
    -f, --force           Do not prompt for confirmation
  `),
  async run({ client, context, flags }) {
    const all = flags.on("all");
    const what = all ? "local volumes" : "anonymous local volumes";
    const warning = `WARNING! This will remove ${all ? "all " : ""}${what} not used by at least one container.`;
    if (all && flags.list("filter").some((filter) => filter.startsWith("all=")))
      throw new CommandFailure("conflicting options: cannot specify both --all and --filter all=1");
    if (!flags.on("force") && !(await confirm(context, warning))) return 0;
    const filters = filterQuery(flags.list("filter"), all ? { all: "true" } : {});
    const { VolumesDeleted, SpaceReclaimed } = await client.json<VolumesPruneResponse>("POST", "/volumes/prune", {
      query: { filters },
    });
    const deleted = VolumesDeleted ?? [];
    const names = deleted.length > 0 ? `Deleted Volumes:\n${deleted.join("\n")}\n\n` : "";
    await context.stdout.write(`${names}Total reclaimed space: ${humanSize(SpaceReclaimed)}\n`);
    return 0;
  },
};

export const volumeUpdate = refusedCommand(
  {
    usage: "[OPTIONS] [VOLUME]",
    summary: "Update a volume (cluster volumes only)",
    arity: exactly(1),
    flags: flagTable(`
      --availability string   Cluster Volume availability ("active", "pause", "drain") (default "active")
    `),
  },
  NO_CLUSTER,
);
