import type { ExecCreateRequest, ExecInspect, IDResponse } from "../../engine/api/types.js";
import type { Disposable } from "../../shared/disposable.js";
import { joinStdio } from "../attach-stdio.js";
import { atLeast, type Call, type CommandSpec } from "../command-spec.js";
import { environmentFlags } from "../container-flags.js";
import { containerPath } from "../engine-client.js";
import { environmentOf } from "../environment.js";
import { ApiError, CommandFailure } from "../errors.js";
import { signalStatus, startStatus } from "../exit-status.js";
import { flagTable } from "../flag-table.js";
import { detached, escaped, passSize, signalled } from "../follow-container.js";

/** `docker exec`: a further process in a running container. */
export const exec: CommandSpec = {
  usage: "[OPTIONS] CONTAINER COMMAND [ARG...]",
  summary: "Execute a command in a running container",
  aliases: ["container exec", "exec"],
  arity: atLeast(2),
  flags: [
    ...environmentFlags,
    ...flagTable(`
      -d, --detach               Detached mode: run command in the background
          --detach-keys string   Override the key sequence for detaching a container
      -i, --interactive          Keep STDIN open even if not attached
          --privileged           Give extended privileges to the command
      -t, --tty                  Allocate a pseudo-TTY
      -u, --user string          Username or UID (format: "<name|uid>[:<group|gid>]")
      -w, --workdir string       Working directory inside the container
    `),
  ],
  stopAtPositional: true,
  ownSignals: true,
  async run(call) {
    const { context, client, flags, words } = call;
    const [container = "", ...command] = words;
    const request = await execRequest(call, command);
    if (request.Tty && request.AttachStdin && !context.terminal.stdin)
      throw new CommandFailure("the input device is not a TTY");
    const { Id } = await client.json<IDResponse>("POST", containerPath(container, "exec"), { json: request });
    try {
      if (!flags.on("detach")) return await runExec(call, Id, request);
      await client.post(`/exec/${Id}/start`, { json: { Detach: true, Tty: request.Tty } });
      return 0;
    } catch (error) {
      if (!(error instanceof ApiError) || !error.reason.startsWith("OCI runtime exec failed")) throw error;
      // Docker's engine says so on the process's own output.
      await context.stdout.write(`${error.reason}\n`);
      return startStatus(error.reason, 126);
    }
  },
};

async function execRequest(call: Call, command: string[]): Promise<ExecCreateRequest> {
  const { flags } = call;
  const attached = !flags.on("detach");
  const environment = await environmentOf(call.context, flags);
  return {
    User: flags.text("user") ?? "",
    Privileged: flags.on("privileged"),
    Tty: flags.on("tty"),
    AttachStdin: attached && flags.on("interactive"),
    AttachStdout: attached,
    AttachStderr: attached,
    Env: environment.length > 0 ? environment : null,
    WorkingDir: flags.text("workdir") ?? "",
    Cmd: command,
    ...(flags.has("detach-keys") && { DetachKeys: flags.text("detach-keys") }),
  };
}

async function runExec(
  call: Call,
  id: string,
  { Tty = false, AttachStdin = false }: ExecCreateRequest,
): Promise<number> {
  const { context, client } = call;
  const { rows, columns } = context.size();
  const held: Disposable[] = [];
  const own = signalled(call);
  const leaving = detached(call);
  held.push(own, leaving);
  try {
    const upgraded = await client.upgrade(`/exec/${id}/start`, {
      json: { Detach: false, Tty, ...(Tty && { ConsoleSize: [rows, columns] }) },
      session: context.joinSession?.(),
    });
    const joined = joinStdio(context, upgraded, AttachStdin);
    held.push({ dispose: joined.close });
    if (Tty && context.terminal.stdout) held.push(passSize(call, `/exec/${id}`));
    const ended = joined.drained.then(async () => {
      const { ExitCode, Running } = await client.get<ExecInspect>(`/exec/${id}/json`);
      return Running ? escaped() : (ExitCode ?? 0);
    });
    return await Promise.race([ended, leaving.left.then(escaped), own.signal.then(signalStatus)]);
  } finally {
    for (const each of held) each.dispose();
  }
}
