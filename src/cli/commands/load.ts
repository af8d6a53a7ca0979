import type { ProgressMessage } from "../../engine/api/types.js";
import { type CommandSpec, none } from "../command-spec.js";
import { documentsOf } from "../engine-client.js";
import { CommandFailure } from "../errors.js";
import { flagTable } from "../flag-table.js";
import { showProgress } from "../progress-display.js";
import { readAll, readFile } from "../read-file.js";
import { ONE_PLATFORM } from "../refusals.js";

/** `docker load`: images from an archive of `docker save` or an OCI layout. */
export const load: CommandSpec = {
  usage: "[OPTIONS]",
  summary: "Load an image from a tar archive or STDIN",
  aliases: ["image load", "load"],
  arity: none,
  flags: flagTable(`
    -i, --input string      Read from tar archive file, instead of STDIN
        --platform string   Load only the given platform variant. Formatted as "os[/arch[/variant]]" (e.g., "linux/amd64")
    -q, --quiet             Suppress the load output
  `),
  refusals: ONE_PLATFORM,
  async run({ client, context, flags, signal }) {
    const input = flags.text("input");
    if (input === undefined && context.terminal.stdin)
      throw new CommandFailure("requested load from stdin, but stdin is empty");
    const bytes = input === undefined ? await readAll(context.stdin()) : await readFile(context, input);
    const response = await client.send("POST", "/images/load", {
      query: { quiet: flags.on("quiet") || !context.terminal.stdout },
      bytes,
      contentType: "application/x-tar",
      signal,
    });
    await showProgress(documentsOf<ProgressMessage>(response), {
      out: context.stdout,
      terminal: context.terminal.stdout,
      columns: context.size().columns,
    });
    return 0;
  },
};
