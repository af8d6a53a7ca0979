import { atLeast, type CommandSpec } from "../command-spec.js";
import { CommandFailure } from "../errors.js";
import { textFlag } from "../flags.js";

/** `docker save`: images as one archive that Docker and OCI tools read. */
export const save: CommandSpec = {
  usage: "[OPTIONS] IMAGE [IMAGE...]",
  summary: "Write images to a tar archive, on stdout unless -o is given",
  aliases: ["image save", "save"],
  arity: atLeast(1),
  flags: [textFlag("output", "Write to this file", { short: "o" })],
  unsupportedFlags: ["platform"],
  async run({ client, context, flags, words, signal }) {
    const output = flags.text("output");
    if (output === undefined && context.terminal.stdout)
      throw new CommandFailure("cowardly refusing to save to a terminal. Use the -o flag or redirect");
    const response = await client.send("GET", "/images/get", { query: { names: words }, signal });
    if (output !== undefined) {
      await context.files.write(output, new Uint8Array(await response.arrayBuffer()), 0o600);
      return 0;
    }
    const reader = response.body?.getReader();
    for (let next = await reader?.read(); next && !next.done; next = await reader!.read())
      await context.stdout.write(next.value);
    return 0;
  },
};
