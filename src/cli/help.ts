/** `--help` texts, made from the tables of commands and flags, laid out as Docker lays them out. */
import type { CommandSpec } from "./command-spec.js";
import type { Flag } from "./flags.js";
import { wrapText } from "./wrap-text.js";

/** Names with their summaries. */
export type Summaries = Readonly<Record<string, { summary: string }>>;

/** `name`: `docker run`. */
export function commandHelp(name: string, spec: CommandSpec, columns: number): string {
  const parts = [`${usageLine(name, spec)}\n`, `${spec.description ?? spec.summary}\n`];
  if (spec.aliases) parts.push(`Aliases:\n  ${spec.aliases.map((alias) => `docker ${alias}`).join(", ")}\n`);
  const flags = spec.flags.filter(({ hidden }) => !hidden);
  if (flags.length > 0) parts.push(`Options:\n${flagLines(flags, columns)}\n`);
  return parts.join("\n");
}

export function usageLine(name: string, spec: CommandSpec): string {
  return `Usage:  ${name} ${spec.usage}`.trimEnd() + (spec.moreUsage ? `\n\t${spec.moreUsage}` : "");
}

/** A page that lists commands, in sections with headings. `usage` is all that comes before the word COMMAND. */
export function listHelp(
  usage: string,
  description: string,
  sections: Readonly<Record<string, Summaries>>,
  more: readonly string[] = [],
): string {
  const lists = Object.entries(sections).map(([heading, commands]) => `${heading}:\n${commandLines(commands)}\n`);
  return [`Usage:  ${usage} COMMAND\n`, `${description}\n`, ...lists, ...more].join("\n");
}

/** The last line of a list of commands. */
export const moreHelp = (name: string): string => `Run '${name} COMMAND --help' for more information on a command.\n`;

function commandLines(commands: Summaries): string {
  return Object.entries(commands)
    .map(([name, { summary }]) => `  ${name.padEnd(11)} ${summary}`)
    .join("\n");
}

/** Flags in the order of their names, each with its help text wrapped to `columns`. */
export function flagLines(flags: readonly Flag[], columns: number): string {
  const sorted = [...flags].sort((a, b) => (a.long < b.long ? -1 : 1));
  const heads = sorted.map(flagHead);
  const indent = Math.max(...heads.map(({ length }) => length)) + 3;
  return sorted.map(({ help }, i) => heads[i]!.padEnd(indent) + wrapText(help, indent, columns)).join("\n");
}

function flagHead({ short, long, type }: Flag): string {
  return `${short ? `  -${short}, ` : "      "}--${long}${type ? ` ${type}` : ""}`;
}

const shorthand: Flag = { long: "", short: "h", help: "", hidden: true };

/** Every command has them. The shorthand is no flag with a long name, so that its use can be told. */
export const helpFlags: readonly Flag[] = [{ long: "help", help: "Print usage", hidden: true }, shorthand];

/** What goes before a help page that `-h` asked for. */
export const SHORTHAND_NOTICE = "Flag shorthand -h has been deprecated, use --help\n";
export const SHORTHAND = shorthand.long;
