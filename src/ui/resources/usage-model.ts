/** What a container uses, from successive answers of GET /containers/{id}/stats. */
import type { ContainerStats } from "../../session/client.js";

export interface UsageSample {
  /** Milliseconds since 1970. */
  at: number;
  /** `memory.current` less the reclaimable file cache: MEM USAGE of `docker stats`. */
  memoryBytes: number;
  /** Percent of one CPU since the sample before. */
  cpuPercent: number;
  pids: number;
}

export interface ContainerUsage {
  id: string;
  name: string;
  image: string;
  state: "running" | "paused" | "ended";
  exitCode?: number;
  oomKilled?: boolean;
  /** Null: no limit of its own. */
  memoryLimitBytes: number | null;
  cpuLimitPercent: number | null;
  pidsLimit: number | null;
  /** Oldest first. */
  samples: UsageSample[];
  /** CPU time of the last answer, in nanoseconds, and when it was read. */
  lastCPU?: { usedNanos: number; at: number };
}

export interface Limits {
  /** As HostConfig has them: 0 or absent is no limit. */
  memory?: number;
  nanoCpus?: number;
  cpuQuota?: number;
  cpuPeriod?: number;
  pids?: number | null;
}

/** One a second: the last minute. */
export const SAMPLES_KEPT = 60;

export function newUsage(id: string, name: string, image: string, limits: Limits): ContainerUsage {
  return {
    id,
    name,
    image,
    state: "running",
    memoryLimitBytes: limits.memory || null,
    cpuLimitPercent: cpuLimit(limits),
    pidsLimit: limits.pids && limits.pids > 0 ? limits.pids : null,
    samples: [],
  };
}

function cpuLimit({ nanoCpus, cpuQuota, cpuPeriod }: Limits): number | null {
  if (nanoCpus) return nanoCpus / 1e7;
  return cpuQuota && cpuQuota > 0 ? (100 * cpuQuota) / (cpuPeriod || 100_000) : null;
}

/** `usage` with one more sample. A container that has ended answers without memory figures and is left as it was. */
export function addSample(usage: ContainerUsage, stats: ContainerStats): ContainerUsage {
  const { memory_stats: memory, cpu_stats: cpu, pids_stats: pids } = stats;
  if (memory.usage === undefined) return usage;
  const at = Date.parse(stats.read);
  const usedNanos = cpu.cpu_usage.total_usage;
  const sample: UsageSample = {
    at,
    memoryBytes: Math.max(memory.usage - (memory.stats?.inactive_file ?? 0), 0),
    cpuPercent: cpuPercent(usage.lastCPU, { usedNanos, at }),
    pids: pids.current ?? 0,
  };
  const samples = [...usage.samples, sample].slice(-SAMPLES_KEPT);
  return { ...usage, samples, lastCPU: { usedNanos, at } };
}

function cpuPercent(before: ContainerUsage["lastCPU"], now: NonNullable<ContainerUsage["lastCPU"]>): number {
  if (!before || now.at <= before.at) return 0;
  const wallNanos = (now.at - before.at) * 1e6;
  return Math.max((100 * (now.usedNanos - before.usedNanos)) / wallNanos, 0);
}

/** Top of a chart's scale: the limit with some air above it when it is near, else a round number over the peak. */
export function chartTop(values: readonly number[], limit: number | null, least: number): number {
  const peak = Math.max(least, ...values);
  if (limit !== null && peak > limit / 4) return Math.max(limit, peak) * 1.15;
  const magnitude = 10 ** Math.floor(Math.log10(peak));
  const steps = [1, 2, 5, 10].map((step) => step * magnitude);
  return (steps.find((step) => step >= peak * 1.1) ?? peak) as number;
}

/** Points of an SVG polyline in a box of `width` by `height`; the newest sample is at the right edge, alone a dash. */
export function chartPoints(values: readonly number[], top: number, width: number, height: number): string {
  const stride = width / (SAMPLES_KEPT - 1);
  const drawn = values.length === 1 ? [...values, ...values] : values;
  return drawn
    .map((value, index) => {
      const x = width - (drawn.length - 1 - index) * stride;
      const y = height - (Math.min(value, top) / top) * height;
      return `${round(x)},${round(y)}`;
    })
    .join(" ");
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
