import { type Disposable, Emitter } from "../shared/disposable.js";
import type { AgentFailure, Hello, StreamId } from "./commands.js";
import { encodeFrame, FrameDecoder, getU32 } from "./frame-codec.js";
import { FrameKind, MAX_PAYLOAD_BYTES } from "./frames.js";
import {
  CommandError,
  type CommandTable,
  type InputStream,
  type OutputStream,
  type Peer,
  ProtocolError,
  StreamReset,
  type TextCodec,
  type Transport,
} from "./peer.js";
import { IncomingStream, OutgoingStream, type StreamHost } from "./streams.js";
import { PROTOCOL_VERSION } from "./version.js";

export interface PeerOptions {
  /** Told in hello: `drydock-agent` or `drydock-page`. */
  name: string;
  transport: Transport;
  codec: TextCodec;
  /** This end numbers and opens streams: the page. */
  opens: boolean;
  /** False: waits for the other end's hello before it speaks. Default true. */
  greets?: boolean;
  /** For tests of the version check. */
  version?: number;
}

/** Joins this end to whatever speaks the same protocol at the other end of the transport. */
export function createPeer<
  Calls extends CommandTable<Calls>,
  Hears extends object,
  Serves extends CommandTable<Serves>,
  Tells extends object,
>(options: PeerOptions): Peer<Calls, Hears, Serves, Tells> {
  return new ChannelPeer(options) as unknown as Peer<Calls, Hears, Serves, Tells>;
}

interface PendingCall {
  command: string;
  resolve(result: unknown): void;
  reject(error: Error): void;
}

type Handler = (params: unknown) => unknown;
type Listener = (value: unknown) => void;

const IGNORED: Disposable = { dispose: () => {} };
/** Streams that ended before any command asked for them, kept in case one still does. */
const MAX_UNASKED = 32;
const MAX_REASON_CHARACTERS = 1000;

class ChannelPeer implements StreamHost {
  readonly ready: Promise<void>;
  readonly forgetsCancelled: boolean;
  readonly #name: string;
  readonly #version: number;
  readonly #opens: boolean;
  readonly #transport: Transport;
  readonly #codec: TextCodec;
  readonly #decoder = new FrameDecoder((kind, id, payload) => this.#handle(kind, id, payload));
  readonly #subscriptions: Disposable[] = [];
  readonly #calls = new Map<number, PendingCall>();
  readonly #handlers = new Map<string, Handler>();
  readonly #listeners = new Map<string, Set<Listener>>();
  readonly #inputs = new Map<StreamId, IncomingStream>();
  readonly #outputs = new Map<StreamId, OutgoingStream>();
  /** Inputs known from their first frames only; those that have ended are no longer in `#inputs`. */
  readonly #unasked = new Map<StreamId, IncomingStream>();
  readonly #restarted = new Emitter<void>();
  readonly #closed = new Emitter<Error>();
  #settleReady!: { resolve(): void; reject(error: Error): void };
  /** Frames that wait for the other end's first hello; null from then on. */
  #held: Uint8Array[] | null = [];
  #lastCall = 0;
  #lastStream = 0;
  /** Counts the other end's starts, so that a reply is not sent to a successor of who asked. */
  #epoch = 0;
  #failure: Error | null = null;

