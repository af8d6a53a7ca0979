/**
 * One end of the channel between page and agent. `createPeer` (in create-peer.ts) makes one over a Transport;
 * the page's and the agent's end are the same code, so tests join two over an in-memory pair.
 */
import type { Disposable, Event } from "../shared/disposable.js";
import type { AgentEvents, AgentFailure, Commands, StreamId } from "./commands.js";

/** The bytes below a peer. Never delivers from within `send`; a chunk delivered is the peer's to keep. */
export interface Transport {
  /** Queues bytes, in order; resolves when the next may be queued without growing memory. */
  send(bytes: Uint8Array): Promise<void>;
  /** The one consumer of received bytes; chunks of any size. */
  onReceive: Event<Uint8Array>;
  /** The other end is gone, or bytes were refused. */
  onClose: Event<Error>;
  /** After what was sent has left. */
  close(reason: Error): void;
}

/** UTF-8, injected because QuickJS has no TextEncoder. */
export interface TextCodec {
  encode(text: string): Uint8Array;
  decode(bytes: Uint8Array): string;
}

/** Receiving side of a stream. Credit is granted as chunks are consumed, so a slow reader holds the writer up. */
export interface InputStream extends AsyncIterable<Uint8Array> {
  readonly id: StreamId;
  /** Next chunk, null after the end. Rejects with StreamReset when the writer gave up. */
  read(): Promise<Uint8Array | null>;
  /** Tells the writer that nothing more is wanted. */
  cancel(reason: string): void;
}

/** Sending side of a stream. */
export interface OutputStream {
  readonly id: StreamId;
  /** Resolves when the bytes are on their way within the window granted. Rejects when the reader cancelled. */
  write(bytes: Uint8Array): Promise<void>;
  end(): Promise<void>;
  /** Gives the stream up; the reader sees StreamReset with this reason. */
  reset(reason: string): void;
  /** The reader cancelled. */
  onCancel: Event<string>;
}

/** An interface of commands by name. */
export type CommandTable<T> = { [C in keyof T]: { params: unknown; result: unknown } };

/** `Calls`: what this end may ask; `Serves`: what it answers; `Hears`, `Tells`: events in and out. */
export interface Peer<
  Calls extends CommandTable<Calls>,
  Hears extends object,
  Serves extends CommandTable<Serves>,
  Tells extends object,
> extends Disposable {
  /** Resolves when the other end's hello fits; rejects with ProtocolError naming both versions when not. */
  readonly ready: Promise<void>;
  /** @throws {CommandError} with the other end's failure; ProtocolError when the channel is gone. */
  call<C extends keyof Calls & string>(command: C, params: Calls[C]["params"]): Promise<Calls[C]["result"]>;
  serve<C extends keyof Serves & string>(
    command: C,
    handler: (params: Serves[C]["params"]) => Promise<Serves[C]["result"]> | Serves[C]["result"],
  ): Disposable;
  tell<E extends keyof Tells & string>(event: E, value: Tells[E]): void;
  on<E extends keyof Hears & string>(event: E, listener: (value: Hears[E]) => void): Disposable;
  /** A new stream id that this end will read from. Only the page opens streams. */
  openInput(): InputStream;
  /** A new stream id that this end will write to. */
  openOutput(): OutputStream;
  /** The other end of a stream that the page opened, by the id named in a command. */
  input(id: StreamId): InputStream;
  output(id: StreamId): OutputStream;
  /** Streams not yet ended. */
  readonly streams: number;
  /** The other end started anew: calls under way were rejected, streams reset, replies still owed dropped. */
  onRestart: Event<void>;
  onClose: Event<Error>;
}

export class ProtocolError extends Error {
  override name = "ProtocolError";
}

export class StreamReset extends Error {
  override name = "StreamReset";
}

/** A command that the other end refused or could not do. */
export class CommandError extends Error {
  override name = "CommandError";
  constructor(
    readonly command: string,
    readonly failure: AgentFailure,
  ) {
    super(failure.message);
  }
}

/** Nothing: the commands that the page serves, the events that it tells. */
export type None = Record<never, never>;
/** The page's end. */
export type AgentClient = Peer<Commands, AgentEvents, None, None>;
/** The agent's end. */
export type AgentServer = Peer<None, None, Commands, AgentEvents>;
