/**
 * The parts of the guest and what each may have at most, so that none takes the others' place: the agent is in one of
 * its own, and answers whatever the others do.
 */
import { CGROUP_ROOT } from "../../shared/birth/cgroup-calls.js";

/** Where the agent is. */
export const AGENT_CGROUP = `${CGROUP_ROOT}/init`;
/** The shell on the terminal, and other processes outside containers. */
export const SHELL_CGROUP = `${CGROUP_ROOT}/shell`;

export interface Part {
  name: "containers" | "builds" | "shell";
  cgroup: string;
  /** Processes and threads. A thousand idle shells take a quarter of the guest's memory. */
  processes: number;
}

export const PARTS: readonly Part[] = [
  { name: "containers", cgroup: `${CGROUP_ROOT}/docker`, processes: 1000 },
  { name: "builds", cgroup: `${CGROUP_ROOT}/buildkit`, processes: 1000 },
  { name: "shell", cgroup: SHELL_CGROUP, processes: 500 },
];
