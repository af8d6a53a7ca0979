import type { ContainerUpdateResponse } from "../../engine/api/types.js";
import { atLeast, type CommandSpec } from "../command-spec.js";
import { limitFlags } from "../container-flags.js";
import { limits, restartPolicy } from "../container-request.js";
import { forEachTarget } from "../each-target.js";
import { containerPath } from "../engine-client.js";

/** `docker update`: changes limits of containers, running ones too. */
export const update: CommandSpec = {
  usage: "[OPTIONS] CONTAINER [CONTAINER...]",
  summary: "Change the limits of containers",
  aliases: ["container update", "update"],
  arity: atLeast(1),
  flags: limitFlags,
  unsupportedFlags: ["blkio-weight", "cpu-rt-period", "cpu-rt-runtime", "cpuset-mems"],
  run(call) {
    const { client, context, flags, words } = call;
    const policy = flags.text("restart");
    const json = { ...limits(flags), ...(policy !== undefined && { RestartPolicy: restartPolicy(policy) }) };
    return forEachTarget(call, words, async (name) => {
      const { Warnings } = await client.json<ContainerUpdateResponse>("POST", containerPath(name, "update"), { json });
      for (const warning of Warnings ?? []) await context.stderr.write(`${warning}\n`);
      return `${name}\n`;
    });
  },
};
