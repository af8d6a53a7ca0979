import { atLeast, type Call, type CommandSpec } from "../command-spec.js";
import { forEachTarget } from "../each-target.js";
import { containerPath } from "../engine-client.js";
import { flagTable, hiddenFlags } from "../flag-table.js";

export const stopFlags = [
  ...flagTable(`
    -s, --signal string   Signal to send to the container
    -t, --timeout int     Seconds to wait before killing the container
  `),
  ...hiddenFlags("--time int"),
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
  summary: "Stop one or more running containers",
  aliases: ["container stop", "stop"],
  arity: atLeast(1),
  flags: stopFlags,
  run: (call) => endEach(call, "stop"),
};
