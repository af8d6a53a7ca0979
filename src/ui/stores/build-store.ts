/** The Build button's build: one at a time. */
import type { Session } from "../../session/client.js";
import { Store } from "./store.js";

export type BuildState =
  | { phase: "idle" }
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

  /** `docker build -t <tag> .` in `cwd`. Does nothing while a build runs. */
  async build(tag: string, cwd: string): Promise<void> {
    if (this.value.phase === "running") return;
    const startedAt = performance.now();
    const abort = new AbortController();
    this.#abort = abort;
    this.#instructions.clear();
    this.#counted = { total: 0, cached: 0 };
    this.set({ phase: "running", startedAt, output: "" });
    const phase = await this.#run(["build", "-t", tag, "."], cwd, abort.signal);
    const output = this.#output();
    this.set({ phase, durationMs: performance.now() - startedAt, output, steps: this.#counted });
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
