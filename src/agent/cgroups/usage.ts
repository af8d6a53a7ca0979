/** What a container uses now, read from its cgroup's files. */
import type { ContainerUsage } from "../../protocol/commands.js";
import type { Cgroup } from "./cgroup.js";
import { counter, readText } from "./flat-keyed.js";

export function readUsage(id: string, cgroup: Cgroup): ContainerUsage {
  const { system, directory } = cgroup;
  const read = (name: string) => readText(system, `${directory}/${name}`);
  const cpu = read("cpu.stat");
  return {
    id,
    memoryBytes: Number.parseInt(read("memory.current"), 10) || 0,
    memoryLimitBytes: limit(read("memory.max")),
    memorySwapBytes: Number.parseInt(read("memory.swap.current"), 10) || 0,
    inactiveFileBytes: counter(read("memory.stat"), "inactive_file"),
    cpuMicros: counter(cpu, "usage_usec"),
    cpuUserMicros: counter(cpu, "user_usec"),
    cpuSystemMicros: counter(cpu, "system_usec"),
    throttledMicros: counter(cpu, "throttled_usec"),
    pids: Number.parseInt(read("pids.current"), 10) || 0,
    pidsLimit: limit(read("pids.max")),
    oomKills: cgroup.oomKills(),
    atMicros: system.monotonicMicros(),
  };
}

function limit(text: string): number | null {
  const value = Number.parseInt(text, 10);
  return Number.isNaN(value) ? null : value;
}