  constructor(options: PeerOptions) {
    this.#name = options.name;
    this.#version = options.version ?? PROTOCOL_VERSION;
    this.#opens = options.opens;
    this.forgetsCancelled = options.opens;
    this.#transport = options.transport;
    this.#codec = options.codec;
    this.ready = new Promise((resolve, reject) => {
      this.#settleReady = { resolve, reject };
    });
    // Who does not look at `ready` still learns of the failure from its calls.
    this.ready.catch(() => {});
    this.#subscriptions.push(
      this.#transport.onReceive((chunk) => this.#receive(chunk)),
      this.#transport.onClose((error) => this.#close(error)),
    );
    if (options.greets ?? true) this.#sendHello(false);
  }

  get streams(): number {
    return this.#inputs.size + this.#outputs.size;
  }

  readonly onRestart = this.#restarted.event;

  readonly onClose = (listener: (error: Error) => void): Disposable => {
    if (!this.#failure) return this.#closed.event(listener);
    listener(this.#failure);
    return IGNORED;
  };

  call(command: string, params: unknown): Promise<unknown> {
    if (this.#failure) return Promise.reject(this.#failure);
    const payload = this.#encodeJson([command, params]);
    if (payload.length > MAX_PAYLOAD_BYTES)
      return Promise.reject(new ProtocolError(`params of ${command} take ${payload.length} bytes: too many`));
    const id = ++this.#lastCall;
    return new Promise((resolve, reject) => {
      this.#calls.set(id, { command, resolve, reject });
      this.#send(FrameKind.request, id, payload);
    });
  }

  serve(command: string, handler: Handler): Disposable {
    if (this.#handlers.has(command)) throw new Error(`${command} is served already`);
    this.#handlers.set(command, handler);
    return { dispose: () => this.#handlers.delete(command) };
  }

  /** Heard by nobody while the other end has not said hello. */
  tell(event: string, value: unknown): void {
    if (this.#held === null && !this.#failure) this.#send(FrameKind.event, 0, this.#encodeJson([event, value]));
  }

  on(event: string, listener: Listener): Disposable {
    const entry: Listener = (value) => listener(value);
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners.add(entry));
    return { dispose: () => listeners.delete(entry) };
  }

  openInput(): InputStream {
    return this.#addInput(this.#nextStream());
  }

  openOutput(): OutputStream {
    return this.#addOutput(this.#nextStream());
  }

  input(id: StreamId): InputStream {
    const early = this.#unasked.get(id);
    if (early) this.#unasked.delete(id);
    return early ?? this.#inputs.get(id) ?? this.#addInput(id);
  }

  output(id: StreamId): OutputStream {
    return this.#outputs.get(id) ?? this.#addOutput(id);
  }

  dispose(): void {
    this.#close(new ProtocolError("the channel was closed"));
  }

  post(kind: FrameKind, id: number, payload: Uint8Array): Promise<void> {
    if (this.#failure) return Promise.reject(this.#failure);
    const frame = encodeFrame(kind, id, payload);
    if (this.#held === null) return this.#transport.send(frame);
    this.#held.push(frame);
    return this.ready;
  }

  postReason(kind: FrameKind, id: StreamId, reason: string): void {
    this.#send(kind, id, this.#codec.encode(reason.slice(0, MAX_REASON_CHARACTERS)));
  }

  forget(stream: IncomingStream | OutgoingStream): void {
    if (stream instanceof OutgoingStream) this.#outputs.delete(stream.id);
    else this.#inputs.delete(stream.id);
  }

  #nextStream(): StreamId {
    if (!this.#opens) throw new Error("only the page opens streams");
    return ++this.#lastStream;
  }

  #addInput(id: StreamId): IncomingStream {
    const stream = new IncomingStream(id, this);
    if (this.#failure) stream.close(this.#failure);
    else this.#inputs.set(id, stream);
    return stream;
  }

  #addOutput(id: StreamId): OutgoingStream {
    const stream = new OutgoingStream(id, this);
    if (this.#failure) stream.fail(this.#failure);
    else this.#outputs.set(id, stream);
    return stream;
  }

  #send(kind: FrameKind, id: number, payload: Uint8Array): void {
    this.post(kind, id, payload).catch((error: Error) => this.#close(error));
  }

  #sendHello(answer: boolean): void {
    const hello: Hello = { protocol: this.#version, name: this.#name };
    if (answer) hello.answer = true;
    const frame = encodeFrame(FrameKind.hello, 0, this.#encodeJson(hello));
    this.#transport.send(frame).catch((error: Error) => this.#close(error));
  }

  #receive(chunk: Uint8Array): void {
    if (this.#failure) return;
    try {
      this.#decoder.push(chunk);
    } catch (error) {
      this.#close(error instanceof Error ? error : new ProtocolError(String(error)));
    }
  }

  #handle(kind: FrameKind, id: number, payload: Uint8Array): void {
    if (this.#failure) return;
    if (kind === FrameKind.hello) this.#hello(this.#decodeJson(payload) as Hello);
    else if (this.#held === null) this.#dispatch(kind, id, payload);
  }

  #dispatch(kind: FrameKind, id: number, payload: Uint8Array): void {
    switch (kind) {
      case FrameKind.data:
        this.#data(id, payload);
        break;
      case FrameKind.credit:
        this.#outputs.get(id)?.grant(getU32(payload, 0));
        break;
      case FrameKind.end:
        this.#inputOf(id)?.close(null);
        break;
      case FrameKind.reset:
        this.#inputOf(id)?.close(new StreamReset(this.#codec.decode(payload)));
        break;
      case FrameKind.cancel:
        this.#outputs.get(id)?.cancel(this.#codec.decode(payload));
        break;
      case FrameKind.request:
        this.#request(id, payload);
        break;
      case FrameKind.reply:
        this.#answered(id, this.#decodeJson(payload), false);
        break;
      case FrameKind.failure:
        this.#answered(id, this.#decodeJson(payload), true);
        break;
      case FrameKind.event:
        this.#event(payload);
        break;
    }
  }

  #hello(hello: Hello): void {
    if (!hello.answer) this.#sendHello(true);
    if (hello.protocol !== this.#version) {
      const ours = `protocol ${this.#version} of ${this.#name}`;
      throw new ProtocolError(`${ours} does not fit protocol ${hello.protocol} of ${hello.name}`);
    }
    if (this.#held !== null) {
      const held = this.#held;
      this.#held = null;
      for (const frame of held) this.#transport.send(frame).catch((error: Error) => this.#close(error));
      this.#settleReady.resolve();
    } else if (!hello.answer) this.#restart(`${hello.name} started anew`);
  }

  #restart(reason: string): void {
    this.#epoch++;
    this.#drop(new ProtocolError(reason), new StreamReset(reason));
    this.#restarted.fire();
  }

  #data(id: StreamId, payload: Uint8Array): void {
    const stream = this.#inputOf(id);
    if (stream) stream.take(payload);
    else this.postReason(FrameKind.cancel, id, "not open");
  }

  /** Where the other end opens streams, their first frames may come before a command's handler asks for them. */
  #inputOf(id: StreamId): IncomingStream | undefined {
    const known = this.#inputs.get(id);
    if (known || this.#opens) return known;
    const early = this.#addInput(id);
    for (const [oldId, old] of this.#unasked) {
      if (this.#unasked.size < MAX_UNASKED) break;
      if (old.closed) this.#unasked.delete(oldId);
    }
    this.#unasked.set(id, early);
    return early;
  }

  #request(id: number, payload: Uint8Array): void {
    const [command, params] = this.#decodePair(payload);
    const handler = this.#handlers.get(command);
    const epoch = this.#epoch;
    if (!handler) {
      this.#fail(id, epoch, { code: "unknown-command", message: `unknown command ${command}` });
      return;
    }
    try {
      const result = handler(params);
      if (result instanceof Promise)
        result.then(
          (value) => this.#reply(id, epoch, command, value),
          (error) => this.#fail(id, epoch, failureOf(error)),
        );
      else this.#reply(id, epoch, command, result);
    } catch (error) {
      this.#fail(id, epoch, failureOf(error));
    }
  }

  #reply(id: number, epoch: number, command: string, result: unknown): void {
    if (epoch !== this.#epoch || this.#failure) return;
    const payload = this.#encodeJson(result ?? {});
    if (payload.length <= MAX_PAYLOAD_BYTES) this.#send(FrameKind.reply, id, payload);
    else this.#fail(id, epoch, { code: "internal", message: `result of ${command} takes ${payload.length} bytes` });
  }

  #fail(id: number, epoch: number, failure: AgentFailure): void {
    if (epoch === this.#epoch && !this.#failure) this.#send(FrameKind.failure, id, this.#encodeJson(failure));
  }

  #answered(id: number, answer: unknown, failed: boolean): void {
    const call = this.#calls.get(id);
    if (!call) throw new ProtocolError(`reply to request ${id}, which was not asked`);
    this.#calls.delete(id);
    if (failed) call.reject(new CommandError(call.command, answer as AgentFailure));
    else call.resolve(answer);
  }

  #event(payload: Uint8Array): void {
    const [event, value] = this.#decodePair(payload);
    for (const listener of [...(this.#listeners.get(event) ?? [])])
      try {
        listener(value);
      } catch (error) {
        // The listener's fault, not the channel's: told as an unhandled rejection.
        void Promise.reject(error);
      }
  }

  #close(error: Error): void {
    if (this.#failure) return;
    const failure = error instanceof ProtocolError ? error : new ProtocolError(error.message);
    this.#failure = failure;
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#drop(failure, failure);
    this.#settleReady.reject(failure);
    this.#transport.close(failure);
    this.#closed.fire(failure);
    this.#closed.dispose();
  }

  /** Gives up what is under way with the other end. */
  #drop(callFailure: Error, streamFailure: Error): void {
    const calls = [...this.#calls.values()];
    const streams = [...this.#inputs.values(), ...this.#outputs.values()];
    this.#calls.clear();
    this.#inputs.clear();
    this.#outputs.clear();
    this.#unasked.clear();
    for (const call of calls) call.reject(callFailure);
    for (const stream of streams)
      stream instanceof IncomingStream ? stream.close(streamFailure) : stream.fail(streamFailure);
  }

  #encodeJson(value: unknown): Uint8Array {
    return this.#codec.encode(JSON.stringify(value));
  }

  #decodeJson(payload: Uint8Array): unknown {
    try {
      return JSON.parse(this.#codec.decode(payload));
    } catch {
      throw new ProtocolError(`frame with ${payload.length} bytes that are not JSON`);
    }
  }

  #decodePair(payload: Uint8Array): [string, unknown] {
    const pair = this.#decodeJson(payload);
    if (!Array.isArray(pair) || typeof pair[0] !== "string") throw new ProtocolError("frame without a command's name");
    return [pair[0], pair[1]];
  }
}

/** A handler says what failed with an error that carries `failure`, or a system call's `errno` and `call`. */
function failureOf(error: unknown): AgentFailure {
  const { failure, errno, call, message } = error as {
    failure?: AgentFailure;
    errno?: string;
    call?: string;
    message?: string;
  };
  if (failure) return failure;
  if (errno && call) return { code: "system", message: String(message), errno, call };
  return { code: "internal", message: message ?? String(error) };
}
