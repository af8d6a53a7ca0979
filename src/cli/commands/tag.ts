import { parseReference, withDefaultTag } from "../../shared/reference/reference.js";
import { type CommandSpec, exactly } from "../command-spec.js";
import { imagePath } from "../engine-client.js";
import { CommandFailure, messageOf } from "../errors.js";

/** `docker tag` */
export const tag: CommandSpec = {
  usage: "SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]",
  summary: "Create a tag TARGET_IMAGE that refers to SOURCE_IMAGE",
  aliases: ["image tag", "tag"],
  arity: exactly(2),
  flags: [],
  async run({ client, words: [source = "", target = ""] }) {
    const reference = parseTarget(target);
    if (reference.digest) throw new CommandFailure("refusing to create a tag with a digest reference");
    const { domain, path, tag: name } = withDefaultTag(reference);
    await client.post(imagePath(source, "tag"), { query: { repo: `${domain}/${path}`, tag: name } });
    return 0;
  },
};

function parseTarget(target: string) {
  try {
    return parseReference(target);
  } catch (error) {
    throw new CommandFailure(
      `Error parsing reference: ${JSON.stringify(target)} is not a valid repository/tag: ${messageOf(error)}`,
    );
  }
}
