/**
 * A container's status, and what may be done in each. `dead`: removal failed half way; it can only be removed again.
 */
export type ContainerStatus = "created" | "running" | "paused" | "exited" | "dead";

export const isRunning = (status: ContainerStatus) => status === "running" || status === "paused";
export const canStart = (status: ContainerStatus) => status === "created" || status === "exited";
export const canExec = (status: ContainerStatus) => status === "running";
export const canPause = (status: ContainerStatus) => status === "running";
export const canUnpause = (status: ContainerStatus) => status === "paused";
export const canRemove = (status: ContainerStatus) => !isRunning(status);

export interface ContainerState {
  status: ContainerStatus;
  /** In the guest; 0 when not running. */
  pid: number;
  exitCode: number;
  oomKilled: boolean;
  /** Why the last start failed. */
  error: string;
  startedAt?: number;
  finishedAt?: number;
}

export interface Health {
  status: "starting" | "healthy" | "unhealthy";
  failingStreak: number;
  /** The last results, oldest first. */
  log: readonly HealthResult[];
}

export interface HealthResult {
  /** Milliseconds since 1970. */
  startedAt: number;
  endedAt: number;
  /** -1 where it was given up, or could not be executed. */
  exitCode: number;
  output: string;
}

export const initialState = (): ContainerState => ({
  status: "created",
  pid: 0,
  exitCode: 0,
  oomKilled: false,
  error: "",
});
