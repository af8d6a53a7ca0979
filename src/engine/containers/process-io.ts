/**
 * Standard input and output of one run of a process, known before it starts so that one may attach first. With a
 * joined session the guest ties the process to the descriptors of a waiting `docker` command; the output still comes
 * here for the log.
 */
import type { Stdio, StreamId } from "../../protocol/commands.js";
import type { AgentClient, InputStream, OutputStream } from "../../protocol/peer.js";
import { defer } from "../deferred.js";
import type { StreamName } from "./container-log.js";
import { type OutputChunk, OutputHub, pump } from "./output-hub.js";

export interface OpenOptions {
  terminal: boolean;
  stdin: boolean;
  stdout: boolean;
  stderr: boolean;
  /** The reader of the first attached stdin ends it. */
  stdinOnce: boolean;
  /** [rows, columns] */
  size?: readonly [number, number] | null;
  onOutput?(chunk: OutputChunk): void;
}

export class ProcessIO {
  readonly #hub = new OutputHub();
  /** What the engine says itself. */
  readonly #said = new OutputHub();
  readonly #stdin = defer<OutputStream | undefined>();
  #join: { session: number; stdin: boolean; detachKeys: readonly number[] } | undefined;
  #pumps: Promise<void>[] = [];
  #inputs: InputStream[] = [];
  #stdinOnce = false;
  #closed = false;

  /** The descriptors of guest session `session` take part. @returns false when it is too late, or another one is. */
  join(session: number, stdin: boolean, detachKeys: readonly number[]): boolean {
    if (this.#join || this.#pumps.length > 0 || this.#closed) return false;
    this.#join = { session, stdin, detachKeys };
    return true;
  }

  /** Opens the streams on the agent's channel. Call once, right before the process is made. */
  open(agent: AgentClient, options: OpenOptions): Stdio {
    this.#stdinOnce = options.stdinOnce;
    const [rows, columns] = options.size ?? [0, 0];
    const stdio: Stdio = rows && columns ? { rows, columns } : {};
    if (this.#join) {
      stdio.session = this.#join.session;
      if (options.stdin && this.#join.stdin) {
        stdio.joinStdin = true;
        if (options.terminal) stdio.detachKeys = [...this.#join.detachKeys];
      }
    }
    // A terminal may be left by those who are joined to it, and typed into by others.
    if (options.stdin && (options.terminal || !stdio.joinStdin)) stdio.stdin = this.#openStdin(agent);
    else this.#stdin.resolve(undefined);
    if (options.stdout) stdio.stdout = this.#openOutput(agent, "stdout", options);
    if (options.stderr && !options.terminal) stdio.stderr = this.#openOutput(agent, "stderr", options);
    return stdio;
  }

  /** Output from now on. */
  output(): ReadableStream<OutputChunk> {
    return this.#hub.attach();
  }

  /** What the engine says itself, for those who have the rest already; ends when the run does. */
  said(): ReadableStream<OutputChunk> {
    return this.#said.attach();
  }

  /** The process's stdin; what is written before the start waits for it. */
  input(): WritableStream<Uint8Array> {
    return new WritableStream({
      write: async (bytes) => {
        const stream = await this.#stdin.promise;
        await stream?.write(bytes);
      },
      close: async () => {
        const stream = await this.#stdin.promise;
        if (this.#stdinOnce) await stream?.end().catch(gone);
      },
    });
  }

  /** Resolves when all output has been passed on. */
  async drained(): Promise<void> {
    await Promise.all(this.#pumps);
  }

  /** A line of the engine itself, such as why the process did not start. */
  async say(text: string, stream: StreamName = "stdout"): Promise<void> {
    const chunk = { stream, bytes: new TextEncoder().encode(text) };
    await Promise.all([this.#hub.write(chunk), this.#said.write(chunk)]);
  }

  /** Gives the streams back, after the end or a failed start. */
  close(reason = "the process has ended"): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#stdin.resolve(undefined);
    void this.#stdin.promise.then((stream) => stream?.end().catch(gone));
    for (const input of this.#inputs) input.cancel(reason);
    this.#hub.close();
    this.#said.close();
  }

  #openStdin(agent: AgentClient): StreamId {
    const stream = agent.openOutput();
    this.#stdin.resolve(stream);
    return stream.id;
  }

  #openOutput(agent: AgentClient, name: StreamName, { onOutput }: OpenOptions): StreamId {
    const input = agent.openInput();
    this.#inputs.push(input);
    this.#pumps.push(
      pump(name, input, (chunk) => {
        onOutput?.(chunk);
        return this.#hub.write(chunk);
      }),
    );
    return input.id;
  }
}

/** The process has closed its stdin: nobody wants what is left. */
function gone(): void {}
