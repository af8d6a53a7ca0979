/** A machine in a process of its own, made by the code of any checkout. */
import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import type { MachineFigures } from "../../machine/machine.js";
import type { Disposable } from "../../shared/disposable.js";
import type { MachineReply, MachineRequest } from "./machine-messages.js";
import type { Timing } from "./timed-shell.js";

export class MachineProcess implements Disposable {
  readonly #child: ChildProcess;

  /**
   * @param tree folder of the checkout, whose own code builds its VM image where it is missing.
   * @param context folder with the workspace's files.
   */
  static async open(tree: string, context: string): Promise<MachineProcess> {
    const program = join(import.meta.dirname, "machine-child.ts");
    const child = fork(program, [tree, context], { execArgv: ["--import", import.meta.resolve("tsx")] });
    const machine = new MachineProcess(child);
    await machine.#reply();
    return machine;
  }

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** Runs a line in the machine's shell. @throws {Error} with its output when it fails. */
  async run(line: string): Promise<Timing> {
    const reply = await this.#ask({ run: line });
    return (reply as { timing: Timing }).timing;
  }

  /** Guest instructions of each of `runs` runs of `line`. */
  async count(line: string, runs: number): Promise<number[]> {
    const reply = await this.#ask({ count: line, runs });
    return (reply as { counts: number[] }).counts;
  }

  /** What became of the code that v86 has compiled; only of a machine of this checkout. */
  async compiled(): Promise<MachineFigures["compiled"]> {
    const reply = await this.#ask({ compiled: true });
    return (reply as { compiled: MachineFigures["compiled"] }).compiled;
  }

  dispose(): void {
    this.#child.kill();
  }

  #ask(request: MachineRequest): Promise<MachineReply> {
    const reply = this.#reply();
    this.#child.send(request);
    return reply;
  }

  #reply(): Promise<MachineReply> {
    const child = this.#child;
    return new Promise((resolve, reject) => {
      const ended = () => reject(new Error("the machine's process ended"));
      child.once("exit", ended);
      child.once("message", (reply: MachineReply) => {
        child.off("exit", ended);
        if ("error" in reply) reject(new Error(reply.error));
        else resolve(reply);
      });
    });
  }
}
