import { atLeast, type Call, type CommandSpec } from "../command-spec.js";
import { containerFlags } from "../container-flags.js";
import { containerRequest } from "../container-request.js";
import { createContainer } from "../create-container.js";
import { containerPath } from "../engine-client.js";
import { ApiError, CommandFailure, messageOf } from "../errors.js";
import { startStatus } from "../exit-status.js";
import { flagTable } from "../flag-table.js";
import { CONTAINER_REFUSALS } from "../refusals.js";
import { runForeground } from "../run-foreground.js";

/** `docker run`: makes a container, starts it, and stays with it unless `-d` is given. */
export const run: CommandSpec = {
  usage: "[OPTIONS] IMAGE [COMMAND] [ARG...]",
  summary: "Create and run a new container from an image",
  aliases: ["container run", "run"],
  arity: atLeast(1),
  flags: [
    ...containerFlags,
    ...flagTable(`
      -d, --detach               Run container in background and print container ID
          --detach-keys string   Override the key sequence for detaching a container
          --pull string          Pull image before running ("always", "missing", "never") (default "missing")
          --sig-proxy            Proxy received signals to the process (default true)
    `),
  ],
  refusals: CONTAINER_REFUSALS,
  stopAtPositional: true,
  ownSignals: true,
  async run(call) {
    try {
      return await runContainer(call);
    } catch (error) {
      if (error instanceof TerminalMissing) throw error;
      throw runFailure(error, 125);
    }
  },
};

/** Docker says this one without its `docker:` before it. */
class TerminalMissing extends CommandFailure {
  constructor() {
    super("the input device is not a TTY");
  }
}

function runFailure(error: unknown, status: number): CommandFailure {
  if (error instanceof RunFailure) return error;
  return new RunFailure(`docker: ${messageOf(error)}\n\nRun 'docker run --help' for more information`, status);
}

class RunFailure extends CommandFailure {}

async function runContainer(call: Call): Promise<number> {
  const { context, flags, words } = call;
  const [image = "", ...command] = words;
  const detach = flags.on("detach");
  const removes = flags.on("rm");
  const restarts = (flags.text("restart") ?? "no") !== "no";
  if (removes && restarts) throw new CommandFailure("conflicting options: cannot specify both --restart and --rm");
  if (detach && flags.has("attach"))
    throw new CommandFailure("conflicting options: cannot specify both --attach and --detach");
  const request = await containerRequest(call, image, command, detach);
  if (request.Tty && request.AttachStdin && !context.terminal.stdin) throw new TerminalMissing();
  const container = await createContainer(call, request);
  try {
    if (detach) return await startDetached(call, container);
    return await runForeground(call, {
      container,
      tty: request.Tty,
      streams: { stdin: request.AttachStdin, stdout: request.AttachStdout, stderr: request.AttachStderr },
      removed: removes,
      proxySignals: flags.on("sig-proxy", true),
    });
  } catch (error) {
    throw runFailure(error, error instanceof ApiError ? startStatus(error.reason, 125) : 125);
  }
}

/** The id is printed even if the start fails: the container is there. */
async function startDetached({ context, client }: Call, container: string): Promise<number> {
  try {
    await client.post(containerPath(container, "start"));
  } finally {
    await context.stdout.write(`${container}\n`);
  }
  return 0;
}
