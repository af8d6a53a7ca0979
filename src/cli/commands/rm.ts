import { atLeast, type CommandSpec } from "../command-spec.js";
import { forEachTarget } from "../each-target.js";
import { containerPath } from "../engine-client.js";
import { ApiError, CommandFailure } from "../errors.js";
import { flagTable } from "../flag-table.js";
import { because } from "../refusals.js";

/** `docker rm`: removes containers. With `-f` one that is not there is no failure. */
export const rm: CommandSpec = {
  usage: "[OPTIONS] CONTAINER [CONTAINER...]",
  summary: "Remove one or more containers",
  aliases: ["container rm", "container remove", "rm"],
  arity: atLeast(1),
  flags: flagTable(`
    -f, --force     Force the removal of a running container (uses SIGKILL)
    -l, --link      Remove the specified link
    -v, --volumes   Remove anonymous volumes associated with the container
  `),
  refusals: because("containers have no links here", "link"),
  run(call) {
    const { client, context, flags, words } = call;
    const force = flags.on("force");
    return forEachTarget(call, words, async (name) => {
      const trimmed = name.replace(/^\/+/, "");
      if (trimmed === "") throw new CommandFailure("Container name cannot be empty");
      try {
        const query = { force, v: flags.on("volumes") };
        await client.send("DELETE", containerPath(trimmed), { query });
        return `${name}\n`;
      } catch (error) {
        if (!force || !(error instanceof ApiError) || error.status !== 404) throw error;
        await context.stderr.write(`${error.message}\n`);
        return undefined;
      }
    });
  },
};
