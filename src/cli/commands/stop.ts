import { atLeast, type Call, type CommandSpec } from "../command-spec.js";
import { forEachTarget } from "../each-target.js";
import { containerPath } from "../engine-client.js";
import { integerFlag, textFlag } from "../flags.js";

export const stopFlags = [
  textFlag("signal", "Signal to send", { short: "s" }),
  integerFlag("timeout", "Seconds to wait before it is killed", { short: "t" }),
  integerFlag("time", "As --timeout", { hidden: true }),
];

/** Of `stop` and `restart`: the engine does the waiting. */
export function endEach(call: Call, action: "stop" | "restart"): Promise<number> {
  const { client, flags, words, signal: aborted } = call;
  const seconds = flags.integer("timeout") ?? flags.integer("time");
  const query = { signal: flags.text("signal"), t: seconds };
  return forEachTarget(call, words, async (name) => {
    await client.post(containerPath(name, action), { query, signal: aborted });
    return `${name}\n`;
  });
}

/** `docker stop`: SIGTERM, and after ten seconds SIGKILL. */
export const stop: CommandSpec = {
  usage: "[OPTIONS] CONTAINER [CONTAINER...]",
  summary: "Stop running containers",
  aliases: ["container stop", "stop"],
  arity: atLeast(1),
  flags: stopFlags,
  run: (call) => endEach(call, "stop"),
};
