/**
 * Containers and what one may do with them. Every change of status is made here; the words of refusals are Docker's.
 */
import type { ContainerCreateRequest } from "../api/types.js";
import { EngineError } from "../engine-error.js";
import type { ContainerEvent } from "../trace/events.js";
import { startSpan } from "../trace/span.js";
import type { Container } from "./container.js";
import { type Created, createContainer, type Stores } from "./create-container.js";
import { ownFiles } from "./own-files.js";
import { ProcessIO } from "./process-io.js";
import type { Runtime } from "./runtime.js";
import type { Exit } from "./sandbox.js";
import { parseSignal, SIGKILL, SIGTERM } from "./signals.js";
import { runtimeSpec } from "./spec.js";
import { startFailure } from "./start-failure.js";
import { canPause, canRemove, canStart, canUnpause, isRunning } from "./status.js";
import { lookUpUser } from "./user.js";

/** Seconds that a container has to end by itself. */
const STOP_TIMEOUT_SECONDS = 10;
/** About as long as the `docker` command in the guest takes to end. */
const CLEANUP_DELAY_MS = 30;

export type WaitCondition = "not-running" | "next-exit" | "removed";

export class Containers {
  readonly #runtime: Runtime;
  readonly #stores: Stores;

  constructor(runtime: Runtime, stores: Stores) {
    this.#runtime = runtime;
    this.#stores = stores;
  }

  resolve(reference: string): Container {
    return this.#stores.containers.resolve(reference);
  }

  list(): Container[] {
    return this.#stores.containers.list();
  }

