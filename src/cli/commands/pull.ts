import { canonicalString, parseReference, withDefaultTag } from "../../shared/reference/reference.js";
import { type CommandSpec, exactly } from "../command-spec.js";
import { flagTable } from "../flag-table.js";
import { pullImage } from "../pull-image.js";
import { because, NO_CONTENT_TRUST } from "../refusals.js";

/** `docker pull` */
export const pull: CommandSpec = {
  usage: "[OPTIONS] NAME[:TAG|@DIGEST]",
  summary: "Download an image from a registry",
  aliases: ["image pull", "pull"],
  arity: exactly(1),
  flags: flagTable(`
    -a, --all-tags                Download all tagged images in the repository
        --disable-content-trust   Skip image verification (default true)
        --platform string         Set platform if server is multi-platform capable
    -q, --quiet                   Suppress verbose output
  `),
  refusals: { ...NO_CONTENT_TRUST, ...because("the engine pulls one tag at a time", "all-tags") },
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
