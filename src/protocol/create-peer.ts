import { type Disposable, Emitter } from "../shared/disposable.js";
import type { AgentFailure, Hello, StreamId } from "./commands.js";
import { failureOf } from "./failure-of.js";
import { encodeFrame, FrameDecoder, getU32 } from "./frame-codec.js";
import { FrameKind, MAX_PAYLOAD_BYTES } from "./frames.js";
import { JsonPayload } from "./json-payload.js";
import {
  type CommandTable,
  type InputStream,
  type OutputStream,
  type Peer,
  ProtocolError,
  StreamReset,
  type TextCodec,
  type Transport,
} from "./peer.js";
import { PendingCalls } from "./pending-calls.js";
import { StreamTable } from "./stream-table.js";
import type { IncomingStream, OutgoingStream, StreamHost } from "./streams.js";
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

type Handler = (params: unknown) => unknown;
type Listener = (value: unknown) => void;

const IGNORED: Disposable = { dispose: () => {} };
const MAX_REASON_CHARACTERS = 1000;

class ChannelPeer implements StreamHost {
  readonly ready: Promise<void>;
  readonly forgetsCancelled: boolean;
  readonly #name: string;
  readonly #version: number;
  readonly #transport: Transport;
  readonly #codec: TextCodec;
  readonly #decoder = new FrameDecoder((kind, id, payload) => this.#handle(kind, id, payload));
  readonly #subscriptions: Disposable[] = [];
  readonly #json: JsonPayload;
  readonly #calls = new PendingCalls();
  readonly #handlers = new Map<string, Handler>();
  readonly #listeners = new Map<string, Set<Listener>>();
  readonly #streams: StreamTable;
  readonly #restarted = new Emitter<void>();
  readonly #closed = new Emitter<Error>();
  #settleReady!: { resolve(): void; reject(error: Error): void };
  /** Frames that wait for the other end's first hello; null from then on. */
  #held: Uint8Array[] | null = [];
  /** Counts the other end's starts, so that a reply is not sent to a successor of who asked. */
  #epoch = 0;
  #failure: Error | null = null;

  constructor(options: PeerOptions) {
    this.#name = options.name;
    this.#version = options.version ?? PROTOCOL_VERSION;
    this.forgetsCancelled = options.opens;
    this.#streams = new StreamTable(this, options.opens);
    this.#transport = options.transport;
    this.#codec = options.codec;
    this.#json = new JsonPayload(options.codec);
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
    return this.#streams.size;
  }

  readonly onRestart = this.#restarted.event;

  readonly onClose = (listener: (error: Error) => void): Disposable => {
    if (!this.#failure) return this.#closed.event(listener);
    listener(this.#failure);
    return IGNORED;
  };

  call(command: string, params: unknown): Promise<unknown> {
    if (this.#failure) return Promise.reject(this.#failure);
    const payload = this.#json.encodeNamed(command, params);
    if (payload.length > MAX_PAYLOAD_BYTES)
      return Promise.reject(new ProtocolError(`params of ${command} take ${payload.length} bytes: too many`));
    return this.#calls.add(command, (id) => this.send(FrameKind.request, id, payload));
  }

  serve(command: string, handler: Handler): Disposable {
    if (this.#handlers.has(command)) throw new Error(`${command} is served already`);
    this.#handlers.set(command, handler);
    return { dispose: () => this.#handlers.delete(command) };
  }

  /** Heard by nobody while the other end has not said hello. */
  tell(event: string, value: unknown): void {
    if (this.#held === null && !this.#failure) this.send(FrameKind.event, 0, this.#json.encodeNamed(event, value));
  }

  on(event: string, listener: Listener): Disposable {
    const entry: Listener = (value) => listener(value);
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners.add(entry));
    return { dispose: () => listeners.delete(entry) };
  }

  openInput(): InputStream {
    return this.#streams.addInput(this.#streams.nextId());
  }

  openOutput(): OutputStream {
    return this.#streams.addOutput(this.#streams.nextId());
  }

  input(id: StreamId): InputStream {
    return this.#streams.input(id);
  }

  output(id: StreamId): OutputStream {
    return this.#streams.output(id);
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

  send(kind: FrameKind, id: number, payload: Uint8Array): void {
    this.post(kind, id, payload).catch((error: Error) => this.#close(error));
  }

  sendReason(kind: FrameKind, id: StreamId, reason: string): void {
    this.send(kind, id, this.#codec.encode(reason.slice(0, MAX_REASON_CHARACTERS)));
  }

  forget(stream: IncomingStream | OutgoingStream): void {
    this.#streams.forget(stream);
  }

  #sendHello(answer: boolean): void {
    const hello: Hello = { protocol: this.#version, name: this.#name };
    if (answer) hello.answer = true;
    const frame = encodeFrame(FrameKind.hello, 0, this.#json.encode(hello));
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
    if (kind === FrameKind.hello) this.#hello(this.#json.decode(payload) as Hello);
    else if (this.#held === null) this.#dispatch(kind, id, payload);
  }

  #dispatch(kind: FrameKind, id: number, payload: Uint8Array): void {
    switch (kind) {
      case FrameKind.data:
        this.#data(id, payload);
        break;
      case FrameKind.credit:
        this.#streams.writer(id)?.grant(getU32(payload, 0));
        break;
      case FrameKind.end:
        this.#streams.reader(id)?.close(null);
        break;
      case FrameKind.reset:
        this.#streams.reader(id)?.close(new StreamReset(this.#codec.decode(payload)));
        break;
      case FrameKind.cancel:
        this.#streams.writer(id)?.cancel(this.#codec.decode(payload));
        break;
      case FrameKind.request:
        this.#request(id, payload);
        break;
      case FrameKind.reply:
        this.#calls.resolve(id, this.#json.decode(payload));
        break;
      case FrameKind.failure:
        this.#calls.fail(id, this.#json.decode(payload) as AgentFailure);
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
    this.#calls.rejectAll(new ProtocolError(reason));
    this.#streams.drop(new StreamReset(reason));
    this.#restarted.fire();
  }

  #data(id: StreamId, payload: Uint8Array): void {
    const stream = this.#streams.reader(id);
    if (stream) stream.take(payload);
    else this.sendReason(FrameKind.cancel, id, "not open");
  }

  #request(id: number, payload: Uint8Array): void {
    const [command, params] = this.#json.decodeNamed(payload);
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
    const payload = this.#json.encode(result ?? {});
    if (payload.length <= MAX_PAYLOAD_BYTES) this.send(FrameKind.reply, id, payload);
    else this.#fail(id, epoch, { code: "internal", message: `result of ${command} takes ${payload.length} bytes` });
  }

  #fail(id: number, epoch: number, failure: AgentFailure): void {
    if (epoch === this.#epoch && !this.#failure) this.send(FrameKind.failure, id, this.#json.encode(failure));
  }

  #event(payload: Uint8Array): void {
    const [event, value] = this.#json.decodeNamed(payload);
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
    this.#calls.rejectAll(failure);
    this.#streams.close(failure);
    this.#settleReady.reject(failure);
    this.#transport.close(failure);
    this.#closed.fire(failure);
    this.#closed.dispose();
  }
}
