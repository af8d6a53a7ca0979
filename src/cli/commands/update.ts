import type { ContainerUpdateResponse } from "../../engine/api/types.js";
import { atLeast, type CommandSpec } from "../command-spec.js";
import { updateFlags } from "../container-flags.js";
import { limits, restartPolicy } from "../container-request.js";
import { forEachTarget } from "../each-target.js";
import { containerPath } from "../engine-client.js";
import { CONTAINER_REFUSALS } from "../refusals.js";

/** `docker update`: changes limits of containers, running ones too. */
export const update: CommandSpec = {
  usage: "[OPTIONS] CONTAINER [CONTAINER...]",
  summary: "Update configuration of one or more containers",
  aliases: ["container update", "update"],
  arity: atLeast(1),
  flags: updateFlags,
  refusals: CONTAINER_REFUSALS,
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
