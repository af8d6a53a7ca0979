/** The pids controller of cgroup v2. */
import type { Resources } from "../oci/runtime.js";
import type { ControllerFile } from "./controller-file.js";

/** 0 leaves the limit as it is, below 0 takes it away. */
export function pidsFiles({ pids }: Resources): ControllerFile[] {
  if (!pids?.limit) return [];
  return [["pids.max", pids.limit < 0 ? "max" : String(pids.limit)]];
}
