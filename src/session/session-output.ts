import type { TextSink } from "../cli/command.js";
import type { AgentClient, OutputStream } from "../protocol/peer.js";
import { encodePath } from "../shared/text/path-bytes.js";

type Name = "stdout" | "stderr";
type Streams = Record<Name, OutputStream>;

const MOST_HELD_BYTES = 16384;

/**
 * What a `docker` command prints in the guest. Most commands print once and end: that is held back for a moment, so
 * that it can go with the end in one message, where streams would take five. Nothing is held once the command has gone
 * on to something else.
 */
export class SessionOutput {
  readonly stdout: TextSink = { write: (data) => this.#write("stdout", data) };
  readonly stderr: TextSink = { write: (data) => this.#write("stderr", data) };
  readonly #agent: Pick<AgentClient, "call" | "openOutput">;
  readonly #session: number;
  #held: { name: Name; parts: Uint8Array[]; size: number; timer: ReturnType<typeof setTimeout> } | undefined;
  #holds = true;
  #streams: Streams | undefined;

  constructor(agent: Pick<AgentClient, "call" | "openOutput">, session: number) {
    this.#agent = agent;
    this.#session = session;
  }

  /** What was printed is on its way, and what will be is not held back: others print there too from now on. */
  release(): void {
    this.#holds = false;
    const held = this.#takeHeld();
    // A reader that has gone is told to the next write.
    if (held)
      void this.#open()
        [held.name].write(held.bytes)
        .catch(() => {});
  }

  /** After what was written; returns what is still to be printed, for `session.close`. */
  async end(): Promise<Partial<Record<Name, Uint8Array>>> {
    const held = this.#takeHeld();
    if (this.#streams) await Promise.allSettled([this.#streams.stdout.end(), this.#streams.stderr.end()]);
    return held ? { [held.name]: held.bytes } : {};
  }

  reset(reason: string): void {
    this.#takeHeld();
    this.#streams?.stdout.reset(reason);
    this.#streams?.stderr.reset(reason);
  }

  async #write(name: Name, data: string | Uint8Array): Promise<void> {
    const bytes = typeof data === "string" ? encodePath(data) : data;
    if (this.#hold(name, bytes)) return;
    this.release();
    await this.#open()[name].write(bytes);
  }

  #hold(name: Name, bytes: Uint8Array): boolean {
    if (!this.#holds) return false;
    this.#held ??= { name, parts: [], size: 0, timer: setTimeout(() => this.release()) };
    const held = this.#held;
    if (held.name !== name || held.size + bytes.length > MOST_HELD_BYTES) return false;
    held.parts.push(bytes);
    held.size += bytes.length;
    return true;
  }

  #takeHeld(): { name: Name; bytes: Uint8Array } | undefined {
    const held = this.#held;
    if (!held) return undefined;
    clearTimeout(held.timer);
    this.#held = undefined;
    const bytes = new Uint8Array(held.size);
    let at = 0;
    for (const part of held.parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return { name: held.name, bytes };
  }

  #open(): Streams {
    if (this.#streams) return this.#streams;
    const streams = { stdout: this.#agent.openOutput(), stderr: this.#agent.openOutput() };
    this.#streams = streams;
    const ids = { stdout: streams.stdout.id, stderr: streams.stderr.id };
    this.#agent.call("session.accept", { session: this.#session, ...ids }).catch(() => this.reset("session gone"));
    return streams;
  }
}
