import { atLeast, type CommandSpec } from "../command-spec.js";
import { forEachTarget } from "../each-target.js";
import { containerPath } from "../engine-client.js";

export function freezing(action: "pause" | "unpause", summary: string): CommandSpec {
  return {
    usage: "CONTAINER [CONTAINER...]",
    summary,
    aliases: [`container ${action}`, action],
    arity: atLeast(1),
    flags: [],
    run: (call) =>
      forEachTarget(call, call.words, async (name) => {
        await call.client.post(containerPath(name, action));
        return `${name}\n`;
      }),
  };
}

/** `docker pause`: freezes the cgroup. */
export const pause = freezing("pause", "Pause all processes within one or more containers");
