/** Processes of the guest outside any container, in a cgroup of their own: what they use up, the agent does not lack. */
import type { AgentEvents, Params } from "../../protocol/commands.js";
import { composeProgram, type Standard } from "../../shared/birth/compose-program.js";
import { reportOf } from "../../shared/calls/list-format.js";
import { failureOf } from "../../shared/calls/report.js";
import type { Process } from "../../shared/oci/runtime.js";
import { Failure } from "../failure.js";
import type { Fd, Pid } from "../system/system.js";
import { type BirthContext, type BornProcess, giveBirth } from "./born-process.js";

export interface ProcessesContext extends BirthContext {
  /** The directory of their cgroup, open. */
  cgroup: Fd;
  exited(event: AgentEvents["process.exited"]): void;
}

const NO_STDIO = {};

export class Processes {
  readonly #running = new Set<Pid>();

  constructor(readonly context: ProcessesContext) {}

  get size(): number {
    return this.#running.size;
  }

  async spawn({ argv, env, cwd, stdio, terminal }: Params<"process.spawn">): Promise<{ pid: Pid }> {
    const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
    const process = { args: argv, env: variables, cwd, user: { uid: 0, gid: 0 }, terminal };
    const { columns = 80, rows = 24 } = stdio;
    const born = await this.run(process, terminal ? { columns, rows } : { pipes: true }, stdio);
    const { pid } = born;
    this.#running.add(pid);
    void this.#watch(born);
    return { pid };
  }

  /** @throws {Failure} why it does not start; nothing is left of it then. */
  async run(
    process: Process,
    standard: Standard,
    stdio: Params<"process.spawn">["stdio"] = NO_STDIO,
  ): Promise<BornProcess> {
    const list = composeProgram(process, standard);
    const terminal = "columns" in standard;
    const birth = await giveBirth(
      this.context,
      { calls: list.encode(), stdio, terminal },
      { cgroup: this.context.cgroup },
    );
    if (birth.process) return birth.process;
    const { code, message, errno, call } = failureOf(list, reportOf(birth.list))!;
    throw new Failure(code, message, { errno, call });
  }

  async #watch(born: BornProcess): Promise<void> {
    const { exitCode, signal } = await born.exited;
    this.#running.delete(born.pid);
    await born.finish();
    this.context.exited({ pid: born.pid, exitCode: exitCode ?? 128 + signal!, signal });
  }

  /** To the process and all in its process group: what a script has started too. */
  signal(pid: Pid, signal: number): void {
    if (!this.#running.has(pid)) throw new Failure("not-found", `process ${pid} is not there`);
    this.context.system.kill(-pid, signal);
  }
}
