import type { ContainerSummary } from "../../engine/api/types.js";
import { humanSize } from "../../shared/units/size.js";
import { type CommandSpec, none } from "../command-spec.js";
import { flagTable } from "../flag-table.js";
import { filterFlag, filterQuery, formatFlag } from "../flags.js";
import { type Listing, renderListing, tryFormat } from "../listing.js";
import { ellipsis } from "../table.js";
import { ago, commandText, idText, labelsText, portsText, timeText } from "../wording.js";

const IGNORED_FORMAT = "WARNING: Ignoring custom format, because both --format and --quiet are set.\n";

/** `docker ps` */
export const ps: CommandSpec = {
  usage: "[OPTIONS]",
  summary: "List containers",
  aliases: ["container ls", "container list", "container ps", "ps"],
  arity: none,
  flags: [
    filterFlag(),
    formatFlag(),
    ...flagTable(`
      -a, --all        Show all containers (default shows just running)
      -n, --last int   Show n last created containers (includes all states) (default -1)
      -l, --latest     Show the latest created container (includes all states)
          --no-trunc   Don't truncate output
      -q, --quiet      Only display container IDs
      -s, --size       Display total file sizes
    `),
  ],
  async run({ client, context, flags }) {
    const size = flags.on("size");
    const quiet = flags.on("quiet");
    const format = flags.text("format");
    const listing = containerListing(flags.on("no-trunc"), size);
    tryFormat(listing, format);
    const last = flags.on("latest") ? 1 : (flags.integer("last") ?? -1);
    const containers = await client.get<ContainerSummary[]>("/containers/json", {
      query: {
        all: flags.on("all"),
        limit: last > 0 ? last : undefined,
        size: size || needsSize(format),
        filters: filterQuery(flags.list("filter")),
      },
    });
    if (quiet && format) await context.stderr.write(IGNORED_FORMAT);
    const options = { format: quiet && format !== "raw" ? undefined : format, quiet };
    await context.stdout.write(renderListing(listing, containers, options));
    return 0;
  },
};

/** Sizes cost the engine a walk through the writable layer, so they are asked for only where they are shown. */
function needsSize(format: string | undefined): boolean {
  return /\.Size\b/.test(format ?? "");
}

export function containerListing(full: boolean, size: boolean): Listing<ContainerSummary> {
  const table = ["ID", "Image", "Command", "RunningFor", "Status", "Ports", "Names", ...(size ? ["Size"] : [])];
  return {
    typeName: "*formatter.ContainerContext",
    table,
    quiet: "ID",
    raw: {
      ...{ container_id: "ID", image: "Image", command: "Command", created_at: "CreatedAt", state: "State" },
      ...{ status: "Status", names: "Names", labels: "Labels", ports: "Ports" },
      ...(size && { size: "Size" }),
    },
    methods: { Label: ({ Labels }, name) => Labels?.[name] ?? "" },
    columns: {
      ID: { heading: "CONTAINER ID", value: ({ Id }) => idText(Id, full) },
      Names: { heading: "NAMES", value: ({ Names }) => namesText(Names, full) },
      Image: { heading: "IMAGE", value: (container) => imageText(container, full) },
      Command: { heading: "COMMAND", value: ({ Command }) => commandText(Command, full) },
      CreatedAt: { heading: "CREATED AT", value: ({ Created }) => timeText(Created) },
      RunningFor: { heading: "CREATED", value: ({ Created }) => ago(Created) },
      Ports: { heading: "PORTS", value: ({ Ports }) => portsText(Ports ?? []) },
      State: { heading: "STATE", value: ({ State }) => State },
      Status: { heading: "STATUS", value: ({ Status }) => Status },
      Size: { heading: "SIZE", value: sizeText },
      Labels: { heading: "LABELS", value: ({ Labels }) => labelsText(Labels) },
      Mounts: { heading: "MOUNTS", value: (container) => mountsText(container, full) },
      LocalVolumes: {
        heading: "LOCAL VOLUMES",
        value: ({ Mounts }) => String(Mounts?.filter(({ Driver }) => Driver === "local").length ?? 0),
      },
      Networks: {
        heading: "NETWORKS",
        value: ({ NetworkSettings }) => Object.keys(NetworkSettings?.Networks ?? {}).join(","),
      },
      Platform: { heading: "PLATFORM", value: () => null },
    },
  };
}

/** Without those that links have given, unless all is asked for. */
function namesText(names: readonly string[], full: boolean): string {
  const bare = names.map((name) => name.replace(/^\//, ""));
  const own = bare.find((name) => !name.includes("/"));
  return full || own === undefined ? bare.join(",") : own;
}

function imageText({ Image, ImageID }: ContainerSummary, full: boolean): string {
  if (Image === "") return "<no image>";
  if (full) return Image;
  if (Image === ImageID || Image === ImageID.replace(/^sha256:/, "")) return idText(Image, false);
  return Image.replace(/@sha256:.*$/, "");
}

function sizeText({ SizeRw = 0, SizeRootFs = 0 }: ContainerSummary): string {
  const own = humanSize(SizeRw, 3);
  return SizeRootFs > 0 ? `${own} (virtual ${humanSize(SizeRootFs, 3)})` : own;
}

function mountsText({ Mounts }: ContainerSummary, full: boolean): string {
  return (Mounts ?? [])
    .map(({ Name, Source }) => Name || Source)
    .map((name) => (full ? name : ellipsis(name, 15)))
    .join(",");
}
