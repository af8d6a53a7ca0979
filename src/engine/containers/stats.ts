/** `docker stats`: one container's use of the machine, in Docker's shape. */
import type { ContainerUsage } from "../../protocol/commands.js";
import type { ContainerStats, CPUStatsJSON } from "../api/types.js";
import { rfc3339, ZERO_TIME } from "../clock.js";
import type { Container } from "./container.js";
import { CPU_COUNT } from "./resources.js";
import type { Runtime } from "./runtime.js";
import { isRunning } from "./status.js";

const INTERVAL_MS = 1000;

export class Stats {
  readonly #runtime: Runtime;
  #totalMemory: Promise<number> | undefined;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  /** One document. Without `oneShot` a second passes first, so that it tells the CPU's use too. */
  async read(container: Container, { oneShot }: { oneShot: boolean }): Promise<ContainerStats> {
    const first = await this.#sample(container);
    if (oneShot || !first) return this.#document(container, first, undefined);
    await this.#runtime.clock.sleep(INTERVAL_MS);
    return this.#document(container, await this.#sample(container), first);
  }

  /** A document every second, until `signal` aborts or the container is removed. */
  async *stream(container: Container, signal: AbortSignal): AsyncGenerator<ContainerStats, void, undefined> {
    let previous: Sample | undefined;
    while (!signal.aborted && !container.removed) {
      const sample = await this.#sample(container);
      yield await this.#document(container, sample, previous);
      previous = sample;
      await this.#runtime.clock.sleep(INTERVAL_MS, signal);
    }
  }

  async totalMemory(): Promise<number> {
    this.#totalMemory ??= this.#runtime.machine.agent.call("machine.memory", {}).then(({ totalBytes }) => totalBytes);
    return this.#totalMemory;
  }

  async #sample(container: Container): Promise<Sample | undefined> {
    if (!isRunning(container.state.status)) return undefined;
    const { usages } = await this.#runtime.machine.agent.call("container.usage", { ids: [container.sandbox.id] });
    const usage = usages.find(({ id }) => id === container.sandbox.id);
    return usage && { usage, at: this.#runtime.clock.now() };
  }

  async #document(
    container: Container,
    sample: Sample | undefined,
    previous: Sample | undefined,
  ): Promise<ContainerStats> {
    const usage = sample?.usage;
    return {
      name: `/${container.name}`,
      id: container.id,
      read: sample ? rfc3339(sample.at) : ZERO_TIME,
      preread: previous ? rfc3339(previous.at) : ZERO_TIME,
      pids_stats: usage ? { current: usage.pids, ...(usage.pidsLimit !== null && { limit: usage.pidsLimit }) } : {},
      blkio_stats: { io_service_bytes_recursive: null },
      num_procs: 0,
      storage_stats: {},
      cpu_stats: cpuStats(usage),
      precpu_stats: cpuStats(previous?.usage),
      memory_stats: usage ? memoryStats(usage, await this.totalMemory()) : {},
    };
  }
}

interface Sample {
  usage: ContainerUsage;
  at: number;
}

function memoryStats(usage: ContainerUsage, totalBytes: number): ContainerStats["memory_stats"] {
  const limit = Math.min(usage.memoryLimitBytes ?? totalBytes, totalBytes);
  return { usage: usage.memoryBytes, limit, stats: { inactive_file: usage.inactiveFileBytes } };
}

function cpuStats(usage: ContainerUsage | undefined): CPUStatsJSON {
  const cpu = {
    total_usage: (usage?.cpuMicros ?? 0) * 1000,
    usage_in_kernelmode: (usage?.cpuSystemMicros ?? 0) * 1000,
    usage_in_usermode: (usage?.cpuUserMicros ?? 0) * 1000,
  };
  const throttling = { periods: 0, throttled_periods: 0, throttled_time: (usage?.throttledMicros ?? 0) * 1000 };
  if (!usage) return { cpu_usage: cpu, throttling_data: throttling };
  // All that the machine's CPUs had to give since it started.
  const system = usage.atMicros * 1000 * CPU_COUNT;
  return { cpu_usage: cpu, system_cpu_usage: system, online_cpus: CPU_COUNT, throttling_data: throttling };
}
