/** The cpuset controller of cgroup v2: lists such as `0-2,4`. */
import type { Resources } from "../oci/runtime.js";
import { SpecError } from "../oci/spec-error.js";
import type { ControllerFile } from "./controller-file.js";

const LIST = /^\d+(-\d+)?(,\d+(-\d+)?)*$/;

export function cpusetFiles({ cpu }: Resources): ControllerFile[] {
  const files: ControllerFile[] = [];
  if (cpu?.cpus) files.push(["cpuset.cpus", checked("cpus", cpu.cpus)]);
  if (cpu?.mems) files.push(["cpuset.mems", checked("mems", cpu.mems)]);
  return files;
}

function checked(member: string, list: string): string {
  if (!LIST.test(list)) throw new SpecError(`linux.resources.cpu.${member} ${list} is no list of numbers`);
  return list;
}
