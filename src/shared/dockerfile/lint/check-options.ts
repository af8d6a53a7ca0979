/** `# check=skip=…;experimental=…;error=…`: at the top for the whole file, above an instruction for that one. */
import { isExperimental, type RuleName } from "./rules.js";

export interface CheckOptions {
  /** Rules that are off. */
  skip: ReadonlySet<string> | "all";
  /** Experimental rules that are on. */
  experimental: ReadonlySet<string> | "all";
  /** A finding fails the build. */
  isError: boolean;
}

/** Options that cannot be read; the message is BuildKit's. */
export class CheckOptionsError extends Error {
  override name = "CheckOptionsError";
}

const NOTHING: CheckOptions = { skip: new Set(), experimental: new Set(), isError: false };

/** @throws {CheckOptionsError}. */
export function parseCheckOptions(text: string): CheckOptions {
  const options = { ...NOTHING };
  for (const part of text.trim() === "" ? [] : text.trim().split(";")) {
    const equals = part.indexOf("=");
    const key = part.slice(0, Math.max(0, equals)).trim();
    const value = part.slice(equals + 1).trim();
    if (equals < 0) throw new CheckOptionsError(`invalid check option ${JSON.stringify(part)}`);
    if (key === "skip" || key === "experimental")
      options[key] = value === "all" ? "all" : new Set(value.split(",").map((name) => name.trim()));
    else if (key === "error") options.isError = parseBoolean(value, part);
    else throw new CheckOptionsError(`invalid check option ${JSON.stringify(key)}`);
  }
  return options;
}

/** With what the comments above an instruction add; what cannot be read there is a comment like others. */
export function withComments(options: CheckOptions, comments: readonly string[]): CheckOptions {
  const directive = comments.map((comment) => /^check\s*=\s*(\S+)/i.exec(comment)?.[1]).find((value) => value);
  if (!directive) return options;
  try {
    const own = parseCheckOptions(directive);
    const { skip, experimental } = options;
    return { ...options, skip: union(skip, own.skip), experimental: union(experimental, own.experimental) };
  } catch (error) {
    if (error instanceof CheckOptionsError) return options;
    throw error;
  }
}

export function isOn(name: RuleName, { skip, experimental }: CheckOptions): boolean {
  const asked = isExperimental(name) ? experimental : skip;
  const isNamed = asked === "all" || asked.has(name);
  return isExperimental(name) ? isNamed : !isNamed;
}

function union(a: CheckOptions["skip"], b: CheckOptions["skip"]): CheckOptions["skip"] {
  return a === "all" || b === "all" ? "all" : new Set([...a, ...b]);
}

function parseBoolean(value: string, part: string): boolean {
  if (/^(1|t|T|TRUE|true|True)$/.test(value)) return true;
  if (/^(0|f|F|FALSE|false|False)$/.test(value)) return false;
  throw new CheckOptionsError(
    `failed to parse check option ${JSON.stringify(part)}: strconv.ParseBool: parsing ${JSON.stringify(value)}: invalid syntax`,
  );
}
