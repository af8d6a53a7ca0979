/** The io controller of cgroup v2. The specification counts weights as cgroup v1 did, from 10 to 1000. */
import type { Resources } from "../oci/runtime.js";
import type { ControllerFile } from "./controller-file.js";

const throttles = [
  ["throttleReadBpsDevice", "rbps"],
  ["throttleWriteBpsDevice", "wbps"],
  ["throttleReadIOPSDevice", "riops"],
  ["throttleWriteIOPSDevice", "wiops"],
] as const;

export function ioFiles({ blockIO }: Resources): ControllerFile[] {
  if (!blockIO) return [];
  const files: ControllerFile[] = [];
  if (blockIO.weight) files.push(["io.weight", String(weightOf(blockIO.weight))]);
  for (const [member, key] of throttles)
    for (const { major, minor, rate } of blockIO[member] ?? [])
      files.push(["io.max", `${major}:${minor} ${key}=${rate}`]);
  return files;
}

/** 10 to 1000 becomes 1 to 10000, as runc converts it. */
function weightOf(weight: number): number {
  return 1 + Math.floor(((weight - 10) * 9999) / 990);
}
