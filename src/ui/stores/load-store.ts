/** How far the session has got, and how the machine is. */
import {
  type LoadProgress,
  type MachineHealth,
  type Session,
  type SessionStartCode,
  SessionStartError,
} from "../../session/client.js";
import { Store } from "./store.js";

export interface LoadStep {
  step: LoadProgress["step"];
  label: string;
  state: "pending" | "active" | "done";
  loadedBytes?: number;
  totalBytes?: number;
  /** By performance.now(), when it became active. */
  startedAt?: number;
}

export type LoadState =
  | { phase: "loading"; steps: LoadStep[] }
  | { phase: "ready" }
  | { phase: "failed"; code: SessionStartCode; message: string }
  | { phase: "down"; health: Exclude<MachineHealth, { state: "running" }> };

/** What every start goes through, so that the list has its size from the beginning. */
const STEPS: { step: LoadProgress["step"]; label: string }[] = [
  { step: "state", label: "Fetch the machine" },
  { step: "restore", label: "Restore its memory" },
  { step: "images", label: "Open the engine" },
];

export function loadStore(session: Session): Store<LoadState> {
  const store = new Store<LoadState>({ phase: "loading", steps: STEPS.map((step) => ({ ...step, state: "pending" })) });
  session.onProgress((progress) =>
    store.update((now) => (now.phase === "loading" ? { phase: "loading", steps: advance(now.steps, progress) } : now)),
  );
  session.onHealth((health) => {
    if (health.state !== "running") store.set({ phase: "down", health });
    else if (store.value.phase === "down") store.set({ phase: "ready" });
  });
  session.ready.then(
    () => store.update((now) => (now.phase === "loading" ? { phase: "ready" } : now)),
    (error: unknown) => store.set(failure(error)),
  );
  return store;
}

function failure(error: unknown): LoadState {
  const code = error instanceof SessionStartError ? error.code : "machine-failed";
  return { phase: "failed", code, message: error instanceof Error ? error.message : String(error) };
}

/** Steps before the one that progresses are done; steps after it are still to come. */
export function advance(
  steps: readonly LoadStep[],
  { step, loadedBytes, totalBytes }: LoadProgress,
  now = performance.now(),
): LoadStep[] {
  const current = steps.findIndex((one) => one.step === step);
  if (current < 0) return step === "ready" ? steps.map((one) => ({ ...one, state: "done" })) : [...steps];
  return steps.map((one, index) => {
    if (index < current) return { ...one, state: "done" };
    if (index > current) return { ...one, state: "pending" };
    const complete = totalBytes !== undefined && loadedBytes === totalBytes;
    return { ...one, state: complete ? "done" : "active", loadedBytes, totalBytes, startedAt: one.startedAt ?? now };
  });
}

/** Share of the bytes that have come, from 0 to 1; null where bytes are not counted. */
export function fractionOf({ loadedBytes, totalBytes }: LoadStep): number | null {
  return loadedBytes === undefined || !totalBytes ? null : loadedBytes / totalBytes;
}

/** Before this, a pace says nothing. */
const PACE_MS = 1000;

/** What is left at the pace so far; undefined while there is nothing to go by. Grows while nothing comes. */
export function msLeft({ state, loadedBytes, totalBytes, startedAt }: LoadStep, now = performance.now()) {
  if (state !== "active" || !loadedBytes || !totalBytes || startedAt === undefined) return undefined;
  const elapsedMs = now - startedAt;
  return elapsedMs < PACE_MS ? undefined : (elapsedMs * (totalBytes - loadedBytes)) / loadedBytes;
}
