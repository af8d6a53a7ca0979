/** Reads a template into nodes. Of Go's templates, `define`, `template`, `block`, `break`, `continue` are not here. */
import { parseError, scanTemplate, type Token } from "./scan.js";
import { TemplateError } from "./template-error.js";

export type Node =
  | { kind: "text"; text: string }
  | { kind: "print"; pipe: Pipeline }
  | { kind: "if" | "with" | "range"; pipe: Pipeline; body: Node[]; otherwise: Node[] };

export interface Pipeline {
  /** Variables set: `$x :=`, `$k, $v :=`. */
  variables: string[];
  /** Changes a variable that is there instead of making one. */
  assigns: boolean;
  calls: Operand[][];
  at: number;
}

export type Operand = { at: number } & (
  | { kind: "literal"; value: unknown }
  | { kind: "function"; name: string }
  /** `.A.B`, `$x.A`, `(…).A`: a start and the fields from there. */
  | { kind: "path"; start: "dot" | { variable: string } | { pipe: Pipeline }; fields: { name: string; at: number }[] }
);

/** @throws {TemplateError} `parse`. */
export function parseTemplate(source: string, isFunction: (name: string) => boolean): Node[] {
  return new Parser(source, isFunction).parse();
}

class Parser {
  readonly #source: string;
  readonly #isFunction: (name: string) => boolean;
  #tokens: Token[] = [];
  #next = 0;

  constructor(source: string, isFunction: (name: string) => boolean) {
    this.#source = source;
    this.#isFunction = isFunction;
  }

  parse(): Node[] {
    const root: Node[] = [];
    const open: { node: Node & { kind: "if" | "with" | "range" }; into: Node[]; chained: boolean }[] = [];
    let into = root;
    for (const piece of scanTemplate(this.#source)) {
      if (piece.kind === "text") {
        into.push(piece);
        continue;
      }
      this.#tokens = piece.tokens;
      this.#next = 0;
      const keyword = this.#keyword();
      switch (keyword) {
        case "if":
        case "with":
        case "range": {
          const node = { kind: keyword, pipe: this.#pipeline(), body: [], otherwise: [] } as Node & { kind: "if" };
          into.push(node);
          open.push({ node, into, chained: false });
          into = node.body;
          break;
        }
        case "else": {
          const current = open.at(-1);
          if (!current) throw this.#error("unexpected {{else}}");
          into = current.node.otherwise;
          const chain = this.#keyword();
          if (chain === undefined) break;
          const node = { kind: chain, pipe: this.#pipeline(), body: [], otherwise: [] } as Node & { kind: "if" };
          into.push(node);
          open.push({ node, into, chained: true });
          into = node.body;
          break;
        }
        case "end": {
          let closed = open.pop();
          if (!closed) throw this.#error("unexpected {{end}}");
          while (closed.chained) closed = open.pop()!;
          into = closed.into;
          break;
        }
        case undefined:
          into.push({ kind: "print", pipe: this.#pipeline() });
          break;
        default:
          throw new TemplateError("parse", `template: :1: {{${keyword}}} is not supported by Drydock`);
      }
      if (this.#next < this.#tokens.length) throw this.#error("unexpected token in action");
    }
    if (open.length > 0) throw parseError(this.#source, this.#source.length, "unexpected EOF");
    return root;
  }

  #keyword(): string | undefined {
    const token = this.#tokens[this.#next];
    if (token?.kind !== "word" || !KEYWORDS.has(token.text)) return undefined;
    this.#next++;
    return token.text;
  }

  #pipeline(): Pipeline {
    const at = this.#tokens[this.#next]?.at ?? this.#source.length;
    const { variables, assigns } = this.#declaration();
    const calls: Operand[][] = [];
    do calls.push(this.#call());
    while (this.#take("pipe"));
    return { variables, assigns, calls, at };
  }

  #declaration(): { variables: string[]; assigns: boolean } {
    const ahead = this.#tokens.slice(this.#next);
    const end = ahead.findIndex(({ kind }) => kind === "declare" || kind === "assign");
    if (end < 0 || ahead[0]?.kind !== "variable") return { variables: [], assigns: false };
    this.#next += end + 1;
    const variables = ahead.slice(0, end).flatMap((token) => (token.kind === "variable" ? [token.text] : []));
    return { variables, assigns: ahead[end]!.kind === "assign" };
  }

  #call(): Operand[] {
    const operands: Operand[] = [];
    for (let operand = this.#operand(); operand; operand = this.#operand()) operands.push(operand);
    if (operands.length === 0) throw this.#error("missing value for command");
    return operands;
  }

  #operand(): Operand | undefined {
    const token = this.#tokens[this.#next];
    if (!token || token.kind === "pipe" || token.kind === "close") return undefined;
    this.#next++;
    const { at } = token;
    switch (token.kind) {
      case "string":
        return { kind: "literal", value: token.text, at };
      case "number":
        return { kind: "literal", value: Number(token.text), at };
      case "dot":
        return { kind: "path", start: "dot", fields: [], at };
      case "field":
        return { kind: "path", start: "dot", fields: [{ name: token.text, at }, ...this.#fields()], at };
      case "variable":
        return { kind: "path", start: { variable: token.text }, fields: this.#fields(), at };
      case "open": {
        const pipe = this.#pipeline();
        if (!this.#take("close")) throw this.#error("unclosed left paren");
        return { kind: "path", start: { pipe }, fields: this.#fields(), at };
      }
      case "word":
        return this.#word(token.text, at);
      default:
        throw this.#error("unexpected token in operand");
    }
  }

  #word(name: string, at: number): Operand {
    if (name === "true" || name === "false") return { kind: "literal", value: name === "true", at };
    if (name === "nil") return { kind: "literal", value: null, at };
    if (!this.#isFunction(name)) throw parseError(this.#source, at, `function ${JSON.stringify(name)} not defined`);
    return { kind: "function", name, at };
  }

  /** Fields that follow without a space: `.B.C` of `$x.B.C`. */
  #fields(): { name: string; at: number }[] {
    const fields: { name: string; at: number }[] = [];
    for (;;) {
      const token = this.#tokens[this.#next];
      if (token?.kind !== "field" || /\s/.test(this.#source[token.at - 1] ?? " ")) return fields;
      fields.push({ name: token.text, at: token.at });
      this.#next++;
    }
  }

  #take(kind: Token["kind"]): boolean {
    if (this.#tokens[this.#next]?.kind !== kind) return false;
    this.#next++;
    return true;
  }

  #error(problem: string): TemplateError {
    const token = this.#tokens[Math.min(this.#next, this.#tokens.length - 1)];
    return parseError(this.#source, token?.at ?? this.#source.length, problem);
  }
}

const KEYWORDS = new Set(["if", "with", "range", "else", "end", "define", "template", "block", "break", "continue"]);
