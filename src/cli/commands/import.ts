import type { ProgressMessage } from "../../engine/api/types.js";
import { atLeast, type Call, type CommandSpec } from "../command-spec.js";
import { documentsOf } from "../engine-client.js";
import { CommandFailure } from "../errors.js";
import { flagTable } from "../flag-table.js";
import { showProgress } from "../progress-display.js";
import { readAll, readFile } from "../read-file.js";
import { ONE_PLATFORM } from "../refusals.js";
import { nameQuery } from "./commit.js";

/** `docker import`: an image of one layer, from a tar of files. */
export const importImage: CommandSpec = {
  usage: "[OPTIONS] file|URL|- [REPOSITORY[:TAG]]",
  summary: "Import the contents from a tarball to create a filesystem image",
  aliases: ["image import", "import"],
  arity: atLeast(1),
  flags: flagTable(`
    -c, --change list       Apply Dockerfile instruction to the created image
    -m, --message string    Set commit message for imported image
        --platform string   Set platform if server is multi-platform capable
  `),
  refusals: ONE_PLATFORM,
  async run(call) {
    const { client, context, flags, words, signal } = call;
    const [source = "", name] = words;
    const query = {
      fromSrc: "-",
      ...nameQuery(name),
      message: flags.text("message"),
      changes: flags.list("change"),
    };
    const bytes = await archiveOf(call, source);
    const options = { query, bytes, contentType: "application/x-tar", signal };
    const response = await client.send("POST", "/images/create", options);
    await showProgress(documentsOf<ProgressMessage>(response), {
      out: context.stdout,
      terminal: context.terminal.stdout,
      columns: context.size().columns,
    });
    return 0;
  },
};

async function archiveOf({ context }: Call, source: string): Promise<Uint8Array> {
  if (source === "-") return readAll(context.stdin());
  if (/^https?:\/\//.test(source))
    throw new CommandFailure(
      `docker import: ${source} is not fetched by Drydock: give it a file, or the archive on stdin`,
    );
  return readFile(context, source);
}
