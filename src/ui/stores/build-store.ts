/** The Build button's build: one at a time. */
import type { Session } from "../../session/client.js";
import { Store } from "./store.js";

export type BuildState =
  | { phase: "idle" }
  /** For the machine, which is on its way. */
  | { phase: "waiting" }
  | { phase: "running"; startedAt: number; step?: BuildStep; output: string }
  | { phase: "done" | "failed" | "cancelled"; durationMs: number; output: string; steps: StepCount };

export interface BuildStep {
  number: number;
  total: number;
  title: string;
}

export interface StepCount {
  total: number;
  cached: number;
}

/** Output kept for the log; a build that prints more loses its beginning. */
const OUTPUT_KEPT = 200_000;

export function isUnderWay({ phase }: BuildState): boolean {
  return phase === "waiting" || phase === "running";
}

export class BuildStore extends Store<BuildState> {
  readonly #session: Session;
  #abort: AbortController | undefined;
  readonly #instructions = new Set<string>();
  #counted: StepCount = { total: 0, cached: 0 };

  constructor(session: Session) {
    super({ phase: "idle" });
    this.#session = session;
    session.onTrace((event) => {
      if (this.value.phase !== "running") return;
      if (event.type === "span-start" && event.step) {
        this.#instructions.add(event.span);
        this.#progress({ number: event.step.number, total: event.step.total, title: event.title });
      } else if (event.type === "span-end" && this.#instructions.delete(event.span)) {
        this.#counted.total++;
        if (event.outcome === "cached") this.#counted.cached++;
      }
    });
  }

  #progress(step: BuildStep): void {
    this.update((now) => (now.phase === "running" ? { ...now, step } : now));
  }

  /** `docker build -t <tag> .` in `cwd`, as soon as the machine runs. Does nothing while another is under way. */
  async build(tag: string, cwd: string): Promise<void> {
    if (isUnderWay(this.value)) return;
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    this.set({ phase: "waiting" });
    if (!(await this.#machineRuns(signal))) return this.set({ phase: "idle" });
    const startedAt = performance.now();
    this.#instructions.clear();
    this.#counted = { total: 0, cached: 0 };
    this.set({ phase: "running", startedAt, output: "" });
    const phase = await this.#run(["build", "-t", tag, "."], cwd, signal);
    const output = this.#output();
    this.set({ phase, durationMs: performance.now() - startedAt, output, steps: this.#counted });
  }

  /** Waits for it. @returns false when it did not start, which is said elsewhere, or is no longer wanted. */
  #machineRuns(signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      signal.addEventListener("abort", () => resolve(false), { once: true });
      this.#session.ready.then(
        () => resolve(true),
        () => resolve(false),
      );
    });
  }

  async #run(argv: string[], cwd: string, signal: AbortSignal): Promise<"done" | "failed" | "cancelled"> {
    try {
      const status = await this.#session.docker(argv, { cwd, signal, onOutput: (text) => this.#append(text) });
      if (signal.aborted) return "cancelled";
      return status === 0 ? "done" : "failed";
    } catch (error) {
      this.#append(`${error instanceof Error ? error.message : String(error)}\n`);
      return signal.aborted ? "cancelled" : "failed";
    }
  }

  #append(text: string): void {
    this.update((now) => (now.phase === "running" ? { ...now, output: (now.output + text).slice(-OUTPUT_KEPT) } : now));
  }

  #output(): string {
    return "output" in this.value ? this.value.output : "";
  }

  cancel(): void {
    this.#abort?.abort();
  }
}
