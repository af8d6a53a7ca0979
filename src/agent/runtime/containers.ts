/** The containers that the agent runs, by id. */
import type { AgentEvents, ContainerUsage, KernelStep, Params } from "../../protocol/commands.js";
import { packStep } from "../../protocol/packed-steps.js";
import type { Mount, Process, RuntimeSpec } from "../../shared/oci/runtime.js";
import type { CgroupTree } from "../cgroups/cgroup.js";
import { readUsage } from "../cgroups/usage.js";
import { allowing, Failure } from "../failure.js";
import { type IoContext, ProcessIo } from "../stdio/process-io.js";
import { CLONE_NEWNET, O_CLOEXEC, O_RDONLY, SIGKILL } from "../system/constants.js";
import type { Fd, Pid } from "../system/system.js";
import { INHERITED_FD } from "./child.js";
import type { ChildSystem } from "./child-system.js";
import { type Container, isAlive } from "./container.js";
import { placeContainerFiles, removeContainerFiles } from "./container-files.js";
import { joinContainer, makeContainer } from "./enter-container.js";
import { type LaunchContext, type LaunchedProcess, launch } from "./launch.js";
import { cloneFlags, hasNamespace, makesNamespace } from "./namespaces.js";
import { NetworkNamespaces } from "./network-namespaces.js";
import { KernelPaths } from "./protected-paths.js";
import { protectPaths } from "./root-filesystem.js";
import { validateProcess, validateSpec } from "./validate-spec.js";

export interface ContainersContext extends LaunchContext {
  io: IoContext;
  cgroups: CgroupTree;
  /** Where each container's small files have their directory. */
  filesDirectory: string;
  exited(event: AgentEvents["container.exited"]): void;
  report(subject: string, steps: string[]): void;
}

export class Containers {
  readonly #containers = new Map<string, Container>();
  /** Ids whose creation is under way. */
  readonly #creating = new Set<string>();
  readonly #kernelPaths: KernelPaths;
  readonly #networks: NetworkNamespaces;

  constructor(readonly context: ContainersContext) {
    this.#kernelPaths = new KernelPaths(context.system);
    this.#networks = new NetworkNamespaces(context.system);
    this.#networks.prepareSoon();
  }

  /** Containers that are there, ended ones included. */
  get size(): number {
    return this.#containers.size + this.#creating.size;
  }

  async create(params: Params<"container.create">): Promise<{ pid: Pid }> {
    const { id } = params;
    if (!/^[\w.-]+$/.test(id)) throw new Failure("invalid-params", `container id ${id}`);
    if (this.#containers.has(id) || this.#creating.has(id))
      throw new Failure("already-exists", `container ${id} exists`);
    validateSpec(params.spec);
    this.#creating.add(id);
    const steps: string[] = [];
    try {
      const container = await this.#make(params, steps);
      this.#containers.set(id, container);
      void this.#watch(container);
      return { pid: container.init.pid };
    } finally {
      this.#creating.delete(id);
      this.context.report(id, steps);
    }
  }

  /** @throws {Failure} when exec fails: the container has ended then, without `container.exited`. */
  async start(id: string): Promise<void> {
    const container = this.#get(id);
    if (container.status !== "created") throw new Failure("wrong-state", `container ${id} is ${container.status}`);
    container.status = "running";
    await this.#exec(id, container.spec.process, container.init);
  }

  kill(id: string, signal: number, all: boolean): void {
    const { status, cgroup, init } = this.#get(id);
    if (status === "exited") throw new Failure("wrong-state", `container ${id} is not running`);
    if (all && signal === SIGKILL) cgroup.kill();
    else
      for (const pid of all ? cgroup.pids() : [init.pid])
        allowing(["ESRCH"], () => this.context.system.kill(pid, signal));
  }

  async delete(id: string): Promise<void> {
    const container = this.#get(id);
    if (isAlive(container.status)) throw new Failure("wrong-state", `container ${id} is ${container.status}`);
    this.#containers.delete(id);
    if (container.status === "created") {
      container.init.failed = true;
      allowing(["ESRCH"], () => this.context.system.kill(container.init.pid, SIGKILL));
      await container.init.exited;
    }
    await container.cgroup.remove();
    if (container.filesDirectory) removeContainerFiles(this.context.system, container.filesDirectory);
  }

  async exec({ id, exec, process, stdio }: Params<"container.exec">): Promise<{ pid: Pid }> {
    const container = this.#get(id);
    if (container.status !== "running") throw new Failure("wrong-state", `container ${id} is ${container.status}`);
    if (container.execs.has(exec)) throw new Failure("already-exists", `exec ${exec} of container ${id} exists`);
    validateProcess(process);
    const { spec, cgroup, init } = container;
    const io = new ProcessIo(this.context.io, stdio, process.terminal === true);
    const steps: string[] = [];
    let namespace: Fd | undefined;
    try {
      if (hasNamespace(spec.linux, "pid")) namespace = this.#pidNamespace(init.pid);
      const plan = {
        process,
        ends: io.childEnds,
        size: io.size,
        first: false,
        enter: (child: ChildSystem) => joinContainer(child, spec, init.pid),
      };
      const launched = await launch(this.context, { flags: 0, pidNamespace: namespace, cgroup, plan, io, steps });
      container.execs.set(exec, launched);
      void this.#watchExec(container, exec, launched);
      await this.#exec(id, process, launched, steps);
      return { pid: launched.pid };
    } catch (error) {
      io.dispose();
      throw error;
    } finally {
      if (namespace !== undefined) this.context.system.close(namespace);
      this.context.report(id, steps);
    }
  }

  resize(id: string, exec: string | undefined, columns: number, rows: number): void {
    const container = this.#get(id);
    const process = exec === undefined ? container.init : container.execs.get(exec);
    if (!process) throw new Failure("not-found", `exec ${exec} of container ${id} is not there`);
    if (!process.io.resize({ columns, rows })) throw new Failure("wrong-state", `container ${id} has no terminal`);
  }

  pause(id: string, paused: boolean): void {
    const container = this.#get(id);
    const wanted = paused ? "running" : "paused";
    if (container.status !== wanted) throw new Failure("wrong-state", `container ${id} is ${container.status}`);
    container.cgroup.freeze(paused);
    container.status = paused ? "paused" : "running";
  }

  /** Those of `ids` that live. */
  usage(ids: readonly string[]): ContainerUsage[] {
    return ids
      .map((id) => this.#containers.get(id))
      .filter((container) => container !== undefined && isAlive(container.status))
      .map((container) => readUsage(container!.id, container!.cgroup));
  }

  #get(id: string): Container {
    const container = this.#containers.get(id);
    if (!container) throw new Failure("not-found", `container ${id} is not there`);
    return container;
  }

  async #make({ id, spec, stdio, files = [] }: Params<"container.create">, steps: string[]): Promise<Container> {
    const { system, cgroups, trace } = this.context;
    const filesDirectory = files.length > 0 ? `${this.context.filesDirectory}/${id}` : undefined;
    const io = new ProcessIo(this.context.io, stdio, spec.process.terminal === true);
    let release = () => io.dispose();
    try {
      const shown = filesDirectory ? withFiles(spec, placeContainerFiles(system, filesDirectory, files)) : spec;
      const cgroup = cgroups.create(trace(steps), spec.linux.cgroupsPath, spec.linux.resources ?? {});
      release = () => {
        io.dispose();
        void cgroup.remove();
      };
      const init = await this.#launchInit(shown, cgroup, io, steps);
      return { id, spec, cgroup, status: "created", init, execs: new Map(), filesDirectory };
    } catch (error) {
      release();
      if (filesDirectory) allowing(["ENOENT"], () => removeContainerFiles(system, filesDirectory));
      throw error;
    }
  }

