import { atLeast, type CommandSpec } from "../command-spec.js";
import { forEachTarget } from "../each-target.js";
import { containerPath } from "../engine-client.js";
import { textFlag } from "../flags.js";

/** `docker kill`: sends a signal, SIGKILL unless another is named. */
export const kill: CommandSpec = {
  usage: "[OPTIONS] CONTAINER [CONTAINER...]",
  summary: "Send a signal to running containers",
  aliases: ["container kill", "kill"],
  arity: atLeast(1),
  flags: [textFlag("signal", "Signal to send", { short: "s" })],
  run: (call) =>
    forEachTarget(call, call.words, async (name) => {
      await call.client.post(containerPath(name, "kill"), { query: { signal: call.flags.text("signal") } });
      return `${name}\n`;
    }),
};
