/**
 * `docker` commands typed in the guest: the agent announces each as a *session*, whose text, stdin, signals and exit
 * status are joined here to the command line's code on the page's side.
 */
import type { Command, CommandContext } from "../cli/command.js";
import type { EngineHandler } from "../engine/api/handler.js";
import type { AgentEvents } from "../protocol/commands.js";
import type { InputStream } from "../protocol/peer.js";
import { type Disposable, Emitter } from "../shared/disposable.js";
import { callerFiles, type FilesMachine } from "./caller-files.js";
import { SessionOutput } from "./session-output.js";

type Opened = AgentEvents["session.opened"];

interface Running {
  signals: Emitter<number>;
  resizes: Emitter<{ columns: number; rows: number }>;
  detached: Emitter<void>;
}

export interface GuestCommandOptions {
  machine: FilesMachine;
  engine: EngineHandler;
  run: Command;
}

/** Serves the agent's sessions until disposed. */
export function serveGuestCommands(options: GuestCommandOptions): Disposable {
  const { agent } = options.machine;
  const running = new Map<number, Running>();
  const subscriptions = [
    agent.on("session.opened", (opened) => {
      const events: Running = { signals: new Emitter(), resizes: new Emitter(), detached: new Emitter() };
      running.set(opened.session, events);
      void serve(options, opened, events).finally(() => running.delete(opened.session));
    }),
    agent.on("session.signal", ({ session, signal }) => running.get(session)?.signals.fire(signal)),
    agent.on("session.detached", ({ session }) => running.get(session)?.detached.fire()),
    agent.on("session.resized", ({ session, ...size }) => running.get(session)?.resizes.fire(size)),
  ];
  return {
    dispose() {
      for (const subscription of subscriptions) subscription.dispose();
    },
  };
}

/** Never rejects: a channel that is gone has nobody left to tell. */
async function serve(options: GuestCommandOptions, opened: Opened, events: Running): Promise<void> {
  const { agent } = options.machine;
  const { session } = opened;
  const output = new SessionOutput(agent, session);
  try {
    const exitCode = await runToStatus(options, opened, events, output);
    const held = await output.end();
    await agent.call("session.close", { session, exitCode, ...held });
  } catch {
    output.reset("session gone");
  }
}

async function runToStatus(
  { machine, engine, run }: GuestCommandOptions,
  opened: Opened,
  events: Running,
  output: SessionOutput,
): Promise<number> {
  let size = { columns: opened.columns, rows: opened.rows };
  const stdin = lazyStdin(machine, opened.session);
  const context: CommandContext = {
    engine,
    argv: opened.argv.slice(1),
    cwd: opened.cwd,
    env: opened.env,
    stdout: output.stdout,
    stderr: output.stderr,
    terminal: opened.terminal,
    size: () => size,
    onResize: events.resizes.event,
    onSignal: events.signals.event,
    onDetach: events.detached.event,
    joinSession: () => {
      output.release();
      return opened.session;
    },
    stdin: stdin.open,
    files: callerFiles(machine, opened.cwd),
  };
  const watch = events.resizes.event((now) => {
    size = now;
  });
  try {
    return await run(context);
  } catch (error) {
    await output.stderr.write(`docker: ${error instanceof Error ? error.message : String(error)}\n`).catch(() => {});
    return 1;
  } finally {
    watch.dispose();
    stdin.close();
  }
}

/** The caller's stdin is read only when the command asks for it, so that the shell keeps what is typed ahead. */
function lazyStdin({ agent }: FilesMachine, session: number) {
  let input: InputStream | undefined;
  let stream: ReadableStream<Uint8Array> | undefined;
  const open = ({ raw = false } = {}) => {
    stream ??= new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          if (!input) {
            input = agent.openInput();
            await agent.call("session.read", { session, stdin: input.id, ...(raw && { raw }) });
          }
          const chunk = await input.read();
          if (chunk) controller.enqueue(chunk);
          else controller.close();
        },
        cancel: () => input?.cancel("not wanted any more"),
      },
      { highWaterMark: 0 },
    );
    return stream;
  };
  return { open, close: () => input?.cancel("the command ended") };
}
