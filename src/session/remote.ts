/** The worker's side of the session: starts a machine and its core, and answers the page's calls. */
import { transfer } from "comlink";
import type { Machine, MachineOptions } from "../machine/machine.js";
import { type LoadProgress, SessionStartError } from "./client.js";
import type { SessionCore } from "./compose.js";
import { owned, sendStream } from "./port-stream.js";
import { fetchProject } from "./project.js";
import { runScript } from "./run-script.js";
import { type TraceBatches, traceBatches } from "./trace-batches.js";
import { fetchVMImage } from "./vm-image.js";
import type { RemoteInit, RemoteResponse, SessionMessage, SessionRemote, StartOptions, StartResult } from "./wire.js";

export interface RemoteParts {
  restore(options: Omit<MachineOptions, "wasm">): Promise<Machine>;
  core(options: { machine: Machine; base: string; kernel: string }): Promise<SessionCore> | SessionCore;
  /** Goes on in the background once the terminal is usable. */
  warmUp(machine: Machine, used: AbortSignal): Promise<void>;
}

/** From the shell's first byte to its whole prompt, and some rest. */
const PROMPT_MS = 250;

interface Started {
  machine: Machine;
  core: SessionCore;
  trace: TraceBatches;
}

export function createRemote(parts: RemoteParts): SessionRemote {
  let started: Started | undefined;
  /** The page has given a command of its own. */
  const used = new AbortController();
  let tell: (message: SessionMessage, moved?: Transferable[]) => void = () => {};
  const aborts = new Map<number, AbortController>();

  const running = (): Started => {
    if (!started) throw new Error("the machine is not running");
    return started;
  };

  /** Gives the call an AbortSignal for as long as `work` takes. */
  const abortable = async <T>(call: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> => {
    const controller = new AbortController();
    aborts.set(call, controller);
    try {
      return await work(controller.signal);
    } finally {
      aborts.delete(call);
    }
  };

  return {
    async start(options, events): Promise<StartResult> {
      tell = (message, moved = []) => events.postMessage(message, moved);
      try {
        started = await startMachine(parts, options, tell);
        warmUpAfterPrompt(parts, started.machine, used.signal);
        return { ok: true };
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        return { ok: false, code: error instanceof SessionStartError ? error.code : "machine-failed", message };
      }
    },
    async fetch(path, init) {
      const controller = new AbortController();
      aborts.set(init.call, controller);
      const forget = () => aborts.delete(init.call);
      try {
        const response = await running().core.engine.fetch(toRequest(path, init, controller.signal));
        return toRemoteResponse(response, forget);
      } catch (error) {
        forget();
        throw error;
      }
    },
    async docker(argv, cwd, call) {
      const { core, trace } = running();
      used.abort();
      const onOutput = (text: string) => tell({ type: "output", call, text });
      const status = await abortable(call, (signal) => core.docker(argv, { cwd, onOutput, signal }));
      trace.flush();
      tell({ type: "exit", call, status });
    },
    abort: (call) => aborts.get(call)?.abort(),
    runScript: (script, options) => runScript(running().machine, script, options),
    write(data) {
      running().machine.terminal.write(typeof data === "string" ? new TextEncoder().encode(data) : data);
    },
    resize: (columns, rows) => started?.machine.terminal.resize(columns, rows),
    renewShell: () => running().machine.terminal.renew(),
    list: () => running().machine.workspace.list(),
    read(path) {
      const bytes = new Uint8Array(running().machine.workspace.read(path));
      return transfer(bytes, [bytes.buffer]);
    },
    writeFile: (path, bytes) => running().machine.workspace.write(path, bytes),
    remove: (path) => running().machine.workspace.remove(path),
  };
}

async function startMachine(
  parts: RemoteParts,
  options: StartOptions,
  tell: (message: SessionMessage, moved?: Transferable[]) => void,
): Promise<Started> {
  const progress = (step: LoadProgress) => tell({ type: "progress", progress: step });
  const [{ manifest, state }, workspace] = await Promise.all([
    fetchVMImage(new URL("vm/", options.base).href, (loadedBytes, totalBytes) =>
      progress({ step: "state", label: "Fetching the machine", loadedBytes, totalBytes }),
    ),
    options.files ?? fetchProject(options.base, options.project),
  ]);
  progress({ step: "restore", label: "Restoring the machine" });
  const machine = await parts.restore({
    state,
    memoryBytes: manifest.memoryBytes,
    columns: options.columns,
    rows: options.rows,
    shell: true,
    workspace,
  });
  forward(machine, tell);
  progress({ step: "images", label: "Opening the engine" });
  const core = await parts.core({ machine, base: options.base, kernel: manifest.kernel });
  const trace = traceBatches((events) => tell({ type: "trace", events }));
  core.onTrace(trace.sink);
  progress({ step: "ready", label: "Ready" });
  return { machine, core, trace };
}

/** The shell comes first: it is what the user waits for. */
function warmUpAfterPrompt(parts: RemoteParts, machine: Machine, used: AbortSignal): void {
  const subscription = machine.terminal.onData(() => {
    subscription.dispose();
    setTimeout(() => void parts.warmUp(machine, used), PROMPT_MS);
  });
}

/** Everything that the machine tells by itself. */
function forward(machine: Machine, tell: (message: SessionMessage, moved?: Transferable[]) => void): void {
  machine.terminal.onData((data) => {
    const bytes = owned(data);
    tell({ type: "terminal", bytes }, [bytes.buffer]);
  });
  machine.onMessage((text) => tell({ type: "message", text }));
  machine.onHealth((health) => tell({ type: "health", health }));
  machine.workspace.onChange((paths) => tell({ type: "workspace", paths }));
}

function toRequest(path: string, { method, body }: RemoteInit, signal: AbortSignal): Request {
  const headers = typeof body === "string" ? { "Content-Type": "application/json" } : undefined;
  return new Request(new URL(path, "http://engine"), { method, body: body as BodyInit | undefined, headers, signal });
}

/** @param onEnd called once the body has been read to its end, or given up. */
function toRemoteResponse(response: Response, onEnd: () => void): RemoteResponse {
  const { status, statusText, headers } = response;
  const body = response.body && sendStream(response.body, onEnd);
  if (!body) onEnd();
  const answer: RemoteResponse = { status, statusText, headers: [...headers], body };
  return body ? transfer(answer, [body]) : answer;
}
