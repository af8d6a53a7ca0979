/** The page's end of the session: calls through comlink, everything unasked through one port. */
import { type Remote, transfer, wrap } from "comlink";
import { Emitter } from "../shared/disposable.js";
import {
  type LoadProgress,
  type MachineHealth,
  type ScriptOptions,
  type ScriptResult,
  type Session,
  SessionStartError,
  type SessionTerminal,
  type SessionWorkspace,
  type TraceEvent,
} from "./client.js";
import { owned, receiveStream } from "./port-stream.js";
import type { RemoteResponse, SessionMessage, SessionRemote, StartOptions } from "./wire.js";

/** A dedicated Worker, or a port to code that stands in for one. */
export type SessionEndpoint = Worker | MessagePort;

/** Starts a session in `endpoint`, which must run worker.ts, and ends it when disposed. */
export function connectSession(endpoint: SessionEndpoint, options: StartOptions): Session {
  return new ConnectedSession(endpoint, options);
}

class ConnectedSession implements Session {
  readonly #remote: Remote<SessionRemote>;
  readonly #endpoint: SessionEndpoint;
  readonly #events: MessagePort;
  readonly #trace = new Emitter<TraceEvent>();
  readonly #progress = new Emitter<LoadProgress>();
  readonly #health = new Emitter<MachineHealth>();
  readonly #terminalData = new Emitter<Uint8Array>();
  readonly #messages = new Emitter<string>();
  readonly #workspaceChange = new Emitter<string[]>();
  readonly #commands = new Map<number, { onOutput(text: string): void; onExit(status: number): void }>();
  #calls = 0;

  readonly onTrace = this.#trace.event;
  readonly onProgress = this.#progress.event;
  readonly onHealth = this.#health.event;
  readonly onMessage = this.#messages.event;
  readonly ready: Promise<void>;
  readonly terminal: SessionTerminal;
  readonly workspace: SessionWorkspace;

  constructor(endpoint: SessionEndpoint, options: StartOptions) {
    this.#endpoint = endpoint;
    this.#remote = wrap<SessionRemote>(endpoint);
    const { port1, port2 } = new MessageChannel();
    this.#events = port1;
    port1.onmessage = ({ data }: MessageEvent<SessionMessage>) => this.#receive(data);
    this.ready = this.#start(options, port2);
    this.terminal = this.#makeTerminal();
    this.workspace = this.#makeWorkspace();
  }

  async #start(options: StartOptions, events: MessagePort): Promise<void> {
    const crashed = new Promise<never>((_, reject) => {
      this.#endpoint.addEventListener("error", (event) => {
        const message = (event as ErrorEvent).message || "the session's worker could not be loaded";
        this.#health.fire({ state: "dead", message });
        reject(new SessionStartError("worker-failed", message));
      });
    });
    const result = await Promise.race([this.#remote.start(options, transfer(events, [events])), crashed]);
    if (!result.ok) throw new SessionStartError(result.code, result.message);
  }

  #receive(message: SessionMessage): void {
    switch (message.type) {
      case "terminal":
        this.#terminalData.fire(message.bytes);
        break;
      case "trace":
        for (const event of message.events) this.#trace.fire(event);
        break;
      case "progress":
        this.#progress.fire(message.progress);
        break;
      case "health":
        this.#health.fire(message.health);
        break;
      case "message":
        this.#messages.fire(message.text);
        break;
      case "workspace":
        this.#workspaceChange.fire(message.paths);
        break;
      case "output":
        this.#commands.get(message.call)?.onOutput(message.text);
        break;
      case "exit":
        this.#commands.get(message.call)?.onExit(message.status);
        break;
    }
  }

  #makeTerminal(): SessionTerminal {
    return {
      write: (data) => void this.#remote.write(data),
      onData: this.#terminalData.event,
      resize: (columns, rows) => void this.#remote.resize(columns, rows),
      renew: () => this.#remote.renewShell(),
    };
  }

  #makeWorkspace(): SessionWorkspace {
    return {
      list: () => this.#remote.list(),
      read: (path) => this.#remote.read(path),
      write: (path, bytes) => this.#remote.writeFile(path, bytes),
      remove: (path) => this.#remote.remove(path),
      onChange: this.#workspaceChange.event,
    };
  }

  async fetch(
    path: string,
    { method, body, signal }: { method?: string; body?: Uint8Array | string; signal?: AbortSignal } = {},
  ): Promise<Response> {
    signal?.throwIfAborted();
    const call = ++this.#calls;
    const abort = () => void this.#remote.abort(call);
    signal?.addEventListener("abort", abort, { once: true });
    return toResponse(await this.#remote.fetch(path, { method, body, call }));
  }

  async docker(
    argv: string[],
    { cwd, onOutput, signal }: { cwd: string; onOutput(text: string): void; signal?: AbortSignal },
  ): Promise<number> {
    signal?.throwIfAborted();
    const call = ++this.#calls;
    const abort = () => void this.#remote.abort(call);
    signal?.addEventListener("abort", abort, { once: true });
    try {
      return await new Promise<number>((resolve, reject) => {
        this.#commands.set(call, { onOutput, onExit: resolve });
        this.#remote.docker(argv, cwd, call).catch(reject);
      });
    } finally {
      this.#commands.delete(call);
      signal?.removeEventListener("abort", abort);
    }
  }

  runScript(script: string, options: ScriptOptions): Promise<ScriptResult> {
    return this.#remote.runScript(script, options);
  }

  dispose(): void {
    this.#events.close();
    if ("terminate" in this.#endpoint) this.#endpoint.terminate();
    else this.#endpoint.close();
  }
}

function toResponse({ status, statusText, headers, body }: RemoteResponse): Response {
  return new Response(body && receiveStream(body), { status, statusText, headers });
}

/** Workspace files as a new session can start with them. Files that cannot be read are left out. */
export async function keepFiles({ workspace }: Session): Promise<StartOptions["files"]> {
  const files = (await workspace.list()).filter((entry) => entry.type === "file");
  const kept = files.map(async ({ path, mode }) => ({
    type: "file" as const,
    path,
    mode,
    bytes: owned(await workspace.read(path)),
  }));
  return (await Promise.allSettled(kept)).filter((one) => one.status === "fulfilled").map((one) => one.value);
}
