/** What a session holds, on both sides, once all caches are dropped. */
import type { Headless } from "../headless.js";
import type { TimedShell } from "./timed-shell.js";

/** Figures by name; the unit is in the name, counts have none. */
export type Sample = Record<string, number>;

/** Figures that must be at the end what they were at the start. */
export const NOTHING_LEFT = ["streams", "cgroups", "mounts", "snapshots"];

const DROP_CACHES = "sync; echo 3 > /proc/sys/vm/drop_caches";
/** The shell's parent is the agent. */
const COUNT = [
  "ls /proc/$PPID/fd | wc -l",
  "find /sys/fs/cgroup -type d | wc -l",
  "wc -l < /proc/mounts",
  "ls /var/lib/drydock/snapshots | wc -l",
].join("; ");

export async function takeSample({ machine }: Headless, shell: TimedShell): Promise<Sample> {
  await shell.run(DROP_CACHES);
  (globalThis as { gc?: () => void }).gc?.();
  const { output } = await shell.run(COUNT);
  const [descriptors, cgroups, mounts, snapshots] = output.trim().split(/\s+/).map(Number);
  const memory = await machine.agent.call("machine.memory", {});
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  const { diskBytes, fids, streams } = machine.figures();
  return {
    "guest used MB": (memory.totalBytes - memory.freeBytes) / 1e6,
    "guest slab MB": memory.slabBytes / 1e6,
    "page heap MB": heapUsed / 1e6,
    "page buffers MB": arrayBuffers / 1e6,
    "disk MB": diskBytes / 1e6,
    fids,
    streams,
    "agent's descriptors": descriptors!,
    cgroups: cgroups!,
    mounts: mounts!,
    snapshots: snapshots!,
  };
}