  async create(request: ContainerCreateRequest, name: string | undefined): Promise<Created> {
    const created = await createContainer(this.#runtime, this.#stores, request, name);
    this.#tell(created.container, "create");
    return created;
  }

  /** @returns false when it runs already. @throws {EngineError} why it does not start. */
  async start(container: Container): Promise<boolean> {
    if (container.state.status === "paused")
      throw new EngineError("conflict", "cannot start a paused container, try unpause instead");
    if (container.state.status === "running") return false;
    return this.#exclusively(container, async () => {
      // Whoever held the container before may have started or removed it.
      if (container.removed) throw new EngineError("not-found", `No such container: ${container.id}`);
      if (!canStart(container.state.status)) return isRunning(container.state.status) ? false : this.#refuseDead();
      await this.#startNow(container);
      return true;
    });
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
    if (seconds < 0) return ended.then(() => true);
    const abort = new AbortController();
    const hasEnded = await Promise.race([
      ended.then(() => true),
      this.#runtime.clock.sleep(seconds * 1000, abort.signal).then(() => false),
    ]);
    abort.abort();
    if (!hasEnded && isRunning(container.state.status)) await this.#signal(container, SIGKILL);
    await ended;
    return true;
  }

  async restart(container: Container, timeoutSeconds?: number, signalText?: string): Promise<void> {
    await this.stop(container, timeoutSeconds, signalText);
    await this.start(container);
  }

  async setPaused(container: Container, paused: boolean): Promise<void> {
    const { status } = container.state;
    if (paused && status === "paused") throw new EngineError("conflict", `container ${container.id} is already paused`);
    if (paused && !canPause(status)) throw new EngineError("conflict", `container ${container.id} is not running`);
    if (!paused && !canUnpause(status)) throw new EngineError("conflict", `Container ${container.id} is not paused`);
    await this.#runtime.machine.agent.call("container.pause", { id: container.sandbox.id, paused });
    if (!isRunning(container.state.status)) return;
    container.state.status = paused ? "paused" : "running";
    this.#tell(container, paused ? "pause" : "unpause");
  }

  rename(container: Container, name: string): void {
    this.#stores.containers.rename(container, name);
    this.#tell(container, "rename");
  }

  async resize(container: Container, rows: number, columns: number): Promise<void> {
    if (!isRunning(container.state.status))
      throw new EngineError("conflict", `container ${container.id} is not running`);
    await this.#runtime.machine.agent.call("container.resize", { id: container.sandbox.id, rows, columns });
  }

  /** Exit code, once the condition holds. Rejects when `signal` aborts. */
  waitFor(container: Container, condition: WaitCondition, signal?: AbortSignal): Promise<number> {
    if (condition === "not-running" && !isRunning(container.state.status))
      return Promise.resolve(container.state.exitCode);
    if (condition === "removed" && container.removed) return Promise.resolve(container.state.exitCode);
    const emitter = condition === "removed" ? container.onRemoved : container.onExit;
    return new Promise((resolve, reject) => {
      const abort = () => {
        subscription.dispose();
        reject(signal!.reason);
      };
      const subscription = emitter.event((exitCode) => {
        subscription.dispose();
        signal?.removeEventListener("abort", abort);
        resolve(exitCode);
      });
      signal?.addEventListener("abort", abort);
    });
  }

  async remove(container: Container, options: { force: boolean; volumes: boolean }): Promise<void> {
    if (!canRemove(container.state.status)) {
      if (!options.force) throw new EngineError("conflict", whyNotRemoved(container));
      const ended = this.waitFor(container, "not-running");
      await this.#signal(container, SIGKILL);
      await ended;
    }
    if (container.removed) return;
    const inGuest = container.settled.catch(() => {});
    container.span.end("done");
    this.#forget(container, options.volumes);
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

  async #startNow(container: Container): Promise<void> {
    const { config, host, state, mounts, sandbox, io } = container;
    const { machine, clock } = this.#runtime;
    if (state.status === "exited") this.#openSpan(container);
    container.log.open();
    try {
      container.user ??= await lookUpUser(container.tree, config.User ?? "");
      await this.#makeMountSources(container);
      const user = container.user;
      const stdio = io.open(machine.agent, {
        terminal: config.Tty ?? false,
        stdin: config.OpenStdin ?? false,
        stdout: true,
        stderr: true,
        stdinOnce: config.StdinOnce ?? false,
        size: host.ConsoleSize,
        onOutput: (chunk) => this.#keepOutput(container, chunk.stream, chunk.bytes),
      });
      const { pid, exited } = await sandbox.start({
        spec: (root) => runtimeSpec({ id: container.id, config, host, user, mounts, root }),
        stdio,
        files: ownFiles(config, host),
      });
      Object.assign(state, { status: "running", pid, exitCode: 0, oomKilled: false, error: "" });
      state.startedAt = clock.now();
      state.finishedAt = undefined;
      this.#tell(container, "start");
      container.settled = this.#finish(container, exited);
    } catch (error) {
      this.#failed(container, error);
    }
  }

  #failed(container: Container, cause: unknown): never {
    const { error, exitCode } =
      cause instanceof EngineError ? { error: cause, exitCode: 128 } : startFailure(cause, "container");
    container.state.exitCode = exitCode;
    container.state.error = error.message;
    container.io.close(error.message);
    container.io = new ProcessIO();
    container.log.close();
    container.span.end("failed", error.message);
    if (container.host.AutoRemove) {
      this.#forget(container, true);
      this.#runtime.inBackground(
        container.sandbox.destroy().finally(() => this.#runtime.steps.forget(container.sandbox.id)),
      );
    }
    throw error;
  }

  async #finish(container: Container, exited: Promise<Exit>): Promise<void> {
    const { state, io } = container;
    const { exitCode, oomKilled } = await exited;
    await io.drained();
    io.close();
    container.io = new ProcessIO();
    container.log.close();
    Object.assign(state, { status: "exited", pid: 0, exitCode, oomKilled });
    state.finishedAt = this.#runtime.clock.now();
    if (oomKilled) this.#tell(container, "oom");
    this.#tell(container, "die", exitCode);
    const cleaning = this.#cleanUp(container);
    container.settled = cleaning;
    container.onExit.fire(exitCode);
    if (container.host.AutoRemove) this.#forget(container, true);
    this.#runtime.inBackground(cleaning);
  }

  async #cleanUp(container: Container): Promise<void> {
    const { sandbox, span, host } = container;
    try {
      // The guest has one CPU: who waits for the exit comes first.
      await this.#runtime.clock.sleep(CLEANUP_DELAY_MS);
      await sandbox.ended({ keepMounted: host.AutoRemove ?? false });
      this.#runtime.exits.endExecs(sandbox.id);
      if (host.AutoRemove) await sandbox.destroy();
      span.end("done");
    } catch (error) {
      span.end("failed", error instanceof Error ? error.message : String(error));
      throw error;
    } finally {
      if (container.removed) this.#runtime.steps.forget(container.sandbox.id);
    }
  }

  /** Out of every map at once; what the guest holds goes behind. */
  #forget(container: Container, withVolumes: boolean): void {
    const { containers, volumes } = this.#stores;
    container.removed = true;
    containers.delete(container);
    container.io.close();
    const orphans = volumes.release(container.id);
    this.#runtime.initLayers.release(container.initLayer);
    if (withVolumes && orphans.length > 0)
      this.#runtime.inBackground(
        container.settled.catch(() => {}).then(() => Promise.all(orphans.map((name) => volumes.remove(name)))),
      );
    this.#tell(container, "destroy");
    container.onRemoved.fire(container.state.exitCode);
    container.onExit.dispose();
    container.onRemoved.dispose();
  }

  async #signal(container: Container, signal: number): Promise<void> {
    const wasPaused = container.state.status === "paused";
    await container.sandbox.kill(signal);
    this.#tell(container, "kill");
    if (wasPaused && container.state.status === "paused") await this.setPaused(container, false);
  }

  /** Volumes get their directories; so do guest paths that are not there, as Docker's `-v` makes them. */
  async #makeMountSources({ mounts }: Container): Promise<void> {
    const { agent } = this.#runtime.machine;
    const volumes = mounts.flatMap(({ Type, Name }) => (Type === "volume" && Name ? [Name] : []));
    const paths = mounts.flatMap(({ Type, Source }) => (Type === "bind" ? [Source] : []));
    // What is there already, a file perhaps, is bound as it is; what cannot be made is told by the mount.
    const made = paths.map((path) => agent.call("file.makeDirectory", { path, mode: 0o755 }).catch(() => {}));
    await Promise.all([this.#stores.volumes.make(volumes), ...made]);
  }

  #keepOutput(container: Container, stream: "stdout" | "stderr", bytes: Uint8Array): void {
    if (container.host.LogConfig?.Type !== "none") container.log.append(stream, bytes, this.#runtime.clock.now());
  }

  #openSpan(container: Container): void {
    container.span = startSpan(this.#runtime.trace, { kind: "container", title: container.name });
    this.#runtime.steps.follow(container.sandbox.id, container.span);
  }

  /** One start at a time, after what came before has settled. */
  #exclusively<T>(container: Container, work: () => Promise<T>): Promise<T> {
    const result = container.settled.catch(() => {}).then(work);
    const settled = result.then(
      () => {},
      () => {},
    );
    container.settled = settled;
    return result;
  }

  #refuseDead(): never {
    throw new EngineError("conflict", "container is marked for removal and cannot be started");
  }

  #tell(container: Container, action: ContainerEvent["action"], exitCode?: number): void {
    const { id, name, config } = container;
    const at = this.#runtime.clock.now();
    this.#runtime.trace.sink({
      type: "container",
      at,
      action,
      container: id,
      name,
      image: config.Image ?? "",
      ...(exitCode !== undefined && { exitCode }),
    });
  }
}

function whyNotRemoved({ name, state: { status } }: Container): string {
  const remedy =
    status === "paused" ? " and must be unpaused first" : ": stop the container before removing or force remove";
  return `cannot remove container "/${name}": container is ${status}${remedy}`;
}
