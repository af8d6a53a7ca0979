/** The containers that the agent runs, by id. How one is made is the page's to compose; here it lives and ends. */
import type { AgentEvents, ContainerState, ContainerUsage, Holdings, Params, Result } from "../../protocol/commands.js";
import { reportOf, Slot, slotsOf, withReport } from "../../shared/calls/list-format.js";
import { SIGKILL } from "../../shared/linux/constants.js";
import { Cgroup } from "../cgroups/cgroup.js";
import { readUsage } from "../cgroups/usage.js";
import { allowing, Failure } from "../failure.js";
import { configureNetwork, deleteLink } from "../network/configure.js";
import type { NameServers } from "../network/name-servers.js";
import type { Ports } from "../network/ports.js";
import type { Snapshots } from "../snapshots/snapshots.js";
import type { ExitStatus, Fd } from "../system/system.js";
import { type BirthContext, type BornProcess, giveBirth } from "./born-process.js";
import { clearUp } from "./clear-up.js";
import { type Container, isAlive, stateOf } from "./container.js";
import { readInRoot } from "./container-files.js";
import type { NetworkNamespaces } from "./network-namespaces.js";
import { Owned } from "./owned.js";

export interface ContainersContext extends BirthContext {
  networks: NetworkNamespaces;
  ports: Ports;
  names: NameServers;
  snapshots: Snapshots;
  exited(event: AgentEvents["container.exited"]): void;
}

const NO_REPORT = new Uint8Array(0);

export class Containers {
  readonly #containers = new Map<string, Container>();
  /** Ids and cgroups of those whose creation is under way. */
  readonly #creating = new Set<string>();

  constructor(readonly context: ContainersContext) {}

  /** Containers that are there, ended ones included. */
  get size(): number {
    return this.#containers.size + this.#creating.size;
  }

  async create(params: Params<"container.create">): Promise<Result<"container.create">> {
    const { id, holds } = params;
    this.#claim(id, holds.cgroup);
    const [owned, network] = [new Owned(), new Owned()];
    try {
      const namespace = this.#hold(owned, network, holds);
      const { list, process } = await giveBirth(this.context, params, { network: namespace });
      const cgroupFd = slotsOf(list)[Slot.cgroup]!;
      if (cgroupFd >= 0) owned.add(() => this.context.system.close(cgroupFd));
      const namesFd = slotsOf(list)[Slot.names]!;
      if (namesFd >= 0) this.context.names.serve(id, namesFd, network);
      if (!process) {
        await this.#giveUp(owned, holds);
        return { pid: 0, report: reportOf(list) };
      }
      const cgroup = new Cgroup(this.context.system, holds.cgroup, cgroupFd);
      this.#add({ id, cgroup, holds, owned, network, init: process, status: params.waits ? "created" : "running" });
      return { pid: process.pid, report: reportOf(list) };
    } catch (error) {
      await this.#giveUp(owned, holds);
      throw error;
    } finally {
      this.#creating.delete(id);
      this.#creating.delete(holds.cgroup);
    }
  }

  async start(id: string): Promise<Result<"container.start">> {
    const container = this.#get(id);
    const { init } = container;
    if (container.status !== "created") throw new Failure("wrong-state", `container ${id} is ${container.status}`);
    container.status = "running";
    init.link!.goOn();
    container.starting = init.link!.receive();
    const message = await container.starting;
    init.link!.close();
    if (!message) return { pid: init.pid, report: NO_REPORT };
    init.failed = true;
    await init.finish();
    await this.#forget(container);
    if (container.holds.newDirectory !== undefined) this.context.snapshots.discard(container.holds.newDirectory);
    return { pid: 0, report: message.bytes };
  }

