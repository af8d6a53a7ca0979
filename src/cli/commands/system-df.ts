import type { ContainerSummary, DiskUsage, ImageSummary } from "../../engine/api/types.js";
import { humanSize } from "../../shared/units/size.js";
import { type CommandSpec, none } from "../command-spec.js";
import { flagTable } from "../flag-table.js";
import { formatFlag } from "../flags.js";
import { type Listing, renderListing } from "../listing.js";
import { verboseText } from "./system-df-verbose.js";

/** `docker system df`: what images, containers, volumes and the build cache take. */
export const systemDf: CommandSpec = {
  usage: "[OPTIONS]",
  summary: "Show docker disk usage",
  arity: none,
  flags: [
    formatFlag(),
    ...flagTable(`
      -v, --verbose   Show detailed information on space usage
    `),
  ],
  async run({ client, context, flags }) {
    const usage = await client.get<DiskUsage>("/system/df");
    if (flags.on("verbose")) {
      await context.stdout.write(verboseText(usage, flags.text("format")));
      return 0;
    }
    const rows = [imagesRow(usage), containersRow(usage), volumesRow(usage), cacheRow(usage)];
    await context.stdout.write(renderListing(diskListing, rows, { format: flags.text("format") }));
    return 0;
  },
};

interface DiskRow {
  type: string;
  total: number;
  active: number;
  bytes: number;
  reclaimable: number;
  /** The build cache has no share shown. */
  noShare?: boolean;
}

const diskListing: Listing<DiskRow> = {
  typeName: "*formatter.diskUsageContext",
  table: ["Type", "TotalCount", "Active", "Size", "Reclaimable"],
  columns: {
    Type: { heading: "TYPE", value: ({ type }) => type },
    TotalCount: { heading: "TOTAL", value: ({ total }) => String(total) },
    Active: { heading: "ACTIVE", value: ({ active }) => String(active) },
    Size: { heading: "SIZE", value: ({ bytes }) => humanSize(bytes) },
    Reclaimable: {
      heading: "RECLAIMABLE",
      value: ({ reclaimable, bytes, noShare }) => {
        const share = bytes > 0 && !noShare ? ` (${Math.trunc((reclaimable * 100) / bytes)}%)` : "";
        return `${humanSize(reclaimable)}${share}`;
      },
    },
  },
};

function imagesRow({ Images, LayersSize }: DiskUsage): DiskRow {
  const used = (Images ?? []).filter(({ Containers }) => Containers > 0);
  const own = ({ Size, SharedSize }: ImageSummary) => (SharedSize < 0 ? 0 : Size - SharedSize);
  const kept = used.reduce((sum, image) => sum + own(image), 0);
  return row("Images", Images?.length ?? 0, used.length, LayersSize, LayersSize - kept);
}

function containersRow({ Containers }: DiskUsage): DiskRow {
  const all = Containers ?? [];
  const isActive = ({ State }: ContainerSummary) => ["running", "paused", "restarting"].includes(State);
  const bytes = (containers: ContainerSummary[]) => containers.reduce((sum, { SizeRw = 0 }) => sum + SizeRw, 0);
  const active = all.filter(isActive);
  return row("Containers", all.length, active.length, bytes(all), bytes(all) - bytes(active));
}

/** A volume is active when a container mounts it. */
function volumesRow({ Volumes, Containers }: DiskUsage): DiskRow {
  const all = Volumes ?? [];
  const mounted = new Set((Containers ?? []).flatMap(({ Mounts }) => (Mounts ?? []).map(({ Name }) => Name)));
  const bytes = (volumes: typeof all) =>
    volumes.reduce((sum, { UsageData }) => sum + Math.max(UsageData?.Size ?? 0, 0), 0);
  const active = all.filter(({ Name }) => mounted.has(Name));
  return row("Local Volumes", all.length, active.length, bytes(all), bytes(all) - bytes(active));
}

function cacheRow({ BuildCache }: DiskUsage): DiskRow {
  const all = BuildCache ?? [];
  const bytes = (entries: typeof all) => entries.reduce((sum, { Size, Shared }) => sum + (Shared ? 0 : Size), 0);
  const active = all.filter(({ InUse }) => InUse);
  return { ...row("Build Cache", all.length, active.length, bytes(all), bytes(all) - bytes(active)), noShare: true };
}

function row(type: string, total: number, active: number, bytes: number, reclaimable: number): DiskRow {
  return { type, total, active, bytes, reclaimable };
}
