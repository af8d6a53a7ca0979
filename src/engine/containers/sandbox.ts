/**
 * A sandbox: one snapshot and the processes in it, as the agent has them. Containers and build steps are made of it.
 *
 * A sandbox is prepared at once (the guest mounts its root while the page goes on) and awaited when it is first
 * started. It can be started again after its process has ended, and is destroyed once.
 */
import type { AgentEvents, Commands, Stdio } from "../../protocol/commands.js";
import { CommandError } from "../../protocol/peer.js";
import type { RuntimeSpec } from "../../shared/oci/runtime.js";
import type { EngineMachine } from "../engine-machine.js";

export type Exit = Pick<AgentEvents["container.exited"], "exitCode" | "signal" | "oomKilled">;

export interface Launch {
  spec(root: string): RuntimeSpec;
  stdio: Stdio;
  files?: Commands["container.create"]["params"]["files"];
}

export interface RunningSandbox {
  pid: number;
  /** Resolves after all output has been passed on. */
  exited: Promise<Exit>;
}

/** Hands the agent's `container.exited` to whoever waits for that container or exec. */
export class Exits {
  readonly #waiting = new Map<string, (exit: Exit) => void>();

  receive({ id, exec, ...exit }: AgentEvents["container.exited"]): void {
    const key = keyOf(id, exec);
    this.#waiting.get(key)?.(exit);
    this.#waiting.delete(key);
  }

  /** Must be asked before the start, since a short process may end before the answer comes. */
  expect(id: string, exec?: string): Promise<Exit> {
    return new Promise((resolve) => this.#waiting.set(keyOf(id, exec), resolve));
  }

  /** What was expected never started. */
  forget(id: string, exec?: string): void {
    this.#waiting.delete(keyOf(id, exec));
  }

  /** Container `id` has ended, and every exec in it. */
  endExecs(id: string): void {
    for (const [key, resolve] of this.#waiting) {
      if (!key.startsWith(`${id} `)) continue;
      this.#waiting.delete(key);
      resolve(KILLED);
    }
  }

  /** The machine is gone: everything in it has ended. */
  endAll(): void {
    for (const resolve of this.#waiting.values()) resolve(KILLED);
    this.#waiting.clear();
  }

  get size(): number {
    return this.#waiting.size;
  }
}

const KILLED: Exit = { exitCode: 137, signal: 9, oomKilled: false };
const keyOf = (id: string, exec?: string) => (exec === undefined ? id : `${id} ${exec}`);

/** Short, since the guest's time goes with the bytes that it reads and writes, and paths are full of it. */
export const sandboxKey = (id: string): string => id.slice(0, 12);

export class Sandbox {
  readonly #machine: EngineMachine;
  readonly #exits: Exits;
  #root: Promise<string>;
  #mounted = true;

  /** @param layers names on the shelf, lowest first, each once. */
  constructor(
    machine: EngineMachine,
    exits: Exits,
    readonly id: string,
    readonly layers: readonly string[],
  ) {
    this.#machine = machine;
    this.#exits = exits;
    this.#root = machine.agent.call("snapshot.prepare", { key: id, layers: [...layers] }).then(({ root }) => root);
    // Who starts the sandbox is told; until then nobody listens.
    this.#root.catch(() => {});
  }

  /** Guest path of the root, once it is mounted. */
  get root(): Promise<string> {
    return this.#root;
  }

  async start({ spec, stdio, files }: Launch): Promise<RunningSandbox> {
    const { agent } = this.#machine;
    if (!this.#mounted) this.#root = agent.call("snapshot.mount", { key: this.id }).then(({ root }) => root);
    const root = await this.#root;
    this.#mounted = true;
    const exited = this.#exits.expect(this.id);
    let created = false;
    try {
      const params = { id: this.id, spec: spec(root), stdio, ...(files && { files }) };
      const { pid } = await agent.call("container.create", params);
      created = true;
      await agent.call("container.start", { id: this.id });
      return { pid, exited };
    } catch (error) {
      this.#exits.forget(this.id);
      if (created) await this.#quietly("container.delete", { id: this.id });
      throw error;
    }
  }

  kill(signal: number, all = false): Promise<unknown> {
    return this.#machine.agent.call("container.kill", { id: this.id, signal, ...(all && { all }) });
  }

  /** After the exit: gives back the cgroup, and unmounts the root unless it will be destroyed. */
  async ended({ keepMounted }: { keepMounted: boolean }): Promise<void> {
    const { agent } = this.#machine;
    const deleted = agent.call("container.delete", { id: this.id });
    if (keepMounted) return void (await deleted);
    this.#mounted = false;
    await Promise.all([deleted, agent.call("snapshot.unmount", { key: this.id })]);
  }

  /** Everything it wrote goes. The process must have ended. */
  async destroy(): Promise<void> {
    const wasPrepared = await this.#root.then(
      () => true,
      () => false,
    );
    if (wasPrepared || !this.#mounted) await this.#machine.agent.call("snapshot.remove", { key: this.id });
  }

  async #quietly<C extends "container.delete">(command: C, params: Commands[C]["params"]): Promise<void> {
    try {
      await this.#machine.agent.call(command, params);
    } catch (error) {
      // The agent may have cleaned up after a failed start by itself.
      if (!(error instanceof CommandError)) throw error;
    }
  }
}