  kill({ id, exec, signal, all }: Params<"container.kill">): void {
    const container = this.#get(id);
    if (container.status === "exited") throw new Failure("wrong-state", `container ${id} is not running`);
    const { system } = this.context;
    const { cgroup } = container;
    if (all && signal === SIGKILL) cgroup.kill();
    else
      for (const pid of all ? cgroup.pids() : [this.#process(container, exec).pid])
        allowing(["ESRCH"], () => system.kill(pid, signal));
  }

  async delete({ id, snapshot }: Params<"container.delete">): Promise<void> {
    const container = this.#get(id);
    if (isAlive(container.status)) throw new Failure("wrong-state", `container ${id} is ${container.status}`);
    if (container.status === "created") {
      container.init.failed = true;
      container.cgroup.kill();
      await container.init.finish();
    }
    // First, since what else is on the disk is mostly in it.
    if (snapshot !== undefined) this.context.snapshots.remove(snapshot);
    await this.#forget(container);
  }

  async exec(params: Params<"container.exec">): Promise<Result<"container.exec">> {
    const { id, exec } = params;
    const container = this.#get(id);
    if (container.status !== "running") throw new Failure("wrong-state", `container ${id} is ${container.status}`);
    if (container.execs.has(exec) || container.claimedExecs.has(exec))
      throw new Failure("already-exists", `exec ${exec} of container ${id} exists`);
    if (params.network) container.holds.network = params.network;
    container.claimedExecs.add(exec);
    try {
      const given = { cgroup: container.cgroup.fd, init: container.init.pidfd };
      const { list, process } = await giveBirth(this.context, { ...params, tells: true }, given);
      if (!process) return { pid: 0, report: reportOf(list) };
      container.execs.set(exec, process);
      void this.#watchExec(container, exec, process);
      return { pid: process.pid, report: reportOf(list) };
    } finally {
      container.claimedExecs.delete(exec);
    }
  }

  resize(id: string, exec: string | undefined, columns: number, rows: number): void {
    const process = this.#process(this.#get(id), exec);
    if (!process.io.resize({ columns, rows })) throw new Failure("wrong-state", `container ${id} has no terminal`);
  }

  async pause(id: string, paused: boolean): Promise<void> {
    const container = this.#get(id);
    const wanted = paused ? "running" : "paused";
    if (container.status !== wanted) throw new Failure("wrong-state", `container ${id} is ${container.status}`);
    await container.cgroup.freeze(paused);
    // It may have been killed while it froze.
    if (isAlive(container.status)) container.status = paused ? "paused" : "running";
  }

  update({ id, calls }: Params<"container.update">): Result<"container.update"> {
    const { cgroup } = this.#get(id);
    const list = withReport(calls);
    slotsOf(list)[Slot.cgroup] = cgroup.fd;
    this.context.system.carryOut(list);
    clearUp(this.context.system, list);
    return { report: reportOf(list) };
  }

  /** @throws {Failure} */
  configure(id: string, links: readonly string[], calls: Uint8Array): Result<"network.configure"> {
    const { init, network, status } = this.#get(id);
    if (!isAlive(status)) throw new Failure("wrong-state", `container ${id} is ${status}`);
    this.#ownLinks(network, links);
    return configureNetwork(this.context, calls, init.pidfd);
  }

  readFile(id: string, path: string): Result<"container.readFile"> {
    const { init, status } = this.#get(id);
    // Its number may be another process's by then.
    if (status === "exited") return {};
    const contents = readInRoot(this.context.system, init.pid, path);
    return contents ? { contents } : {};
  }

  state(id: string): ContainerState {
    return stateOf(this.#get(id));
  }

  list(): ContainerState[] {
    return [...this.#containers.values()].map(stateOf);
  }

  /** Those of `ids` that live. */
  usage(ids: readonly string[]): ContainerUsage[] {
    return ids
      .map((id) => this.#containers.get(id))
      .filter((container) => container !== undefined && isAlive(container.status))
      .map((container) => readUsage(container!.id, container!.cgroup));
  }

  #claim(id: string, cgroup: string): void {
    if (!/^[\w.-]+$/.test(id)) throw new Failure("invalid-params", `container id ${id}`);
    const cgroups = [...this.#containers.values()].map(({ holds }) => holds.cgroup);
    if (this.#containers.has(id) || this.#creating.has(id))
      throw new Failure("already-exists", `container ${id} exists`);
    if (cgroups.includes(cgroup) || this.#creating.has(cgroup))
      throw new Failure("already-exists", `cgroup ${cgroup} is another container's`);
    this.#creating.add(id).add(cgroup);
  }

  /** Everything named is given back, whether or not it comes to be made. @returns a network namespace for it. */
  #hold(owned: Owned, network: Owned, holds: Holdings): Fd | undefined {
    const { cgroup, workDirectory, links = [], ports = [] } = holds;
    const { system, snapshots, networks } = this.context;
    if (workDirectory !== undefined)
      owned.add(() => {
        // It may have gone with its snapshot; an error would cost more than the rest of this.
        if (system.modeOf(workDirectory) !== null) snapshots.discard(workDirectory);
      });
    owned.add(() => new Cgroup(system, cgroup).remove());
    const taken = links.length > 0 ? networks.takeOrMake() : holds.network ? networks.take() : undefined;
    // Asked only then: an exec may have changed it.
    if (taken !== undefined) owned.add(() => networks.giveBack(taken, holds.network === "reusable"));
    owned.add(() => (network.isEmpty ? undefined : network.release()));
    this.#ownLinks(network, links);
    for (const port of ports) this.context.ports.publish(port, network);
    return taken;
  }

  #ownLinks(network: Owned, names: readonly string[]): void {
    for (const name of names) network.add(() => deleteLink(this.context.system, name));
  }

  async #giveUp(owned: Owned, { newDirectory }: Holdings): Promise<void> {
    await owned.release();
    if (newDirectory !== undefined) this.context.snapshots.discard(newDirectory);
  }

  #add(born: Omit<Container, "execs" | "claimedExecs" | "exitCode" | "starting">): void {
    const none = { execs: new Map<string, BornProcess>(), claimedExecs: new Set<string>() };
    const container: Container = { ...born, ...none, exitCode: undefined, starting: undefined };
    this.#containers.set(container.id, container);
    void this.#watch(container);
  }

  #get(id: string): Container {
    const container = this.#containers.get(id);
    if (!container) throw new Failure("not-found", `container ${id} is not there`);
    return container;
  }

  #process(container: Container, exec: string | undefined): BornProcess {
    const process = exec === undefined ? container.init : container.execs.get(exec);
    if (!process) throw new Failure("not-found", `exec ${exec} of container ${container.id} is not there`);
    return process;
  }

  /** Only when all is given back. */
  async #forget(container: Container): Promise<void> {
    container.status = "exited";
    container.init.link?.close();
    await container.owned.release();
    this.#containers.delete(container.id);
  }

