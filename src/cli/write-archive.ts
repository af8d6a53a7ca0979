/** An answer's body, into a file or onto stdout: what `save` and `export` end with. */
import type { CommandContext } from "./command.js";
import { CommandFailure } from "./errors.js";

/** @throws {CommandFailure} where the bytes would go to a terminal. */
export function refuseTerminal({ terminal }: CommandContext, output: string | undefined): void {
  if (output === undefined && terminal.stdout)
    throw new CommandFailure("cowardly refusing to save to a terminal. Use the -o flag or redirect");
}

/** `output`: the file's name; without one, stdout. */
export async function writeArchive(context: CommandContext, output: string | undefined, body: Response): Promise<void> {
  if (output !== undefined) {
    await context.files.write(output, new Uint8Array(await body.arrayBuffer()), 0o600);
    return;
  }
  const reader = body.body?.getReader();
  for (let next = await reader?.read(); next && !next.done; next = await reader!.read())
    await context.stdout.write(next.value);
}
