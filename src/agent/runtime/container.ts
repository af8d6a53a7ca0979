/** What the agent remembers of a container. */
import type { RuntimeSpec } from "../../shared/oci/runtime.js";
import type { Cgroup } from "../cgroups/cgroup.js";
import type { LaunchedProcess } from "./launch.js";

export type ContainerStatus = "created" | "running" | "paused" | "exited";

export interface Container {
  id: string;
  spec: RuntimeSpec;
  cgroup: Cgroup;
  status: ContainerStatus;
  init: LaunchedProcess;
  /** Processes added by exec, by their id. */
  execs: Map<string, LaunchedProcess>;
  /** Its small files; removed with it. */
  filesDirectory: string | undefined;
}

export function isAlive(status: ContainerStatus): boolean {
  return status === "running" || status === "paused";
}
