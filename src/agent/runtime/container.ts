/** What the agent remembers of a container. */
import type { ContainerState, Holdings } from "../../protocol/commands.js";
import type { Cgroup } from "../cgroups/cgroup.js";
import type { BornProcess } from "./born-process.js";
import type { LinkMessage } from "./link.js";
import type { Owned } from "./owned.js";

export type ContainerStatus = ContainerState["status"];

export interface Container {
  id: string;
  status: ContainerStatus;
  init: BornProcess;
  cgroup: Cgroup;
  holds: Holdings;
  owned: Owned;
  /** Of that, what is given back as soon as it has ended: another may be given its addresses and ports from then on. */
  network: Owned;
  exitCode: number | undefined;
  /** Once it was told to start: resolves when it has, null, or to what it says of why not. */
  starting: Promise<LinkMessage | null> | undefined;
  /** Processes added by exec, by their id. */
  execs: Map<string, BornProcess>;
  /** Ids of those that are being made. */
  claimedExecs: Set<string>;
}

export function isAlive(status: ContainerStatus): boolean {
  return status === "running" || status === "paused";
}

export function stateOf({ id, status, init, exitCode, execs }: Container): ContainerState {
  const state: ContainerState = { id, status, pid: status === "exited" ? 0 : init.pid, execs: [...execs.keys()] };
  if (exitCode !== undefined) state.exitCode = exitCode;
  return state;
}
