import { DockerfileError, type EscapeCharacter } from "./source.js";

/** Parser directives: `# syntax=…`, `# escape=…`, `# check=…` before everything else. */
export interface Directives {
  syntax?: string;
  escape?: EscapeCharacter;
  check?: string;
}

const DIRECTIVE = /^#\s*([a-zA-Z][a-zA-Z0-9]*)\s*=\s*(.+?)\s*$/;

/** Takes directives line by line; the first line that is none ends them. */
export class DirectiveReader {
  readonly found: Directives = {};
  #isOver = false;

  /** @returns whether the line was a directive. @throws {DockerfileError} `directive`: repeated, or a bad escape. */
  take(line: string): boolean {
    if (this.#isOver) return false;
    const match = DIRECTIVE.exec(line);
    const name = match?.[1]?.toLowerCase();
    if (!match || (name !== "syntax" && name !== "escape" && name !== "check")) {
      this.#isOver = true;
      return false;
    }
    if (this.found[name] !== undefined)
      throw new DockerfileError("directive", `only one ${name} parser directive can be used`);
    const value = match[2]!;
    if (name === "escape") this.found.escape = parseEscape(value);
    else this.found[name] = value;
    return true;
  }

  get escapeToken(): EscapeCharacter {
    return this.found.escape ?? "\\";
  }
}

function parseEscape(value: string): EscapeCharacter {
  if (value !== "`" && value !== "\\")
    throw new DockerfileError("directive", `invalid escape token '${value}' does not match \` or \\`);
  return value;
}
