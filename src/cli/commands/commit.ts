import type { IDResponse } from "../../engine/api/types.js";
import { parseReference, withDefaultTag } from "../../shared/reference/reference.js";
import { between, type CommandSpec } from "../command-spec.js";
import { CommandFailure } from "../errors.js";
import { flagTable } from "../flag-table.js";

/** `docker commit`: an image of a container's image and what it changed. */
export const commit: CommandSpec = {
  usage: "[OPTIONS] CONTAINER [REPOSITORY[:TAG]]",
  summary: "Create a new image from a container's changes",
  aliases: ["container commit", "commit"],
  arity: between(1, 2),
  flags: flagTable(`
    -a, --author string    Author (e.g., "John Hannibal Smith <hannibal@a-team.com>")
    -c, --change list      Apply Dockerfile instruction to the created image
    -m, --message string   Commit message
    -p, --pause            Pause container during commit (default true)
  `),
  async run({ client, context, flags, words: [container = "", name], signal }) {
    const { Id } = await client.json<IDResponse>("POST", "/commit", {
      query: {
        container,
        ...nameQuery(name),
        comment: flags.text("message"),
        author: flags.text("author"),
        changes: flags.list("change"),
        pause: flags.on("pause", true) ? 1 : 0,
      },
      signal,
    });
    await context.stdout.write(`${Id}\n`);
    return 0;
  },
};

/** `repo` and `tag` of the image to make, as the API takes them. @throws {CommandFailure} for a digest. */
export function nameQuery(name: string | undefined): { repo?: string; tag?: string } {
  if (name === undefined) return {};
  const { domain, path, tag = "", digest } = withDefaultTag(parseReference(name));
  if (digest) throw new CommandFailure("cannot commit to digest reference");
  return { repo: `${domain}/${path}`, tag };
}
