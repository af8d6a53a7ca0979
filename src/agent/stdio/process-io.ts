/**
 * A process's standard descriptors: pipes or a terminal on its side; on the agent's side pumps to the page's streams
 * and to the descriptors of the `docker` command that waits for it.
 */
import type { Stdio } from "../../protocol/commands.js";
import type { AgentServer } from "../../protocol/peer.js";
import type { Disposable } from "../../shared/disposable.js";
import type { Fd, Size, System } from "../system/system.js";
import { DescriptorPump } from "./descriptor-pump.js";
import { type ByteSink, DescriptorSink } from "./descriptor-sink.js";
import { feedSink } from "./feed-sink.js";
import { KeySink } from "./key-sink.js";
import { StreamSink } from "./stream-sink.js";

/** How long an ended process's output may be silent, held open by somebody else, before it is given up. */
const IDLE_MS = 500;

/** The descriptors of a waiting `docker` command, as a process joins them. */
export interface JoinedSession {
  readonly stdout: ByteSink;
  readonly stderr: ByteSink;
  /** Copies the command's stdin to `sink` until either ends; stopping is the caller's, or the session's when it goes. */
  pumpStdin(sink: ByteSink): DescriptorPump;
  /** The keys that leave the terminal were typed. */
  detach(): void;
  /** Raw mode of the command's terminal until disposed; nothing where stdin is none. */
  makeRaw(): Disposable;
}

export interface IoContext {
  system: System;
  streams: Pick<AgentServer, "input" | "output">;
  session(id: number): JoinedSession;
  /** Open for reading and writing on /dev/null. */
  nullFd: Fd;
}

/** What the child makes its descriptors 0, 1 and 2. */
export type ChildEnds = readonly [stdin: Fd, stdout: Fd, stderr: Fd];

export class ProcessIo {
  /** Absent with a terminal, which the child makes itself. */
  readonly childEnds: ChildEnds | undefined;
  readonly size: Size;
  readonly #session: JoinedSession | undefined;
  readonly #pumps: DescriptorPump[] = [];
  readonly #streamSinks: StreamSink[] = [];
  readonly #sinks: DescriptorSink[] = [];
  readonly #theirs: Fd[] = [];
  readonly #ours = new Set<Fd>();
  readonly #inputs: (() => void)[] = [];
  #raw: Disposable | undefined;
  #master: Fd | undefined;

  /** @throws {Failure} not-found for a session that is gone. */
  constructor(
    readonly context: IoContext,
    readonly stdio: Stdio,
    readonly terminal: boolean,
  ) {
    this.#session = stdio.session === undefined ? undefined : context.session(stdio.session);
    this.size = { columns: stdio.columns ?? 80, rows: stdio.rows ?? 24 };
    try {
      if (!terminal) this.childEnds = [this.#stdinPipe(), this.#outputPipe("stdout"), this.#outputPipe("stderr")];
    } catch (error) {
      this.dispose();
      throw error;
    }
  }

  /** After the child was made: its ends are its own. */
  closeChildEnds(): void {
    for (const fd of this.#theirs.splice(0)) this.context.system.close(fd);
  }

  /** Takes over the master side of the terminal that the child made. */
  attachTerminal(master: Fd): void {
    const { system } = this.context;
    this.#own(master);
    this.#master = master;
    this.#pumps.push(new DescriptorPump(system, master, this.#outputSinks("stdout")));
    this.#feed(master, () => {});
    if (this.stdio.joinStdin) this.#raw = this.#session?.makeRaw();
  }

  get hasTerminal(): boolean {
    return this.#master !== undefined;
  }

  resize(size: Size): boolean {
    if (this.#master === undefined) return false;
    this.context.system.setWindowSize(this.#master, size);
    return true;
  }

  /** After the process ended: resolves when its output has been passed on whole, everything then closed. */
  async finish(): Promise<void> {
    for (const stop of this.#inputs.splice(0)) stop();
    await Promise.all(this.#pumps.map((pump) => this.#drain(pump)));
    await Promise.all(this.#streamSinks.map((sink) => sink.end()));
    this.dispose();
  }

  /** Closes what is open, whatever has been passed on. */
  dispose(): void {
    for (const stop of this.#inputs.splice(0)) stop();
    for (const pump of this.#pumps) pump.stop();
    for (const sink of this.#sinks) sink.release();
    for (const sink of this.#streamSinks.splice(0)) void sink.end();
    for (const fd of this.#ours) this.context.system.close(fd);
    this.#ours.clear();
    this.#master = undefined;
    this.closeChildEnds();
    this.#raw?.dispose();
    this.#raw = undefined;
  }

  async #drain(pump: DescriptorPump): Promise<void> {
    let ended = false;
    void pump.ended.then(() => {
      ended = true;
    });
    // Usually the end is there already: the last writer is gone.
    await Promise.resolve();
    while (!ended) {
      const { chunks } = pump;
      let cancel = () => {};
      const idle = new Promise<void>((resolve) => {
        cancel = this.context.system.setTimer(IDLE_MS, resolve);
      });
      await Promise.race([pump.ended, idle]);
      cancel();
      if (pump.reading && pump.chunks === chunks) pump.stop();
    }
  }

  #stdinPipe(): Fd {
    const { system, nullFd } = this.context;
    if (this.stdio.stdin === undefined && !(this.#session && this.stdio.joinStdin)) return nullFd;
    const { read, write } = system.pipe();
    this.#theirs.push(read);
    this.#own(write);
    this.#feed(write, () => this.#disown(write));
    return read;
  }

  #outputPipe(name: "stdout" | "stderr"): Fd {
    const { system, nullFd } = this.context;
    const sinks = this.#outputSinks(name);
    if (sinks.length === 0) return nullFd;
    const { read, write } = system.pipe();
    this.#theirs.push(write);
    this.#own(read);
    this.#pumps.push(new DescriptorPump(system, read, sinks));
    return write;
  }

  #outputSinks(name: "stdout" | "stderr"): ByteSink[] {
    const sinks: ByteSink[] = [];
    if (this.#session) sinks.push(this.#session[name]);
    const stream = this.stdio[name];
    if (stream !== undefined) {
      const sink = new StreamSink(this.context.streams.output(stream));
      this.#streamSinks.push(sink);
      sinks.push(sink);
    }
    return sinks;
  }

  /** Joins every source of input to `fd`; `done` follows the last source's end. */
  #feed(fd: Fd, done: () => void): void {
    const sink = new DescriptorSink(this.context.system, fd);
    this.#sinks.push(sink);
    const sources: Promise<void>[] = [];
    if (this.stdio.stdin !== undefined) {
      const stream = this.context.streams.input(this.stdio.stdin);
      this.#inputs.push(() => stream.cancel("the process ended"));
      sources.push(feedSink(stream, sink));
    }
    if (this.#session && this.stdio.joinStdin) {
      const pump = this.#session.pumpStdin(this.#untilKeys(this.#session, sink));
      this.#inputs.push(() => pump.stop());
      sources.push(pump.ended);
    }
    if (sources.length > 0)
      void Promise.all(sources)
        .then(() => sink.drained())
        .then(done);
  }

  #untilKeys(session: JoinedSession, sink: ByteSink): ByteSink {
    const { detachKeys } = this.stdio;
    return this.terminal && detachKeys ? new KeySink(sink, detachKeys, () => session.detach()) : sink;
  }

  #own(fd: Fd): void {
    this.#ours.add(fd);
    this.context.system.setNonBlocking(fd, true);
  }

  #disown(fd: Fd): void {
    if (this.#ours.delete(fd)) this.context.system.close(fd);
  }
}
