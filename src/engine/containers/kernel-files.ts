/**
 * Which of the kernel's own files are there, and what they are. It is the same in every container and does not change,
 * so the guest is asked once, and each container is made without asking again.
 */
import type { AgentClient } from "../../protocol/peer.js";
import type { Kinds } from "../../shared/birth/root-calls.js";

export class KernelFiles {
  readonly #agent: Pick<AgentClient, "call">;
  readonly #known = new Map<string, "file" | "directory" | null>();

  constructor(agent: Pick<AgentClient, "call">) {
    this.#agent = agent;
  }

  /** Of those of `paths` that are the kernel's. */
  async kinds(paths: readonly string[]): Promise<Kinds> {
    const unknown = paths.filter((path) => /^\/(proc|sys)\//.test(path) && !this.#known.has(path));
    if (unknown.length > 0) {
      const { kinds } = await this.#agent.call("machine.kinds", { paths: unknown });
      for (const [index, path] of unknown.entries()) this.#known.set(path, kinds[index]!);
    }
    return this.#known;
  }
}
