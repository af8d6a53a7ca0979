import { type CommandSpec, exactly } from "../command-spec.js";
import { containerPath } from "../engine-client.js";
import { flagTable } from "../flag-table.js";
import { refuseTerminal, writeArchive } from "../write-archive.js";

/** `docker export`: a container's files as they are, as one tar. */
export const exportContainer: CommandSpec = {
  usage: "[OPTIONS] CONTAINER",
  summary: "Export a container's filesystem as a tar archive",
  aliases: ["container export", "export"],
  arity: exactly(1),
  flags: flagTable(`
    -o, --output string   Write to a file, instead of STDOUT
  `),
  async run({ client, context, flags, words: [container = ""], signal }) {
    const output = flags.text("output");
    refuseTerminal(context, output);
    await writeArchive(context, output, await client.send("GET", containerPath(container, "export"), { signal }));
    return 0;
  },
};
