/**
 * Containers and what one may do with them. Every change of status is made here; the words of refusals are Docker's.
 */
import { CommandError } from "../../protocol/peer.js";
import type { ContainerCreateRequest } from "../api/types.js";
import { EngineError } from "../engine-error.js";
import { startSpan } from "../trace/span.js";
import type { Container } from "./container.js";
import { tellContainer } from "./container-events.js";
import { ContainerRuns } from "./container-runs.js";
import { type Created, createContainer, type Stores } from "./create-container.js";
import type { Runtime } from "./runtime.js";
import { parseSignal, SIGKILL, SIGTERM } from "./signals.js";
import { canPause, canRemove, canUnpause, isRunning } from "./status.js";

/** Seconds that a container has to end by itself. */
const STOP_TIMEOUT_SECONDS = 10;

export type WaitCondition = "not-running" | "next-exit" | "removed";

export class Containers {
  readonly #runtime: Runtime;
  readonly #stores: Stores;
  readonly #runs: ContainerRuns;

  constructor(runtime: Runtime, stores: Stores) {
    this.#runtime = runtime;
    this.#stores = stores;
    this.#runs = new ContainerRuns(runtime, stores);
  }

  resolve(reference: string): Container {
    return this.#stores.containers.resolve(reference);
  }

  list(): Container[] {
    return this.#stores.containers.list();
  }

  async create(request: ContainerCreateRequest, name: string | undefined): Promise<Created> {
    const created = await createContainer(this.#runtime, this.#stores, request, name);
    tellContainer(this.#runtime, created.container, "create");
    return created;
  }

  /** @returns false when it runs already. @throws {EngineError} why it does not start. */
  start(container: Container): Promise<boolean> {
    return this.#runs.start(container);
  }

  async kill(container: Container, signalText: string): Promise<void> {
    const signal = parseSignal(signalText);
    if (!isRunning(container.state.status))
      throw new EngineError(
        "conflict",
        `cannot kill container: ${container.name}: container ${container.id} is not running`,
      );
    await this.#signal(container, signal);
  }

  /** @returns false when it does not run. */
  async stop(container: Container, timeoutSeconds?: number, signalText?: string): Promise<boolean> {
    if (!isRunning(container.state.status)) return false;
    const signal = parseSignal(signalText || container.config.StopSignal || String(SIGTERM));
    const seconds = timeoutSeconds ?? container.config.StopTimeout ?? STOP_TIMEOUT_SECONDS;
    const ended = this.waitFor(container, "not-running");
    await this.#signal(container, signal);
    // A negative timeout waits for ever.
    const hasEnded = seconds < 0 || (await this.#endsWithin(seconds, ended));
    if (!hasEnded && isRunning(container.state.status)) await this.#signal(container, SIGKILL);
    await ended;
    tellContainer(this.#runtime, container, "stop");
    return true;
  }

  async #endsWithin(seconds: number, ended: Promise<unknown>): Promise<boolean> {
    const abort = new AbortController();
    const hasEnded = await Promise.race([
      ended.then(() => true),
      this.#runtime.clock.sleep(seconds * 1000, abort.signal).then(() => false),
    ]);
    abort.abort();
    return hasEnded;
  }

  async restart(container: Container, timeoutSeconds?: number, signalText?: string): Promise<void> {
    await this.stop(container, timeoutSeconds, signalText);
    await this.start(container);
    tellContainer(this.#runtime, container, "restart");
  }

  async setPaused(container: Container, paused: boolean): Promise<void> {
    const { status } = container.state;
    if (paused && status === "paused") throw new EngineError("conflict", `container ${container.id} is already paused`);
    if (paused && !canPause(status)) throw new EngineError("conflict", `container ${container.id} is not running`);
    if (!paused && !canUnpause(status)) throw new EngineError("conflict", `Container ${container.id} is not paused`);
    await this.#runtime.machine.agent.call("container.pause", { id: container.sandbox.id, paused });
    if (!isRunning(container.state.status)) return;
    container.state.status = paused ? "paused" : "running";
    tellContainer(this.#runtime, container, paused ? "pause" : "unpause");
  }

  rename(container: Container, name: string): void {
    const oldName = `/${container.name}`;
    this.#stores.containers.rename(container, name);
    tellContainer(this.#runtime, container, "rename", { oldName });
  }

  async resize(container: Container, rows: number, columns: number): Promise<void> {
    if (!isRunning(container.state.status))
      throw new EngineError("conflict", `container ${container.id} is not running`);
    await this.#runtime.machine.agent.call("container.resize", { id: container.sandbox.id, rows, columns });
    tellContainer(this.#runtime, container, "resize", { height: String(rows), width: String(columns) });
  }

  /** Exit code, once the condition holds, or the container is removed. Rejects when `signal` aborts. */
  waitFor(container: Container, condition: WaitCondition, signal?: AbortSignal): Promise<number> {
    const { state, removed, onExit, onRemoved } = container;
    if (removed || (condition === "not-running" && !isRunning(state.status))) return Promise.resolve(state.exitCode);
    return new Promise((resolve, reject) => {
      const done = () => {
        for (const subscription of subscriptions) subscription.dispose();
        signal?.removeEventListener("abort", abort);
        resolve(state.exitCode);
      };
      const abort = () => {
        for (const subscription of subscriptions) subscription.dispose();
        reject(signal!.reason);
      };
      const subscriptions = [onRemoved.event(done), ...(condition === "removed" ? [] : [onExit.event(done)])];
      signal?.addEventListener("abort", abort);
    });
  }

  async remove(container: Container, options: { force: boolean; volumes: boolean }): Promise<void> {
    await container.starting;
    if (!canRemove(container.state.status)) {
      if (!options.force) throw new EngineError("conflict", whyNotRemoved(container));
      const ended = this.waitFor(container, "not-running");
      await this.#signal(container, SIGKILL);
      await ended;
    }
    if (container.removed) return;
    const inGuest = container.settled.catch(() => {});
    container.span.end("done");
    this.#runs.forget(container, options.volumes);
    const span = startSpan(this.#runtime.trace, { kind: "container", title: `remove ${container.name}` });
    this.#runtime.inBackground(
      inGuest.then(async () => {
        this.#runtime.steps.follow(container.sandbox.id, span);
        await container.sandbox.destroy();
        this.#runtime.steps.forget(container.sandbox.id);
        span.end("done");
      }),
    );
  }

  /** Ends everything, without waiting: the machine is going. */
  dispose(): void {
    for (const container of this.list()) container.io.close();
  }

  async #signal(container: Container, signal: number): Promise<void> {
    const wasPaused = container.state.status === "paused";
    try {
      await container.sandbox.kill(signal);
      tellContainer(this.#runtime, container, "kill", { signal: String(signal) });
      if (wasPaused && container.state.status === "paused") await this.setPaused(container, false);
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }
}

/** It has ended by itself, and the news of it is on the way. */
function isGone(error: unknown): boolean {
  return error instanceof CommandError && ["not-found", "wrong-state"].includes(error.failure.code);
}

function whyNotRemoved({ name, state: { status } }: Container): string {
  const remedy =
    status === "paused" ? " and must be unpaused first" : ": stop the container before removing or force remove";
  return `cannot remove container "/${name}": container is ${status}${remedy}`;
}
