import type { ContainerStats, ContainerSummary, CPUStatsJSON } from "../../engine/api/types.js";
import { shortID } from "../../shared/oci/digest.js";
import { bytesSize, humanSize } from "../../shared/units/size.js";
import { atLeast, type Call, type CommandSpec } from "../command-spec.js";
import { containerPath, documentsOf } from "../engine-client.js";
import { ApiError } from "../errors.js";
import { flagTable } from "../flag-table.js";
import { formatFlag } from "../flags.js";
import { type Listing, renderListing } from "../listing.js";

const REDRAW_MS = 500;
const HOME = "\x1b[H";
const CLEAR_LINE_END = " \x1b[K";
const CLEAR_BELOW = "\x1b[J";

/** `docker stats`: what containers use, once or again and again. */
export const stats: CommandSpec = {
  usage: "[OPTIONS] [CONTAINER...]",
  summary: "Display a live stream of container(s) resource usage statistics",
  aliases: ["container stats", "stats"],
  arity: atLeast(0),
  flags: [
    formatFlag(),
    ...flagTable(`
      -a, --all         Show all containers (default shows just running)
          --no-stream   Disable streaming stats and only pull the first result
          --no-trunc    Do not truncate output
    `),
  ],
  run: (call) => (call.flags.on("no-stream") ? showOnce(call) : showLive(call)),
};

interface Usage {
  /** As it was asked for. */
  container: string;
  name: string;
  id: string;
  stats?: ContainerStats;
}

async function targetsOf({ client, flags, words, signal }: Call): Promise<Usage[]> {
  if (words.length > 0) return words.map((word) => ({ container: word, name: "", id: "" }));
  const query = { all: flags.on("all") };
  const containers = await client.get<ContainerSummary[]>("/containers/json", { query, signal });
  return containers.map(({ Id, Names }) => ({ container: shortID(Id), name: Names[0]?.slice(1) ?? "", id: Id }));
}

async function showOnce(call: Call): Promise<number> {
  const { client, context, signal } = call;
  const targets = await targetsOf(call);
  const read = async (target: Usage) => {
    const path = containerPath(target.container, "stats");
    keep(target, await client.get<ContainerStats>(path, { query: { stream: "0" }, signal }));
  };
  await Promise.all(targets.map(read));
  await context.stdout.write(render(call, targets));
  return 0;
}

/** Containers that come and go meanwhile join and leave, unless they were named. */
async function showLive(call: Call): Promise<number> {
  const { context, words, signal } = call;
  const shown = new Map<string, Usage>();
  let failure: unknown;
  const follow = (target: Usage) => {
    const key = target.id || target.container;
    if (shown.has(key)) return;
    shown.set(key, target);
    followOne(call, target)
      .catch((error) => {
        if (words.length > 0) failure ??= error;
      })
      .finally(() => {
        if (words.length === 0) shown.delete(key);
      });
  };
  while (!signal.aborted) {
    if (words.length === 0 || shown.size === 0) for (const target of await targetsOf(call)) follow(target);
    await new Promise((resolve) => setTimeout(resolve, REDRAW_MS));
    if (failure instanceof ApiError) throw failure;
    const lines = render(call, [...shown.values()]).split("\n");
    const text = lines.map((line) => `${line}${CLEAR_LINE_END}`).join("\n");
    await context.stdout.write(`${HOME}${text}\n${CLEAR_BELOW}`);
  }
  return 0;
}

async function followOne({ client, signal }: Call, target: Usage): Promise<void> {
  const path = containerPath(target.container, "stats");
  const response = await client.send("GET", path, { query: { stream: "1" }, signal });
  for await (const document of documentsOf<ContainerStats>(response)) keep(target, document);
}

function keep(target: Usage, document: ContainerStats): void {
  target.stats = document;
  target.name = document.name.replace(/^\//, "");
  target.id = document.id;
}

function render({ flags }: Call, usages: readonly Usage[]): string {
  return renderListing(usageListing(flags.on("no-trunc")), usages, { format: flags.text("format") });
}

const UNKNOWN = "--";

export function usageListing(full: boolean): Listing<Usage> {
  const known = (text: (stats: ContainerStats) => string) => (usage: Usage) =>
    usage.stats ? text(usage.stats) : UNKNOWN;
  return {
    typeName: "*formatter.statsContext",
    table: ["ID", "Name", "CPUPerc", "MemUsage", "MemPerc", "NetIO", "BlockIO", "PIDs"],
    columns: {
      Container: { heading: "CONTAINER", value: ({ container }) => container },
      Name: { heading: "NAME", value: ({ name }) => name || UNKNOWN },
      ID: { heading: "CONTAINER ID", value: ({ id, container }) => (full ? id : shortID(id)) || container },
      CPUPerc: { heading: "CPU %", value: known((stats) => percent(cpuPercent(stats))) },
      MemUsage: {
        heading: "MEM USAGE / LIMIT",
        value: (usage) => {
          if (!usage.stats) return `${UNKNOWN} / ${UNKNOWN}`;
          return `${bytesSize(memoryUsed(usage.stats))} / ${bytesSize(usage.stats.memory_stats.limit ?? 0)}`;
        },
      },
      MemPerc: { heading: "MEM %", value: known((stats) => percent(memoryPercent(stats))) },
      NetIO: { heading: "NET I/O", value: known(networkText) },
      BlockIO: { heading: "BLOCK I/O", value: known(blockText) },
      PIDs: { heading: "PIDS", value: known(({ pids_stats }) => String(pids_stats.current ?? 0)) },
    },
  };
}

function percent(value: number): string {
  return `${value.toFixed(2)}%`;
}

/** Share of one CPU: 200 % is two whole CPUs. */
export function cpuPercent({ cpu_stats: now, precpu_stats: before }: ContainerStats): number {
  const used = now.cpu_usage.total_usage - (before.cpu_usage?.total_usage ?? 0);
  const available = (now.system_cpu_usage ?? 0) - (before.system_cpu_usage ?? 0);
  return used > 0 && available > 0 ? (used / available) * cpus(now) * 100 : 0;
}

function cpus({ online_cpus }: CPUStatsJSON): number {
  return online_cpus || 1;
}

/** Without the file cache that could be dropped at once. */
function memoryUsed({ memory_stats: { usage = 0, stats } }: ContainerStats): number {
  const inactive = stats?.inactive_file ?? 0;
  return inactive < usage ? usage - inactive : usage;
}

function memoryPercent(stats: ContainerStats): number {
  const limit = stats.memory_stats.limit ?? 0;
  return limit > 0 ? (memoryUsed(stats) / limit) * 100 : 0;
}

function networkText({ networks }: ContainerStats): string {
  const all = Object.values(networks ?? {});
  const received = all.reduce((sum, { rx_bytes }) => sum + rx_bytes, 0);
  const sent = all.reduce((sum, { tx_bytes }) => sum + tx_bytes, 0);
  return `${humanSize(received, 3)} / ${humanSize(sent, 3)}`;
}

function blockText({ blkio_stats }: ContainerStats): string {
  const sum = (operation: string) =>
    (blkio_stats.io_service_bytes_recursive ?? [])
      .filter(({ op }) => op.toLowerCase() === operation)
      .reduce((total, { value }) => total + value, 0);
  return `${humanSize(sum("read"), 3)} / ${humanSize(sum("write"), 3)}`;
}
