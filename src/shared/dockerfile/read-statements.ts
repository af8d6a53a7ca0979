import { pathLength } from "../text/path-bytes.js";
import { DirectiveReader, type Directives } from "./directives.js";
import { type Heredoc, heredocsOfLine } from "./heredoc.js";
import { definitionOf } from "./instructions/instructions.js";
import { DockerfileError, type EscapeCharacter, located, type SourceRange } from "./source.js";
import type { Statement, StatementArguments } from "./statement.js";
import { splitCommand } from "./words.js";

export interface Statements {
  directives: Directives;
  escapeToken: EscapeCharacter;
  statements: Statement[];
  warnings: DockerfileWarning[];
}

export interface DockerfileWarning {
  message: string;
  range: SourceRange;
}

/**
 * Splits a Dockerfile into statements: parser directives, comments, continuation lines, heredocs.
 * @throws {DockerfileError} with its lines.
 */
export function readStatements(text: string): Statements {
  return new StatementReader(text).read();
}

/** What BuildKit's scanner holds, less the newline. */
const MAX_LINE_BYTES = 65_535;

class StatementReader {
  readonly #lines: string[];
  readonly #directives = new DirectiveReader();
  readonly #warnings: DockerfileWarning[] = [];
  /** Lines taken so far: the number of the last one. */
  #taken = 0;
  #comments: string[] = [];

  constructor(text: string) {
    this.#lines = text.replace(/^\ufeff/, "").match(/[^\n]*\n|[^\n]+$/g) ?? [];
  }

  read(): Statements {
    const statements: Statement[] = [];
    while (this.#taken < this.#lines.length) {
      const statement = this.#statement();
      if (statement) statements.push(statement);
    }
    if (statements.length === 0)
      throw new DockerfileError("empty", "file with no instructions", this.#rangeFrom(this.#taken));
    const { found: directives, escapeToken } = this.#directives;
    return { directives, escapeToken, statements, warnings: this.#warnings };
  }

  #statement(): Statement | undefined {
    const start = this.#taken + 1;
    const line = this.#line(this.#taken)
      .trimStart()
      .replace(/[\r\n]+$/, "");
    const isDirective = located({ firstLine: this.#taken, lastLine: this.#taken }, () => this.#directives.take(line));
    this.#taken++;
    if (line.startsWith("#")) {
      if (!isDirective) this.#comment(line.slice(1).trim());
      return undefined;
    }
    const code = this.#continued(line);
    if (code === "" && this.#taken === start) return undefined;
    const statement = located(this.#rangeFrom(start), () => this.#split(code));
    if (takesHeredocs(statement) && code.includes("<<")) statement.heredocs = this.#heredocs(code, start);
    statement.range = this.#rangeFrom(start);
    this.#comments = [];
    return statement;
  }

  #line(index: number): string {
    const line = this.#lines[index]!;
    // Most characters take a byte, and none more than three a unit.
    if (line.length * 3 > MAX_LINE_BYTES && pathLength(line.replace(/\n$/, "")) > MAX_LINE_BYTES)
      throw new DockerfileError("syntax", `dockerfile line greater than max allowed size of ${MAX_LINE_BYTES}`, {
        firstLine: index + 1,
        lastLine: index + 1,
      });
    return line;
  }

  /** A lone `#` parts the comments before it from the instruction below. */
  #comment(text: string): void {
    if (text === "") this.#comments = [];
    else this.#comments.push(text);
  }

  /** Joins continuation lines, without the comments and empty lines among them. */
  #continued(first: string): string {
    const continuation =
      this.#directives.escapeToken === "`" ? /([^`])`[ \t]*$|^`[ \t]*$/ : /([^\\])\\[ \t]*$|^\\[ \t]*$/;
    let code = first;
    let isOpen = continuation.test(first);
    if (isOpen) code = first.replace(continuation, "$1");
    let hasEmptyLine = false;
    while (isOpen && this.#taken < this.#lines.length) {
      const line = this.#line(this.#taken++).replace(/[\r\n]+$/, "");
      if (line.trimStart().startsWith("#")) continue;
      if (line.trim() === "") {
        hasEmptyLine = true;
        continue;
      }
      isOpen = continuation.test(line);
      code += isOpen ? line.replace(continuation, "$1") : line;
    }
    if (hasEmptyLine)
      this.#warnings.push({
        message: `Empty continuation line found in: ${code}`,
        range: this.#rangeFrom(this.#taken),
      });
    return code;
  }

  #split(code: string): Statement {
    const { keyword, flags, rest } = splitCommand(code, this.#directives.escapeToken);
    const context = {
      escapeToken: this.#directives.escapeToken,
      formOf: (name: string) => definitionOf(name)?.form,
    };
    const args: StatementArguments = context.formOf(keyword)?.(rest, context) ?? { words: [], isJSON: false };
    return {
      keyword,
      code,
      flags,
      arguments: args,
      heredocs: [],
      comments: this.#comments,
      range: { firstLine: 0, lastLine: 0 },
    };
  }

  #heredocs(code: string, start: number): Heredoc[] {
    return heredocsOfLine(code).map((heredoc) => {
      let content = "";
      while (this.#taken < this.#lines.length) {
        const line = this.#line(this.#taken++);
        const bare = line.replace(/[\r\n]+$/, "");
        if ((heredoc.chomp ? bare.replace(/^\t+/, "") : bare) === heredoc.name) return { ...heredoc, content };
        content += line;
      }
      throw new DockerfileError("heredoc", "unterminated heredoc", this.#rangeFrom(start));
    });
  }

  #rangeFrom(firstLine: number): SourceRange {
    return { firstLine, lastLine: this.#taken };
  }
}

function takesHeredocs({ keyword, arguments: args }: Statement): boolean {
  const subject = args.inner ?? { keyword, isJSON: args.isJSON };
  return !subject.isJSON && definitionOf(subject.keyword)?.takesHeredocs === true;
}
