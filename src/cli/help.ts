/** `--help` texts, made from the tables of commands and flags, laid out as Docker lays them out. */
import type { CommandSpec } from "./command-spec.js";
import { boolFlag, type Flag } from "./flags.js";

/** A line may run over the edge by so much before it is broken. */
const SLACK = 5;

/** `name`: `docker run`. */
export function commandHelp(name: string, spec: CommandSpec, columns: number): string {
  const parts = [`${usageLine(name, spec)}\n`, `${spec.summary}\n`];
  if (spec.aliases) parts.push(`Aliases:\n  ${spec.aliases.map((alias) => `docker ${alias}`).join(", ")}\n`);
  const flags = spec.flags.filter(({ hidden }) => !hidden);
  if (flags.length > 0) parts.push(`Options:\n${flagLines(flags, columns)}\n`);
  return parts.join("\n");
}

export function usageLine(name: string, spec: CommandSpec): string {
  return `Usage:  ${name} ${spec.usage}`.trimEnd() + (spec.moreUsage ? `\n\t${spec.moreUsage}` : "");
}

/** A list of commands with their summaries. */
export function commandLines(commands: readonly (readonly [string, string])[]): string {
  return commands.map(([name, summary]) => `  ${name.padEnd(10)}  ${summary}`.trimEnd()).join("\n");
}

/** Flags in the order of their names, each with its help text wrapped to `columns`. */
export function flagLines(flags: readonly Flag[], columns: number): string {
  const sorted = [...flags].sort((a, b) => (a.long < b.long ? -1 : 1));
  const heads = sorted.map(flagHead);
  const indent = Math.max(...heads.map(({ length }) => length)) + 3;
  return sorted
    .map((flag, i) => {
      const text = flag.default === undefined ? flag.help : `${flag.help} (default ${flag.default})`;
      return heads[i]!.padEnd(indent) + wrap(text, columns - indent).join(`\n${" ".repeat(indent)}`);
    })
    .join("\n");
}

function flagHead({ short, long, type }: Flag): string {
  return `${short ? `  -${short}, ` : "      "}--${long}${type ? ` ${type}` : ""}`;
}

function wrap(text: string, width: number): string[] {
  const room = Math.max(width, 24) - SLACK;
  const lines: string[] = [];
  let left = text;
  while (left.length > room + SLACK) {
    const space = left.lastIndexOf(" ", room);
    if (space <= 0) break;
    lines.push(left.slice(0, space));
    left = left.slice(space + 1);
  }
  return [...lines, left];
}

export const helpFlag: Flag = boolFlag("help", "Print usage", { hidden: true });
