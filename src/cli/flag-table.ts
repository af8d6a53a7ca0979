/**
 * A command's flags, written as its help page shows them on an endless line:
 *
 *     -n, --tail string   Number of lines to show from the end of the logs (default "all")
 *
 * The word after the name is the value's type and says how it is read; a flag without one is a boolean. A line that
 * begins with no flag belongs to the help above it.
 */
import {
  checkDuration,
  checkFilter,
  parseBytes,
  parseCpus,
  parseInteger,
  parseUlimit,
  parseUnsigned,
} from "./flag-values.js";
import type { Flag } from "./flags.js";
import { parseMount } from "./mount-flag.js";
import { parseNetwork } from "./network-flag.js";

const HEAD = /^(\s*)(?:-(\w), )?--([\w-]+)(?: (\S+))?(?: {2,}(.*))?$/;

/** `checks` are by the flag's long name, beside what its type asks for. */
export function flagTable(text: string, checks: Readonly<Record<string, (value: string) => void>> = {}): Flag[] {
  const flags: Flag[] = [];
  let column = 0;
  for (const line of text.split("\n").filter((each) => each.trim() !== "")) {
    const head = HEAD.exec(line);
    if (!head) {
      flags.at(-1)!.help += `\n${line.slice(column)}`;
      continue;
    }
    const [, , short, long = "", type, help = ""] = head;
    column = line.length - help.length;
    const check = checks[long];
    flags.push({ long, help, ...(short && { short }), ...(type && { type, ...TYPES[type] }), ...(check && { check }) });
  }
  return flags;
}

/** Flags that no help page shows: Docker's own hidden ones, and those of BuildKit. */
export function hiddenFlags(text: string): Flag[] {
  return flagTable(text).map((flag) => ({ ...flag, hidden: true }));
}

const many = true;

/** How values of a type are read; those that are not here are one text. */
const TYPES: Readonly<Record<string, Partial<Flag>>> = {
  bytes: { check: (value) => void parseBytes(value) },
  decimal: { check: (value) => void parseCpus(value) },
  duration: { check: checkDuration },
  filter: { many, check: checkFilter },
  int: { check: (value) => void parseInteger(value) },
  list: { many },
  map: { many },
  mount: { many, check: (value) => void parseMount(value) },
  network: { many, check: (value) => void parseNetwork(value) },
  strings: { many, separator: "," },
  stringToString: { many, separator: "," },
  uint: { check: (value) => void parseUnsigned(value) },
  uint16: { check: (value) => void parseUnsigned(value, 65535) },
  ulimit: { many, check: (value) => void parseUlimit(value) },
};
