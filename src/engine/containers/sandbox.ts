/**
 * A sandbox: one snapshot and the processes in it, as the agent has them. Containers and build steps are made of it.
 * How each process comes to be is composed here, as a list of system calls that the agent carries out.
 *
 * A sandbox can be started again after its process has ended, and is destroyed once.
 */
import type { AgentFailure, Holdings, Params, Stdio } from "../../protocol/commands.js";
import { CONTAINER_FILES_DIRECTORY, SNAPSHOTS_DIRECTORY } from "../../protocol/guest-paths.js";
import { LAYERS_DIRECTORY } from "../../protocol/page-files.js";
import { CommandError } from "../../protocol/peer.js";
import { cgroupDirectory, limitCgroup } from "../../shared/birth/cgroup-calls.js";
import { cgroupFiles } from "../../shared/birth/cgroup-files.js";
import { type Birthplace, canBeHeldUp, composeContainer } from "../../shared/birth/compose-container.js";
import { composeExec } from "../../shared/birth/compose-exec.js";
import type { Pipes } from "../../shared/birth/process-calls.js";
import { CallList } from "../../shared/calls/call-list.js";
import { failureOf, stepsOf } from "../../shared/calls/report.js";
import type { Process, Resources, RuntimeSpec } from "../../shared/oci/runtime.js";
import type { EngineMachine } from "../engine-machine.js";
import type { NetworkPlace } from "../networks/network-place.js";
import type { KernelSteps } from "../trace/kernel-steps.js";
import { confinementOf, leavesNetworkAsItWas } from "./confinement.js";
import type { Exit, Exits } from "./exits.js";
import type { KernelFiles } from "./kernel-files.js";
import { knownProgram } from "./known-program.js";
import type { LayeredTree } from "./layered-tree.js";

export interface Launch {
  spec: RuntimeSpec;
  stdio: Stdio;
  files?: readonly { path: string; text: string }[];
  /** What the layers have. */
  tree: LayeredTree;
  /** Left out, it has its loopback only. */
  network?: NetworkPlace;
}

export interface RunningSandbox {
  pid: number;
  /** Resolves after all output has been passed on. */
  exited: Promise<Exit>;
}

export interface SandboxContext {
  machine: EngineMachine;
  exits: Exits;
  steps: KernelSteps;
  kernelFiles: KernelFiles;
}

/** Attributes of an image's root directory. */
export interface RootAttributes {
  mode: number;
  uid: number;
  gid: number;
}

const ENDED_EARLY: AgentFailure = { code: "system", message: "the process ended before it was ready" };

/** Short, since the guest's time goes with the bytes that it reads and writes, and paths are full of it. */
export const sandboxKey = (id: string): string => id.slice(0, 12);

export class Sandbox {
  readonly #context: SandboxContext;
  /** It has been started once, so that there is an upper directory. */
  #written = false;
  /** The agent has it, running or ended. */
  #held = false;
  #spec: RuntimeSpec | undefined;

  /** @param layers names on the shelf, lowest first, each once. */
  constructor(
    context: SandboxContext,
    readonly id: string,
    readonly layers: readonly string[],
    readonly root: RootAttributes,
  ) {
    this.#context = context;
  }

  /** Guest directory of what it changes and of what overlayfs needs. */
  get directory(): string {
    return `${SNAPSHOTS_DIRECTORY}/${this.id}`;
  }

  /** Whether it may have changed anything. */
  get written(): boolean {
    return this.#written;
  }

