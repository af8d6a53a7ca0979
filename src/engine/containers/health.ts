/**
 * Health checks: a container's own command, executed in it again and again while it runs. When it counts as healthy or
 * not is moby's rule (daemon/health.go).
 */
import type { Disposable } from "../../shared/disposable.js";
import { formatGoDuration } from "../../shared/units/go-duration.js";
import type { HealthcheckJSON } from "../api/types.js";
import { chunksOf } from "../chunks-of.js";
import type { EngineEvent } from "../events/event-log.js";
import type { Container } from "./container.js";
import { tellAction } from "./container-events.js";
import type { ContainerStore } from "./container-store.js";
import type { Exec, Execs } from "./execs.js";
import type { OutputChunk } from "./output-hub.js";
import type { Runtime } from "./runtime.js";
import type { HealthResult } from "./status.js";

const RESULTS_KEPT = 5;
const OUTPUT_BYTES = 4096;
const SECOND = 1e9;

/** Nanoseconds, for what is 0 or not given. */
const DEFAULTS = { Interval: 30 * SECOND, Timeout: 30 * SECOND, StartInterval: 5 * SECOND, Retries: 3 };

type Settled = Required<HealthcheckJSON>;

/** Watches the containers of `store` as they start, pause and end. */
export class HealthChecks implements Disposable {
  readonly #runtime: Runtime;
  readonly #store: Pick<ContainerStore, "find">;
  readonly #execs: Execs;
  readonly #running = new Map<Container, AbortController>();
  readonly #subscription: Disposable;

  constructor(runtime: Runtime, store: Pick<ContainerStore, "find">, execs: Execs) {
    this.#runtime = runtime;
    this.#store = store;
    this.#execs = execs;
    this.#subscription = runtime.events.onEvent((event) => this.#follow(event));
  }

  dispose(): void {
    this.#subscription.dispose();
    for (const abort of this.#running.values()) abort.abort();
    this.#running.clear();
  }

  #follow({ kind, action, id }: EngineEvent): void {
    if (kind !== "container") return;
    const container = this.#store.find(id);
    const check = container && settled(container.config.Healthcheck);
    if (!check) return;
    if (action === "start") {
      container.health = { status: "starting", failingStreak: 0, log: container.health?.log ?? [] };
      this.#begin(container, check);
    } else if (action === "unpause") this.#begin(container, check);
    else if (action === "pause" || action === "die") this.#end(container);
  }

  #begin(container: Container, check: Settled): void {
    const abort = new AbortController();
    this.#running.set(container, abort);
    void this.#watch(container, check, abort.signal);
  }

  /** What is not looked after counts as unhealthy, as moby has it. */
  #end(container: Container): void {
    this.#running.get(container)?.abort();
    this.#running.delete(container);
    container.health!.status = "unhealthy";
  }

  async #watch(container: Container, check: Settled, signal: AbortSignal): Promise<void> {
    const { clock } = this.#runtime;
    for (;;) {
      const isEarly = container.health!.status === "starting" && sinceStart(container, clock.now()) < check.StartPeriod;
      await clock.sleep((isEarly ? check.StartInterval : check.Interval) / 1e6, signal);
      if (signal.aborted) return;
      const startedAt = clock.now();
      const outcome = await this.#probe(container, check, signal);
      if (signal.aborted) return;
      this.#judge(container, check, { startedAt, endedAt: clock.now(), ...outcome });
    }
  }

  async #probe(container: Container, check: Settled, signal: AbortSignal) {
    const done = new AbortController();
    try {
      const exec = this.#execs.create(container, {
        Cmd: commandOf(check.Test, container.config.Shell),
        AttachStdout: true,
        AttachStderr: true,
      });
      const output = textOf(exec.io.output());
      await this.#execs.start(exec, { attached: true });
      const timeout = this.#runtime.clock.sleep(check.Timeout / 1e6, AbortSignal.any([signal, done.signal]));
      const text = await Promise.race([output, timeout.then(() => undefined)]);
      return text === undefined ? this.#giveUp(exec, check) : { exitCode: exec.exitCode ?? -1, output: text };
    } catch (error) {
      return { exitCode: -1, output: error instanceof Error ? error.message : String(error) };
    } finally {
      done.abort();
    }
  }

  async #giveUp(exec: Exec, { Timeout }: Settled) {
    await this.#execs.kill(exec);
    return { exitCode: -1, output: `Health check exceeded timeout (${formatGoDuration(Timeout)})` };
  }

  #judge(container: Container, check: Settled, result: HealthResult): void {
    const health = container.health!;
    const before = health.status;
    health.log = [...health.log, result].slice(-RESULTS_KEPT);
    if (result.exitCode === 0) Object.assign(health, { status: "healthy", failingStreak: 0 });
    else if (before !== "starting" || sinceStart(container, result.startedAt) >= check.StartPeriod) {
      health.failingStreak++;
      if (health.failingStreak >= check.Retries) health.status = "unhealthy";
    }
    if (health.status !== before) tellAction(this.#runtime, container, `health_status: ${health.status}`);
  }
}

/** Nanoseconds. */
function sinceStart({ state: { startedAt = 0 } }: Container, now: number): number {
  return (now - startedAt) * 1e6;
}

/** Undefined where there is nothing to check. */
function settled(check: HealthcheckJSON | null | undefined): Settled | undefined {
  const { Test = [], StartPeriod = 0 } = check ?? {};
  if (Test.length === 0 || Test[0] === "NONE") return undefined;
  return {
    Test,
    StartPeriod,
    Interval: check?.Interval || DEFAULTS.Interval,
    Timeout: check?.Timeout || DEFAULTS.Timeout,
    StartInterval: check?.StartInterval || DEFAULTS.StartInterval,
    Retries: check?.Retries || DEFAULTS.Retries,
  };
}

function commandOf([kind, ...words]: readonly string[], shell: readonly string[] | null | undefined): string[] {
  return kind === "CMD-SHELL" ? [...(shell ?? ["/bin/sh", "-c"]), ...words] : words;
}

async function textOf(output: ReadableStream<OutputChunk>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const { bytes } of chunksOf(output))
    if (text.length < OUTPUT_BYTES) text += decoder.decode(bytes, { stream: true });
  return text.length > OUTPUT_BYTES ? `${text.slice(0, OUTPUT_BYTES)}...` : text;
}