  async #watch(container: Container): Promise<void> {
    const { id, init, cgroup, holds } = container;
    const status = await init.exited;
    container.status = "exited";
    container.exitCode = exitCodeOf(status);
    // The kernel ends the others with the first only where the pid namespace is their own.
    if (holds.sharesPids) cgroup.kill();
    const oomKilled = mayBeOom(status, holds.limited) && cgroup.oomKills() > 0;
    await init.finish();
    // That it failed to start may be heard after its end.
    await container.starting;
    if (!init.failed) this.context.exited({ id, exitCode: container.exitCode, signal: status.signal, oomKilled });
    // What cannot be given back is tried again when the container is deleted, and told then.
    if (!container.network.isEmpty) await container.network.release().catch(() => {});
  }

  async #watchExec(container: Container, exec: string, process: BornProcess): Promise<void> {
    const status = await process.exited;
    await process.finish();
    container.execs.delete(exec);
    const { id } = container;
    this.context.exited({ id, exec, exitCode: exitCodeOf(status), signal: status.signal, oomKilled: false });
  }
}

function exitCodeOf({ exitCode, signal }: ExitStatus): number {
  return exitCode ?? 128 + signal!;
}

function mayBeOom({ exitCode, signal }: ExitStatus, limited = false): boolean {
  return limited || signal === SIGKILL || exitCode === 128 + SIGKILL;
}
