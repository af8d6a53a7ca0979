/** The composition shared by the page's worker and Node: an engine on a machine, and `docker` for both their users. */
import { runDocker } from "../cli/main.js";
import { createEngine, type Engine, type EngineOptions } from "../engine/create-engine.js";
import type { TraceEvent } from "../engine/trace/events.js";
import type { Machine } from "../machine/machine.js";
import type { Disposable, Event } from "../shared/disposable.js";
import { serveGuestCommands } from "./guest-commands.js";
import { type PageCommandOptions, runPageCommand } from "./page-command.js";

export interface SessionCore extends Disposable {
  readonly engine: Engine;
  readonly onTrace: Event<TraceEvent>;
  /** Runs `docker <argv>` for the page itself; returns its exit status. */
  docker(argv: readonly string[], options: PageCommandOptions): Promise<number>;
}

/** From now on `docker` works in the guest of `machine`, which stays the caller's to dispose of. */
export function createSessionCore(options: Omit<EngineOptions, "machine"> & { machine: Machine }): SessionCore {
  const { machine } = options;
  const engine = createEngine(options);
  const commands = serveGuestCommands({ machine, engine, run: runDocker });
  return {
    engine,
    onTrace: engine.onTrace,
    docker: (argv, command) => runPageCommand({ machine, engine, run: runDocker }, argv, command),
    dispose() {
      commands.dispose();
      engine.dispose();
    },
  };
}
