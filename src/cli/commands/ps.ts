import type { ContainerSummary } from "../../engine/api/types.js";
import { humanSize } from "../../shared/units/size.js";
import { type CommandSpec, none } from "../command-spec.js";
import { flagTable } from "../flag-table.js";
import { filterFlag, filterQuery, formatFlag } from "../flags.js";
import { type Listing, renderListing } from "../listing.js";
import { ellipsis } from "../table.js";
import { ago, commandText, idText, labelsText, portsText, timeText } from "../wording.js";

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
    const last = flags.on("latest") ? 1 : (flags.integer("last") ?? -1);
    const containers = await client.get<ContainerSummary[]>("/containers/json", {
      query: {
        all: flags.on("all"),
        limit: last > 0 ? last : undefined,
        size: size || needsSize(flags.text("format")),
        filters: filterQuery(flags.list("filter")),
      },
    });
    const listing = containerListing(flags.on("no-trunc"), size);
    const options = { format: flags.text("format"), quiet: flags.on("quiet") };
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
    methods: { Label: ({ Labels }, name) => Labels?.[name] ?? "" },
    columns: {
      ID: { heading: "CONTAINER ID", value: ({ Id }) => idText(Id, full) },
      Names: { heading: "NAMES", value: ({ Names }) => Names.map((name) => name.replace(/^\//, "")).join(",") },
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
