import type { ContainerInspect } from "../../engine/api/types.js";
import { atLeast, type Call, type CommandSpec } from "../command-spec.js";
import { forEachTarget } from "../each-target.js";
import { containerPath } from "../engine-client.js";
import { CommandFailure } from "../errors.js";
import { flagTable } from "../flag-table.js";
import { because } from "../refusals.js";
import { runForeground } from "../run-foreground.js";

/** `docker start`: starts containers; `-a` and `-i` stay with one of them. */
export const start: CommandSpec = {
  usage: "[OPTIONS] CONTAINER [CONTAINER...]",
  summary: "Start one or more stopped containers",
  aliases: ["container start", "start"],
  arity: atLeast(1),
  flags: flagTable(`
    -a, --attach                  Attach STDOUT/STDERR and forward signals
        --checkpoint string       Restore from this checkpoint
        --checkpoint-dir string   Use a custom checkpoint storage directory
        --detach-keys string      Override the key sequence for detaching a container
    -i, --interactive             Attach container's STDIN
  `),
  refusals: {
    ...because("the machine cannot make checkpoints of processes", "checkpoint checkpoint-dir"),
  },
  ownSignals: true,
  async run(call) {
    const { flags, words, context, client } = call;
    if (flags.on("attach") || flags.on("interactive")) return startAttached(call);
    const failed: string[] = [];
    const status = await forEachTarget(call, words, async (name) => {
      try {
        await client.post(containerPath(name, "start"));
      } catch (error) {
        failed.push(name);
        throw error;
      }
      return `${name}\n`;
    });
    if (status !== 0) await context.stderr.write(`Error: failed to start containers: ${failed.join(", ")}\n`);
    return status;
  },
};

async function startAttached(call: Call): Promise<number> {
  const { context, client, words, flags } = call;
  if (words.length > 1) throw new CommandFailure("you cannot start and attach multiple containers at once");
  const { Id, Config, HostConfig } = await client.get<ContainerInspect>(containerPath(words[0]!, "json"));
  const tty = Config.Tty ?? false;
  const stdin = flags.on("interactive") && (Config.OpenStdin ?? false);
  if (tty && stdin && !context.terminal.stdin) throw new CommandFailure("the input device is not a TTY");
  return runForeground(call, {
    container: Id,
    tty,
    streams: { stdin, stdout: true, stderr: true },
    removed: HostConfig.AutoRemove ?? false,
    proxySignals: true,
  });
}
