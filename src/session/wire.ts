/** What passes between the page's `connectSession` and the session's worker. */
import type { TraceEvent } from "../engine/trace/events.js";
import type { MachineHealth, WorkspaceEntry } from "../machine/machine.js";
import type { LoadProgress, SessionStartCode } from "./client.js";
import type { ScriptOptions, ScriptResult } from "./run-script.js";

/** As the machine's workspace is seeded. */
export interface ProjectFile {
  type: "file";
  path: string;
  bytes: Uint8Array;
  mode?: number;
}

export interface StartOptions {
  /** URL of the folder that holds `vm/`, `registry/` and `projects/`, with a trailing slash. */
  base: string;
  columns: number;
  rows: number;
  /** What the workspace starts with; the project's own files when left out. */
  files?: ProjectFile[];
  /** Folder name below `projects/`. */
  project: string;
}

export type StartResult = { ok: true } | { ok: false; code: SessionStartCode; message: string };

export interface RemoteInit {
  method?: string;
  body?: Uint8Array | string;
  /** Number by which `abort` names this call. */
  call: number;
}

export interface RemoteResponse {
  status: number;
  statusText: string;
  headers: [string, string][];
  body: MessagePort | null;
}

/** The calls, as the worker exposes them. */
export interface SessionRemote {
  start(options: StartOptions, events: MessagePort): Promise<StartResult>;
  fetch(path: string, init: RemoteInit): Promise<RemoteResponse>;
  /** Its status comes as an `exit` message, after all of its output and trace. */
  docker(argv: string[], cwd: string, call: number): Promise<void>;
  abort(call: number): void;
  runScript(script: string, options: ScriptOptions): Promise<ScriptResult>;
  write(data: string | Uint8Array): void;
  resize(columns: number, rows: number): void;
  renewShell(): Promise<void>;
  list(): WorkspaceEntry[];
  read(path: string): Uint8Array;
  writeFile(path: string, bytes: Uint8Array): Promise<void>;
  remove(path: string): Promise<void>;
}

/** What the worker tells unasked, over a port of its own so that it keeps its order and needs no answer. */
export type SessionMessage =
  | { type: "terminal"; bytes: Uint8Array }
  | { type: "trace"; events: TraceEvent[] }
  | { type: "progress"; progress: LoadProgress }
  | { type: "health"; health: MachineHealth }
  | { type: "workspace"; paths: string[] }
  | { type: "message"; text: string }
  | { type: "output"; call: number; text: string }
  | { type: "exit"; call: number; status: number };
