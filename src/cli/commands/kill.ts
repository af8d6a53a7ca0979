import { atLeast, type CommandSpec } from "../command-spec.js";
import { forEachTarget } from "../each-target.js";
import { containerPath } from "../engine-client.js";
import { flagTable } from "../flag-table.js";

/** `docker kill`: sends a signal, SIGKILL unless another is named. */
export const kill: CommandSpec = {
  usage: "[OPTIONS] CONTAINER [CONTAINER...]",
  summary: "Kill one or more running containers",
  aliases: ["container kill", "kill"],
  arity: atLeast(1),
  flags: flagTable(`
    -s, --signal string   Signal to send to the container
  `),
  run: (call) =>
    forEachTarget(call, call.words, async (name) => {
      await call.client.post(containerPath(name, "kill"), { query: { signal: call.flags.text("signal") } });
      return `${name}\n`;
    }),
};
