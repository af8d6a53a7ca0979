/**
 * The page's typed client of the session: the worker that holds engine, cli and machine. Implemented by
 * `connectSession` (worker.ts on the other side); the views know only this.
 */
import type { TraceEvent } from "../engine/trace/events.js";
import type { MachineHealth, WorkspaceEntry } from "../machine/machine.js";
import type { Event } from "../shared/disposable.js";
import type { ScriptOptions, ScriptResult } from "./run-script.js";

export type {
  ContainerInspect,
  ContainerStats,
  ContainerSummary,
  ImageSummary,
} from "../engine/api/types.js";
export type { LayerReport, LayerReportChange } from "../engine/layers/layer-report.js";
export type { SpanEnd, SpanKind, SpanStart, StepEvent, TraceEvent } from "../engine/trace/events.js";
export type { MachineHealth, WorkspaceEntry } from "../machine/machine.js";
export type { ScriptOptions, ScriptResult } from "./run-script.js";

export interface Session {
  /** Docker Engine API. */
  fetch(path: string, init?: { method?: string; body?: Uint8Array | string; signal?: AbortSignal }): Promise<Response>;
  /** Runs a `docker` command line of the page itself (no guest session), such as the Build button's. */
  docker(argv: string[], options: { cwd: string; onOutput(text: string): void; signal?: AbortSignal }): Promise<number>;
  /** Runs a script in the guest, outside any container and beside the terminal, such as a lesson's check. */
  runScript(script: string, options: ScriptOptions): Promise<ScriptResult>;
  terminal: SessionTerminal;
  workspace: SessionWorkspace;
  onTrace: Event<TraceEvent>;
  onProgress: Event<LoadProgress>;
  onHealth: Event<MachineHealth>;
  /** What the guest does not tell: what is full and what to do, a layer's file that could not be read. One line each. */
  onMessage: Event<string>;
  /** Resolves when the terminal takes input; rejects with a SessionStartError. */
  ready: Promise<void>;
  dispose(): void;
}

export interface SessionTerminal {
  write(data: string | Uint8Array): void;
  onData: Event<Uint8Array>;
  resize(columns: number, rows: number): void;
  /** Ends the shell and all that it has started; a new one takes its place. */
  renew(): Promise<void>;
}

export interface SessionWorkspace {
  list(): Promise<WorkspaceEntry[]>;
  read(path: string): Promise<Uint8Array>;
  write(path: string, bytes: Uint8Array): Promise<void>;
  remove(path: string): Promise<void>;
  onChange: Event<string[]>;
}

/** Named steps of loading; bytes where they are known. */
export interface LoadProgress {
  step: "state" | "restore" | "agent" | "images" | "shell" | "ready";
  label: string;
  loadedBytes?: number;
  totalBytes?: number;
}

/** Why a session did not start: the closed list. */
export type SessionStartCode =
  | "vm-missing"
  | "vm-unreadable"
  | "project-unreadable"
  | "machine-failed"
  | "worker-failed";

export class SessionStartError extends Error {
  override name = "SessionStartError";
  constructor(
    readonly code: SessionStartCode,
    message: string,
  ) {
    super(message);
  }
}
