import type { ContainerChange } from "../../engine/api/types.js";
import { type CommandSpec, exactly } from "../command-spec.js";
import { containerPath } from "../engine-client.js";

const LETTERS = ["C", "A", "D"] as const;

/** `docker diff`: what a container changed in its filesystem. */
export const diff: CommandSpec = {
  usage: "CONTAINER",
  summary: "Inspect changes to files or directories on a container's filesystem",
  aliases: ["container diff", "diff"],
  arity: exactly(1),
  flags: [],
  async run({ client, context, words: [container = ""] }) {
    const changes = (await client.get<ContainerChange[] | null>(containerPath(container, "changes"))) ?? [];
    await context.stdout.write(changes.map(({ Kind, Path }) => `${LETTERS[Kind]} ${Path}\n`).join(""));
    return 0;
  },
};
