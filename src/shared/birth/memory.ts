/** The memory controller of cgroup v2, swap included. */
import type { Resources } from "../oci/runtime.js";
import { SpecError } from "../oci/spec-error.js";
import type { ControllerFile } from "./controller-file.js";

/** The specification's `swap` is memory and swap together; v2's memory.swap.max is swap alone. */
export function memoryFiles({ memory }: Resources): ControllerFile[] {
  if (!memory) return [];
  const files: ControllerFile[] = [];
  const { limit = 0, swap = 0, reservation = 0 } = memory;
  if (limit !== 0) files.push(["memory.max", limitText(limit)]);
  if (swap !== 0) files.push(["memory.swap.max", swapText(limit, swap)]);
  if (reservation > 0) files.push(["memory.low", String(reservation)]);
  return files;
}

function swapText(limit: number, swap: number): string {
  if (swap < 0) return "max";
  if (limit <= 0) throw new SpecError(`memory.swap ${swap} needs a memory limit`);
  if (swap < limit) throw new SpecError(`memory.swap ${swap} is less than the memory limit ${limit}`);
  return String(swap - limit);
}

function limitText(limit: number): string {
  return limit < 0 ? "max" : String(limit);
}
