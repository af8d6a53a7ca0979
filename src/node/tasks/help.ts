/**
 * `npm run help`: the help pages beside those of the stock `docker` client on PATH, and what is refused, with the reasons:
 * tables in Markdown.
 */
import type { CommandSpec } from "../../cli/command-spec.js";
import { COMMON, FURTHER, GROUPS } from "../../cli/command-table.js";
import { REFUSED_GROUPS, REFUSED_SWARM_GROUPS } from "../../cli/refused-groups.js";
import { type ComparedPage, comparePages } from "../help/compare-help.js";
import { ownHelp } from "../help/own-help.js";
import { stockClientVersion, stockHelp } from "../help/stock-client.js";

const version = stockClientVersion();
if (version === undefined) throw new Error("there is no docker client on PATH to compare with");
const pages = await comparePages(stockHelp, ownHelp);
const rows = pages.map(({ command, equal, flags, absent }) => [
  `docker ${command}`.trim(),
  equal ? "equal" : "differs",
  String(flags),
  absent.join(" "),
]);
const refused = refusedFlags();

console.log(table([`command of ${version}`, "page", "flags", "absent"], rows));
console.log(table(["flag", "refused, since"], refused));
console.log(table(["command", "refused, since"], refusedGroups()));
console.log(
  `${sum(pages, ({ equal }) => Number(equal))} of ${pages.length} pages equal; ` +
    `${sum(pages, ({ absent }) => absent.length)} of ${sum(pages, ({ flags }) => flags)} flags absent, ` +
    `${refused.length} refused`,
);

/** Of each command once, by its shortest name. */
function refusedFlags(): string[][] {
  const members = Object.entries(GROUPS).flatMap(([group, { commands }]) =>
    Object.entries(commands).map(([name, spec]): [string, CommandSpec] => [`${group} ${name}`, spec]),
  );
  const top: [string, CommandSpec][] = Object.entries({ ...COMMON, ...FURTHER });
  const named = new Map([...members, ...top].map(([name, spec]) => [spec, name]));
  return [...named].flatMap(([{ flags, refusals = {} }, name]) =>
    flags
      .filter(({ long, hidden }) => !hidden && Object.hasOwn(refusals, long))
      .map(({ long }) => [`docker ${name} --${long}`, refusals[long]!]),
  );
}

function refusedGroups(): string[][] {
  const groups = Object.entries({ ...REFUSED_GROUPS, ...REFUSED_SWARM_GROUPS });
  return groups.map(([name, { reason, commands }]) => [`docker ${name} ${Object.keys(commands).join(", ")}`, reason]);
}

function sum(all: readonly ComparedPage[], of: (page: ComparedPage) => number): number {
  return all.reduce((total, page) => total + of(page), 0);
}

function table(heading: readonly string[], lines: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[]) => `| ${cells.join(" | ")} |\n`;
  return row(heading) + row(heading.map(() => "---")) + lines.map(row).join("");
}
