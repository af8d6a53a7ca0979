/** Processes of the guest outside any container. */
import type { AgentEvents, Params } from "../../protocol/commands.js";
import { Failure } from "../failure.js";
import { type IoContext, ProcessIo } from "../stdio/process-io.js";
import type { Pid } from "../system/system.js";
import { type LaunchContext, type LaunchedProcess, launch } from "./launch.js";
import { validateProcess } from "./validate-spec.js";

export interface ProcessesContext extends LaunchContext {
  io: IoContext;
  exited(event: AgentEvents["process.exited"]): void;
}

export class Processes {
  readonly #running = new Set<Pid>();

  constructor(readonly context: ProcessesContext) {}

  get size(): number {
    return this.#running.size;
  }

  async spawn({ argv, env, cwd, stdio, terminal }: Params<"process.spawn">): Promise<{ pid: Pid }> {
    const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
    const process = { args: argv, env: variables, cwd, user: { uid: 0, gid: 0 } };
    validateProcess(process);
    const io = new ProcessIo(this.context.io, stdio, terminal);
    const steps: string[] = [];
    const plan = { process, ends: io.childEnds, size: io.size, first: false, enter: () => {} };
    const launched = await launch(this.context, { flags: 0, plan, io, steps });
    this.#running.add(launched.pid);
    void this.#watch(launched);
    await launched.start();
    return { pid: launched.pid };
  }

  async #watch(launched: LaunchedProcess): Promise<void> {
    const { exitCode, signal } = await launched.exited;
    this.#running.delete(launched.pid);
    await launched.finish();
    if (!launched.failed) this.context.exited({ pid: launched.pid, exitCode: exitCode ?? 128 + signal!, signal });
  }

  /** To the process and all in its process group: what a script has started too. */
  signal(pid: Pid, signal: number): void {
    if (!this.#running.has(pid)) throw new Failure("not-found", `process ${pid} is not there`);
    this.context.system.kill(-pid, signal);
  }
}
