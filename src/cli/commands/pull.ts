import { canonicalString, parseReference, withDefaultTag } from "../../shared/reference/reference.js";
import { type CommandSpec, exactly } from "../command-spec.js";
import { boolFlag, textFlag } from "../flags.js";
import { pullImage } from "../pull-image.js";

/** `docker pull` */
export const pull: CommandSpec = {
  usage: "[OPTIONS] NAME[:TAG|@DIGEST]",
  summary: "Get an image from a registry",
  aliases: ["image pull", "pull"],
  arity: exactly(1),
  flags: [textFlag("platform", "Platform of the image"), boolFlag("quiet", "Print the name only", { short: "q" })],
  unsupportedFlags: ["all-tags", "disable-content-trust"],
  async run({ client, context, flags, words: [name = ""], signal }) {
    const given = parseReference(name);
    const reference = withDefaultTag(given);
    const quiet = flags.on("quiet");
    if (!quiet && !given.tag && !given.digest) await context.stdout.write(`Using default tag: ${reference.tag}\n`);
    await pullImage(client, context, reference, {
      ...(!quiet && { out: context.stdout, terminal: context.terminal.stdout }),
      platform: flags.text("platform"),
      signal,
    });
    await context.stdout.write(`${canonicalString(reference)}\n`);
    return 0;
  },
};