  /** @throws {CommandError} why it does not start; {SpecError} for a spec that cannot be carried out. */
  async start(launch: Launch): Promise<RunningSandbox> {
    const { spec, stdio } = launch;
    const { machine, exits, kernelFiles } = this.#context;
    const kinds = await kernelFiles.kinds([...(spec.linux.readonlyPaths ?? []), ...(spec.linux.maskedPaths ?? [])]);
    const list = composeContainer(spec, { ...this.#birthplace(launch), kinds });
    const exited = exits.expect(this.id);
    try {
      const { pid, report } = await machine.agent.call("container.create", {
        id: this.id,
        stdio,
        terminal: spec.process.terminal ?? false,
        ...(canBeHeldUp(spec) && { tells: true }),
        holds: this.#holdings(launch),
        calls: list.encode(),
      });
      this.#tell("container.create", list, report, pid);
      this.#written = true;
      this.#held = true;
      this.#spec = spec;
      return { pid, exited };
    } catch (error) {
      exits.forget(this.id);
      throw error;
    }
  }

  /** @param program a program of the guest's to execute. @throws {CommandError} why it does not start. */
  async exec(exec: string, process: Process, stdio: Stdio, program?: string): Promise<number> {
    const spec = this.#spec!;
    const { filter } = confinementOf(spec);
    const list = composeExec(process, { linux: spec.linux, ...placeOf(stdio), filter, ...(program && { program }) });
    const { terminal = false } = process;
    const network = leavesNetworkAsItWas(spec.linux, process) ? undefined : ("own" as const);
    const params = { id: this.id, exec, stdio, terminal, calls: list.encode(), ...(network && { network }) };
    const { pid, report } = await this.#context.machine.agent.call("container.exec", params);
    this.#tell("container.exec", list, report, pid);
    return pid;
  }

  /** Other limits from now on. @throws {CommandError} naming the one that the kernel does not take. */
  async update(resources: Resources): Promise<void> {
    const list = new CallList();
    limitCgroup(list, cgroupFiles(resources));
    const params = { id: this.id, calls: list.encode() };
    const { report } = await this.#context.machine.agent.call("container.update", params);
    this.#tell("container.update", list, report);
  }

  /** Text of a small file as the processes see it; undefined where there is none. */
  async readText(path: string): Promise<string | undefined> {
    const answer = await this.#context.machine.agent.call("container.readFile", { id: this.id, path });
    return answer.contents && new TextDecoder().decode(answer.contents);
  }

  kill(signal: number, all = false): Promise<unknown> {
    return this.#context.machine.agent.call("container.kill", { id: this.id, signal, ...(all && { all }) });
  }

  killExec(exec: string, signal: number): Promise<unknown> {
    return this.#context.machine.agent.call("container.kill", { id: this.id, exec, signal });
  }

  /** After the exit: gives back all but the snapshot. */
  async ended(): Promise<void> {
    if (!this.#held) return;
    await this.#delete({ id: this.id });
    this.#held = false;
  }

  /** Everything it wrote goes. The process must have ended. */
  async destroy(): Promise<void> {
    const { agent } = this.#context.machine;
    if (this.#held) await this.#delete({ id: this.id, snapshot: this.id });
    else if (this.#written) await agent.call("snapshot.remove", { key: this.id });
    this.#held = false;
    this.#written = false;
  }

  /** An agent that has started anew has given it back already. */
  async #delete(params: Params<"container.delete">): Promise<void> {
    try {
      await this.#context.machine.agent.call("container.delete", params);
    } catch (error) {
      if (!(error instanceof CommandError) || error.failure.code !== "not-found") throw error;
    }
  }

  #birthplace({ spec, stdio, files, tree, network }: Launch): Birthplace {
    const { directory, layers, root } = this;
    const program = this.#written ? undefined : knownProgram(tree, spec);
    return {
      overlay: {
        ...{ directory, layers, root, layersDirectory: LAYERS_DIRECTORY, exists: this.#written },
        ...{ upper: `${directory}/upper`, work: `${directory}/work` },
      },
      ...(files && { files: { directory: CONTAINER_FILES_DIRECTORY, files } }),
      ...placeOf(stdio),
      ...confinementOf(spec),
      ...(network && { attachments: network.attachments }),
      ...(program !== undefined && { program }),
    };
  }

  /** A failed start leaves nothing of the run; the snapshot of a run before stays. */
  #holdings({ spec: { linux, process }, network }: Launch): Holdings {
    const holds: Holdings = { cgroup: cgroupDirectory(linux.cgroupsPath), workDirectory: `${this.directory}/work` };
    if (!this.#written) holds.newDirectory = this.directory;
    if (linux.namespaces.some(({ type, path }) => type === "network" && path === undefined))
      holds.network = !network?.attachments.length && leavesNetworkAsItWas(linux, process) ? "reusable" : "own";
    if (network?.attachments.length) holds.links = network.attachments.map(({ outer }) => outer.name);
    if (network?.ports.length) holds.ports = [...network.ports];
    if (linux.resources?.memory?.limit) holds.limited = true;
    if (!linux.namespaces.some(({ type, path }) => type === "pid" && path === undefined)) holds.sharesPids = true;
    return holds;
  }

  /** The calls as kernel steps. @throws {CommandError} when one of them failed, or the process they made is gone. */
  #tell(command: string, list: CallList, report: Uint8Array, pid?: number): void {
    this.#context.steps.receive({ subject: this.id, steps: stepsOf(list, report) });
    const failure = failureOf(list, report) ?? (pid === 0 ? ENDED_EARLY : undefined);
    if (failure) throw new CommandError(command, failure);
  }
}

function placeOf(stdio: Stdio): { pipes: Pipes; columns: number; rows: number } {
  const joined = stdio.session !== undefined;
  const pipes: Pipes = [
    stdio.stdin !== undefined || (joined && stdio.joinStdin === true),
    joined || stdio.stdout !== undefined,
    joined || stdio.stderr !== undefined,
  ];
  return { pipes, columns: stdio.columns ?? 80, rows: stdio.rows ?? 24 };
}
