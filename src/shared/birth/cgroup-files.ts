/** What is written to a cgroup's files for the limits of a spec. */
import type { Resources } from "../oci/runtime.js";
import type { ControllerFile } from "./controller-file.js";
import { cpuFiles } from "./cpu.js";
import { cpusetFiles } from "./cpuset.js";
import { ioFiles } from "./io.js";
import { memoryFiles } from "./memory.js";
import { pidsFiles } from "./pids.js";
import { unifiedFiles } from "./unified.js";

/** In the order in which they are written; what `unified` names comes last and so has the last word. */
export function cgroupFiles(resources: Resources): ControllerFile[] {
  return [memoryFiles, cpuFiles, cpusetFiles, pidsFiles, ioFiles, unifiedFiles].flatMap((files) => files(resources));
}
