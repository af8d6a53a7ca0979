/**
 * Runs of containers: from start to exit and what is cleaned up after it. A container may run many times; its
 * snapshot, name and log stay from one run to the next.
 */
import { EngineError } from "../engine-error.js";
import { parseNetworkMode } from "../networks/network-mode.js";
import { startSpan } from "../trace/span.js";
import type { Container } from "./container.js";
import { tellContainer, tellMounts, tellNetworks } from "./container-events.js";
import type { Stores } from "./create-container.js";
import { EXEC_FAILED, execFailureText } from "./exec-failure.js";
import type { Exit } from "./exits.js";
import { ownFiles } from "./own-files.js";
import { ProcessIO } from "./process-io.js";
import type { Runtime } from "./runtime.js";
import { runtimeSpec } from "./spec.js";
import { startFailure } from "./start-failure.js";
import { canStart, isRunning } from "./status.js";
import { lookUpUser } from "./user.js";

/** About as long as the `docker` command in the guest takes to end. */
const CLEANUP_DELAY_MS = 30;

export class ContainerRuns {
  readonly #runtime: Runtime;
  readonly #stores: Stores;

  constructor(runtime: Runtime, stores: Stores) {
    this.#runtime = runtime;
    this.#stores = stores;
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

  async #startNow(container: Container): Promise<void> {
    const { config, host, state, mounts, sandbox, io } = container;
    const { machine } = this.#runtime;
    if (state.status === "exited") this.#openSpan(container);
    container.log.open();
    try {
      const readText = (path: string) => container.tree.readText(path);
      container.user ??= await lookUpUser(readText, config.User ?? "", host.GroupAdd ?? []);
      await this.#makeMountSources(container);
      const network = this.#stores.containerNetworks.open(container);
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
        spec: runtimeSpec({
          ...{ id: container.id, config, host, user, mounts, root: `${sandbox.directory}/merged` },
          ...(network.namespace && { network: network.namespace }),
        }),
        stdio,
        files: this.#files(container),
        tree: container.tree,
        network,
      });
      this.#started(container, pid);
      container.settled = this.#finish(container, exited);
    } catch (error) {
      const text = await execFailureText(error, (path) => container.tree.readText(path));
      if (text === undefined) this.#failed(container, error);
      await this.#endedAtOnce(container, text);
    }
  }

  #started(container: Container, pid: number): void {
    const { state } = container;
    Object.assign(state, { status: "running", pid, exitCode: 0, oomKilled: false, error: "" });
    state.startedAt = this.#runtime.clock.now();
    state.finishedAt = undefined;
    tellMounts(this.#runtime, container, "mount");
    tellNetworks(this.#runtime, container, "connect");
    tellContainer(this.#runtime, container, "start");
  }

  /** Its process could not execute the program, and has said so. */
  async #endedAtOnce(container: Container, text: string): Promise<void> {
    const stream = container.config.Tty ? "stdout" : "stderr";
    this.#started(container, 0);
    this.#keepOutput(container, stream, new TextEncoder().encode(text));
    await container.io.say(text, stream);
    container.io.close();
    container.settled = this.#finish(container, Promise.resolve({ exitCode: EXEC_FAILED, oomKilled: false }));
  }

  /** One that is in another's network has its names. */
  #files({ config, host, memberships }: Container): { path: string; text: string }[] {
    const mode = parseNetworkMode(host.NetworkMode);
    if (mode.kind !== "container") return ownFiles(config, host, memberships);
    const other = this.#stores.containers.resolve(mode.reference);
    return ownFiles(other.config, other.host, other.memberships);
  }

  #failed(container: Container, cause: unknown): never {
    this.#stores.containerNetworks.close(container);
    const { error, exitCode } =
      cause instanceof EngineError ? { error: cause, exitCode: 128 } : startFailure(cause, "container");
    container.state.exitCode = exitCode;
    container.state.error = error.message;
    container.io.close(error.message);
    container.io = new ProcessIO();
    container.log.close();
    container.span.end("failed", error.message);
    if (container.host.AutoRemove) {
      this.forget(container, true);
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
    if (oomKilled) tellContainer(this.#runtime, container, "oom");
    const execDuration = String(Math.floor((state.finishedAt - state.startedAt!) / 1000));
    tellContainer(this.#runtime, container, "die", { exitCode: String(exitCode), execDuration });
    tellNetworks(this.#runtime, container, "disconnect");
    tellMounts(this.#runtime, container, "unmount");
    const cleaning = this.#cleanUp(container);
    this.#stores.containerNetworks.close(container);
    container.settled = cleaning;
    container.onExit.fire(exitCode);
    if (container.host.AutoRemove) this.forget(container, true);
    this.#runtime.inBackground(cleaning);
  }

  async #cleanUp(container: Container): Promise<void> {
    const { sandbox, span, host } = container;
    try {
      // The guest has one CPU: who waits for the exit comes first.
      await this.#runtime.clock.sleep(CLEANUP_DELAY_MS);
      await (host.AutoRemove ? sandbox.destroy() : sandbox.ended());
      this.#runtime.exits.endExecs(sandbox.id);
      span.end("done");
    } catch (error) {
      span.end("failed", error instanceof Error ? error.message : String(error));
      throw error;
    } finally {
      if (container.removed) this.#runtime.steps.forget(container.sandbox.id);
    }
  }

  /** Out of every map at once; what the guest holds goes behind. */
  forget(container: Container, withVolumes: boolean): void {
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
    tellContainer(this.#runtime, container, "destroy");
    container.onRemoved.fire(container.state.exitCode);
    container.onExit.dispose();
    container.onRemoved.dispose();
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
    container.starting = settled.finally(() => {
      container.starting = undefined;
    });
    return result;
  }

  #refuseDead(): never {
    throw new EngineError("conflict", "container is marked for removal and cannot be started");
  }
}
