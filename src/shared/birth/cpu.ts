/** The cpu controller of cgroup v2. */
import type { Resources } from "../oci/runtime.js";
import { SpecError } from "../oci/spec-error.js";
import type { ControllerFile } from "./controller-file.js";

const DEFAULT_PERIOD_MICROS = 100_000;

export function cpuFiles({ cpu }: Resources): ControllerFile[] {
  if (!cpu) return [];
  const files: ControllerFile[] = [];
  if (cpu.shares) files.push(["cpu.weight", String(weightOf(cpu.shares))]);
  if (cpu.quota || cpu.period) {
    const quota = cpu.quota && cpu.quota > 0 ? String(cpu.quota) : "max";
    files.push(["cpu.max", `${quota} ${cpu.period || DEFAULT_PERIOD_MICROS}`]);
  }
  return files;
}

/** cgroup v1 shares (2 to 262144) to v2 weight (1 to 10000), as runc and crun do. */
export function weightOf(shares: number): number {
  if (!Number.isInteger(shares) || shares < 0) throw new SpecError(`cpu.shares ${shares} is no count`);
  const bounded = Math.min(Math.max(shares, 2), 262_144);
  return 1 + Math.floor(((bounded - 2) * 9999) / 262_142);
}
