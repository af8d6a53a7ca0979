/** One `docker` command that waits in the guest: its socket, and its descriptors as the agent uses them. */
import type { InputStream, OutputStream } from "../../protocol/peer.js";
import { encodeStubExit, type StubOpen } from "../../protocol/stub-messages.js";
import type { Disposable } from "../../shared/disposable.js";
import { allowing, Failure } from "../failure.js";
import { DescriptorPump } from "../stdio/descriptor-pump.js";
import { type ByteSink, DescriptorSink } from "../stdio/descriptor-sink.js";
import { feedSink } from "../stdio/feed-sink.js";
import type { JoinedSession } from "../stdio/process-io.js";
import { StreamSink } from "../stdio/stream-sink.js";
import type { Fd, Size, System } from "../system/system.js";
import { OwnDescriptor } from "./own-descriptor.js";

/** How long a stream that the page has not ended may be silent once the page closes the session. */
const IDLE_MS = 2000;
/** What a command printed last. */
export type LastOutput = Partial<Record<OutputName, Uint8Array>>;
type OutputName = "stdout" | "stderr";

const NOTHING: Disposable = { dispose: () => {} };

export class Session implements JoinedSession {
  readonly terminal: { stdin: boolean; stdout: boolean; stderr: boolean };
  readonly #descriptors: Readonly<Record<"stdin" | OutputName, OwnDescriptor>>;
  readonly #sinks: Partial<Record<OutputName, DescriptorSink>> = {};
  readonly #feeds: Promise<void>[] = [];
  readonly #accepted: InputStream[] = [];
  #stdinPump: DescriptorPump | undefined;
  #fed = 0;
  #raw: Disposable | undefined;
  #disposed = false;

  /** Takes over `socket` and `fds`, the command's 0, 1 and 2. `onBroken` hears when nobody reads what it prints, `onDetached` when its terminal is left. */
  constructor(
    readonly system: System,
    readonly id: number,
    readonly socket: Fd,
    readonly open: StubOpen,
    fds: readonly Fd[],
    readonly onBroken: () => void,
    readonly onDetached: () => void,
  ) {
    const own = fds.map((fd, number) => new OwnDescriptor(system, fd, number === 0 ? "read" : "write"));
    const [stdin, stdout, stderr] = own as [OwnDescriptor, OwnDescriptor, OwnDescriptor];
    this.#descriptors = { stdin, stdout, stderr };
    this.terminal = { stdin: stdin.isTerminal, stdout: stdout.isTerminal, stderr: stderr.isTerminal };
  }

  get stdout(): DescriptorSink {
    return this.#sink("stdout");
  }

  get stderr(): DescriptorSink {
    return this.#sink("stderr");
  }

  /** Of its terminal, 80 by 24 where it has none or does not know. */
  size(): Size {
    const terminal = Object.values(this.#descriptors).find(({ isTerminal }) => isTerminal);
    const { columns, rows } = terminal ? this.system.windowSize(terminal.fd) : { columns: 0, rows: 0 };
    return columns > 0 && rows > 0 ? { columns, rows } : { columns: 80, rows: 24 };
  }

  /** What the page writes to these streams goes to the command's stdout and stderr. */
  accept(stdout: InputStream, stderr: InputStream): void {
    const counted = (sink: DescriptorSink): ByteSink => ({
      write: (bytes) => {
        this.#fed++;
        return sink.write(bytes);
      },
      get broken() {
        return sink.broken;
      },
    });
    this.#accepted.push(stdout, stderr);
    this.#feeds.push(feedSink(stdout, counted(this.stdout)), feedSink(stderr, counted(this.stderr)));
  }

  /** The command's stdin goes to `stream`, with `raw` every key as it is typed. */
  read(stream: OutputStream, raw: boolean): void {
    const sink = new StreamSink(stream);
    const pump = this.pumpStdin(sink);
    void pump.ended.then(() => sink.end());
    const mode = raw ? this.makeRaw() : NOTHING;
    stream.onCancel(() => {
      pump.stop();
      mode.dispose();
    });
  }

  pumpStdin(sink: ByteSink): DescriptorPump {
    if (this.#stdinPump && !this.#stdinPump.finished)
      throw new Failure("wrong-state", `stdin of session ${this.id} is being read`);
    const pump = new DescriptorPump(this.system, this.#descriptors.stdin.fd, [sink]);
    if (this.#disposed) pump.stop();
    this.#stdinPump = pump;
    return pump;
  }

  detach(): void {
    this.#stdinPump?.stop();
    this.#raw?.dispose();
    this.onDetached();
  }

  makeRaw(): Disposable {
    if (!this.terminal.stdin || this.#raw || this.#disposed) return NOTHING;
    const { system } = this;
    const { fd } = this.#descriptors.stdin;
    const settings = system.makeRaw(fd);
    const raw: Disposable = {
      dispose: () => {
        if (this.#raw !== raw) return;
        this.#raw = undefined;
        system.setTermios(fd, settings);
      },
    };
    this.#raw = raw;
    return raw;
  }

  /** Ends the command once what was written to its streams has been passed on. */
  async close(exitCode: number, output: LastOutput = {}): Promise<void> {
    if (this.#accepted.length > 0) await this.#settled();
    for (const name of ["stdout", "stderr"] as const) if (output[name]) void this.#sink(name).write(output[name]);
    await Promise.all(Object.values(this.#sinks).map((sink) => sink.drained()));
    this.end(exitCode);
  }

  /** Ends the command now. */
  end(exitCode: number): void {
    if (this.#disposed) return;
    this.#raw?.dispose();
    // The command may have been killed just now.
    allowing(["EPIPE", "ECONNRESET"], () => this.system.sendFds(this.socket, encodeStubExit(exitCode), []));
    this.dispose();
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#stdinPump?.stop();
    for (const stream of this.#accepted) stream.cancel("the command ended");
    for (const sink of Object.values(this.#sinks)) sink.release();
    try {
      this.#raw?.dispose();
    } catch {
      // The terminal is gone with the command.
    }
    for (const descriptor of Object.values(this.#descriptors)) descriptor.dispose();
    this.system.onReadable(this.socket, null);
    this.system.close(this.socket);
  }

  #sink(name: OutputName): DescriptorSink {
    const known = this.#sinks[name];
    if (known) return known;
    const sink = new DescriptorSink(this.system, this.#descriptors[name].fd, this.onBroken);
    if (this.#disposed) sink.release();
    this.#sinks[name] = sink;
    return sink;
  }

  /** The page ends both streams; where it does not, silence counts as the end. */
  async #settled(): Promise<void> {
    let ended = false;
    const all = Promise.all(this.#feeds).then(() => {
      ended = true;
    });
    while (!ended && !this.#disposed) {
      const fed = this.#fed;
      let cancel = () => {};
      const idle = new Promise<void>((resolve) => {
        cancel = this.system.setTimer(IDLE_MS, resolve);
      });
      await Promise.race([all, idle]);
      cancel();
      if (fed === this.#fed && !Object.values(this.#sinks).some((sink) => sink.pending)) return;
    }
  }
}
