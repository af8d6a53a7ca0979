/** `docker volume …` */
import type { Volume, VolumeCreateRequest, VolumeListResponse, VolumesPruneResponse } from "../../engine/api/types.js";
import { humanSize } from "../../shared/units/size.js";
import { atLeast, atMost, type CommandSpec, none } from "../command-spec.js";
import { confirm } from "../confirm.js";
import { labelFlag } from "../container-flags.js";
import { forEachTarget } from "../each-target.js";
import { toMap } from "../environment.js";
import { ApiError, CommandFailure } from "../errors.js";
import { boolFlag, filterFlag, filterQuery, formatFlag, textFlag } from "../flags.js";
import { type Listing, renderListing } from "../listing.js";
import { labelsText } from "../wording.js";

export const volumeList: CommandSpec = {
  usage: "[OPTIONS]",
  summary: "List volumes",
  aliases: ["volume ls", "volume list"],
  arity: none,
  flags: [filterFlag(), formatFlag(), boolFlag("quiet", "Print names only", { short: "q" })],
  unsupportedFlags: ["cluster"],
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
const volumeListing: Listing<Volume> = {
  typeName: "*formatter.volumeContext",
  table: ["Driver", "Name"],
  quiet: "Name",
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
  summary: "Make a volume",
  arity: atMost(1),
  flags: [
    textFlag("driver", "Driver of the volume", { short: "d", default: '"local"' }),
    { ...labelFlag("Label of the volume"), short: undefined },
    { long: "opt", short: "o", type: "map", many: true, help: "Option for the driver, name=value" },
    textFlag("name", "Name of the volume", { hidden: true }),
  ],
  unsupportedFlags: [
    "availability",
    "group",
    "limit-bytes",
    "required-bytes",
    "scope",
    "secret",
    "sharing",
    "topology-preferred",
    "topology-required",
    "type",
  ],
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
  summary: "Remove volumes that no container uses",
  aliases: ["volume rm", "volume remove"],
  arity: atLeast(1),
  flags: [boolFlag("force", "Say nothing of a volume that is not there", { short: "f" })],
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
  summary: "Remove volumes that no container uses",
  arity: none,
  flags: [
    boolFlag("all", "Named volumes too", { short: "a" }),
    filterFlag("Remove only what meets the conditions", {}),
    boolFlag("force", "Do not ask", { short: "f" }),
  ],
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
