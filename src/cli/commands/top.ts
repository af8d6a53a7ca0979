import type { ContainerTopResponse } from "../../engine/api/types.js";
import { atLeast, type CommandSpec } from "../command-spec.js";
import { containerPath } from "../engine-client.js";
import { layoutTable, WIDE } from "../table.js";

/** `docker top`: the processes of a container. */
export const top: CommandSpec = {
  usage: "CONTAINER [ps OPTIONS]",
  summary: "Display the running processes of a container",
  aliases: ["container top", "top"],
  arity: atLeast(1),
  flags: [],
  stopAtPositional: true,
  async run({ client, context, words: [container = "", ...options] }) {
    const path = containerPath(container, "top");
    const query = { ps_args: options.length > 0 ? options.join(" ") : undefined };
    const { Titles, Processes } = await client.get<ContainerTopResponse>(path, { query });
    const lines = layoutTable([Titles, ...Processes], WIDE);
    await context.stdout.write(`${lines.join("\n")}\n`);
    return 0;
  },
};
