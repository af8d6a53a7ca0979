import type { ContainerWaitResponse } from "../../engine/api/types.js";
import { atLeast, type CommandSpec } from "../command-spec.js";
import { forEachTarget } from "../each-target.js";
import { containerPath } from "../engine-client.js";

/** `docker wait`: prints the exit status of each container once it has ended. */
export const wait: CommandSpec = {
  usage: "CONTAINER [CONTAINER...]",
  summary: "Block until one or more containers stop, then print their exit codes",
  aliases: ["container wait", "wait"],
  arity: atLeast(1),
  flags: [],
  run: (call) =>
    forEachTarget(call, call.words, async (name) => {
      const { StatusCode } = await call.client.json<ContainerWaitResponse>("POST", containerPath(name, "wait"), {
        signal: call.signal,
      });
      return `${StatusCode}\n`;
    }),
};
