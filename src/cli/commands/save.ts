import { atLeast, type CommandSpec } from "../command-spec.js";
import { flagTable } from "../flag-table.js";
import { ONE_PLATFORM } from "../refusals.js";
import { refuseTerminal, writeArchive } from "../write-archive.js";

/** `docker save`: images as one archive that Docker and OCI tools read. */
export const save: CommandSpec = {
  usage: "[OPTIONS] IMAGE [IMAGE...]",
  summary: "Save one or more images to a tar archive (streamed to STDOUT by default)",
  aliases: ["image save", "save"],
  arity: atLeast(1),
  flags: flagTable(`
    -o, --output string     Write to a file, instead of STDOUT
        --platform string   Save only the given platform variant. Formatted as "os[/arch[/variant]]" (e.g., "linux/amd64")
  `),
  refusals: ONE_PLATFORM,
  async run({ client, context, flags, words, signal }) {
    const output = flags.text("output");
    refuseTerminal(context, output);
    await writeArchive(context, output, await client.send("GET", "/images/get", { query: { names: words }, signal }));
    return 0;
  },
};
