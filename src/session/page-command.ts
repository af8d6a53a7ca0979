/** `docker` command lines of the page itself, such as the Build button's: no guest session, no terminal. */
import type { Command } from "../cli/command.js";
import type { EngineHandler } from "../engine/api/handler.js";
import { Emitter } from "../shared/disposable.js";
import { callerFiles, type FilesMachine } from "./caller-files.js";

export interface PageCommandOptions {
  /** Guest path that relative paths are taken from. */
  cwd: string;
  /** stdout and stderr, as they come. */
  onOutput(text: string): void;
  /** Aborting sends the command SIGINT. */
  signal?: AbortSignal;
}

const SIGINT = 2;

/** Runs `docker <argv>`; returns its exit status. */
export async function runPageCommand(
  { machine, engine, run }: { machine: FilesMachine; engine: EngineHandler; run: Command },
  argv: readonly string[],
  { cwd, onOutput, signal }: PageCommandOptions,
): Promise<number> {
  const signals = new Emitter<number>();
  const interrupt = () => signals.fire(SIGINT);
  signal?.addEventListener("abort", interrupt);
  const decoder = new TextDecoder();
  const sink = {
    write: async (data: string | Uint8Array) =>
      onOutput(typeof data === "string" ? data : decoder.decode(data, { stream: true })),
  };
  try {
    return await run({
      engine,
      argv,
      cwd,
      env: {},
      stdout: sink,
      stderr: sink,
      terminal: { stdin: false, stdout: false, stderr: false },
      size: () => ({ columns: 80, rows: 24 }),
      onResize: new Emitter<{ columns: number; rows: number }>().event,
      onSignal: signals.event,
      stdin: () => new ReadableStream<Uint8Array>({ start: (controller) => controller.close() }),
      files: callerFiles(machine, cwd),
    });
  } finally {
    signal?.removeEventListener("abort", interrupt);
  }
}
