/** `-e`, `--env-file` and label files. */
import type { CommandContext } from "./command.js";
import { CommandFailure } from "./errors.js";
import type { FlagValues } from "./flags.js";
import { splitOnce } from "./mount-flag.js";
import { readFile } from "./read-file.js";

/** Variables of the files first, then those given; a name alone takes the caller's value, or is left out. */
export async function environmentOf(context: CommandContext, flags: FlagValues): Promise<string[]> {
  const fromFiles: string[] = [];
  for (const path of flags.list("env-file")) fromFiles.push(...(await readLines(context, path, "variable")));
  return [...fromFiles, ...flags.list("env")].flatMap((entry) => {
    if (entry.includes("=")) return [entry];
    const value = context.env[entry];
    return value === undefined ? [] : [`${entry}=${value}`];
  });
}

export async function labelsOf(context: CommandContext, flags: FlagValues): Promise<Record<string, string>> {
  const entries: string[] = [];
  for (const path of flags.list("label-file")) entries.push(...(await readLines(context, path, "label")));
  return toMap([...entries, ...flags.list("label")]);
}

/** `name=value` words; without a value it is empty. */
export function toMap(entries: readonly string[]): Record<string, string> {
  return Object.fromEntries(entries.map(splitOnce).map(([name, value]) => [name, value ?? ""]));
}

/** Blank lines and comments are left out. */
async function readLines(context: CommandContext, path: string, what: string): Promise<string[]> {
  const text = new TextDecoder().decode(await readFile(context, path));
  const lines = text.replace(/^\ufeff/, "").split("\n");
  return lines
    .map((line) => line.replace(/\r$/, "").trimStart())
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => {
      const [name] = splitOnce(line);
      if (name === "") throw new CommandFailure(`invalid env file (${path}): no ${what} name on line '${line}'`);
      if (/\s/.test(name))
        throw new CommandFailure(`invalid env file (${path}): ${what} '${name}' contains whitespaces`);
      return line;
    });
}
