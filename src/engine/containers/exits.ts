/** The ends of containers and execs, and who waits for them. */
import type { AgentEvents } from "../../protocol/commands.js";

export type Exit = Pick<AgentEvents["container.exited"], "exitCode" | "signal" | "oomKilled">;

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