  async #launchInit(
    spec: RuntimeSpec,
    cgroup: Container["cgroup"],
    io: ProcessIo,
    steps: string[],
  ): Promise<LaunchedProcess> {
    const { system } = this.context;
    const path = spec.linux.namespaces.find(({ type }) => type === "pid")?.path;
    const paths = this.#kernelPaths.protectedPaths(spec.linux);
    const network = makesNamespace(spec.linux, "network") ? this.#networks.take() : undefined;
    const flags = cloneFlags(spec.linux) & ~(network === undefined ? 0 : CLONE_NEWNET);
    const pidNamespace = path === undefined ? undefined : system.open(path, O_RDONLY | O_CLOEXEC, 0);
    const plan = {
      process: spec.process,
      ends: io.childEnds,
      size: io.size,
      first: true,
      inherited: network,
      enter: (child: ChildSystem) => makeContainer(child, spec, network === undefined ? undefined : INHERITED_FD),
      protect: (child: ChildSystem) => protectPaths(child, spec, paths),
    };
    try {
      return await launch(this.context, { flags, pidNamespace, cgroup, plan, io, steps });
    } finally {
      for (const fd of [pidNamespace, network]) if (fd !== undefined) system.close(fd);
    }
  }

  /** Lets a process go on to exec; the step is the agent's to tell, for the child cannot any more. */
  async #exec(id: string, process: Process, launched: LaunchedProcess, steps?: string[]): Promise<void> {
    const { system } = this.context;
    const startMicros = system.monotonicMicros();
    const step: KernelStep = { call: "execve", detail: process.args.join(" "), startMicros, durationMicros: 0 };
    try {
      await launched.start();
    } catch (error) {
      if (error instanceof Failure) step.error = error.failure.errno;
      throw error;
    } finally {
      step.durationMicros = system.monotonicMicros() - startMicros;
      if (steps) steps.push(packStep(step));
      else this.context.report(id, [packStep(step)]);
    }
  }

  async #watch(container: Container): Promise<void> {
    const { id, init, cgroup } = container;
    const { exitCode, signal } = await init.exited;
    container.status = "exited";
    const oomKilled = cgroup.oomKills() > 0;
    await init.finish();
    if (!init.failed) this.context.exited({ id, exitCode: exitCode ?? 128 + signal!, signal, oomKilled });
  }

  async #watchExec(container: Container, exec: string, launched: LaunchedProcess): Promise<void> {
    const { exitCode, signal } = await launched.exited;
    await launched.finish();
    container.execs.delete(exec);
    if (!launched.failed)
      this.context.exited({ id: container.id, exec, exitCode: exitCode ?? 128 + signal!, signal, oomKilled: false });
  }

  #pidNamespace(pid: Pid): Fd {
    return this.context.system.open(`/proc/${pid}/ns/pid`, O_RDONLY | O_CLOEXEC, 0);
  }
}

/** A mount of the user's at the same place comes before a file of ours. */
function withFiles(spec: RuntimeSpec, files: Mount[]): RuntimeSpec {
  const taken = new Set(spec.mounts.map(({ destination }) => destination));
  return { ...spec, mounts: [...spec.mounts, ...files.filter(({ destination }) => !taken.has(destination))] };
}
