/** Reads a template into nodes, in the grammar of Go's text/template. */
import { type Piece, parseError, scanTemplate, type Token } from "./scan.js";
import type { TemplateError } from "./template-error.js";

export type Node =
  | { kind: "text"; text: string }
  | { kind: "print"; pipe: Pipeline }
  | Branch
  | { kind: "break" | "continue" }
  /** `{{template "name" pipe}}`; `text` is the action as it stands. */
  | { kind: "template"; name: string; pipe: Pipeline | undefined; at: number; text: string };

export interface Branch {
  kind: "if" | "with" | "range";
  pipe: Pipeline;
  body: Node[];
  otherwise: Node[];
}

export interface Pipeline {
  /** Variables set: `$x :=`, `$k, $v :=`. */
  variables: string[];
  /** Changes a variable that is there instead of making one. */
  assigns: boolean;
  calls: Call[];
  at: number;
}

/** A function or value and what it is given. */
export interface Call {
  operands: Operand[];
  /** As it stands in the source, for messages. */
  text: string;
}

export type Operand = { at: number } & (
  | { kind: "literal"; value: unknown }
  | { kind: "function"; name: string }
  /** `.A.B`, `$x.A`, `(…).A`: a start and the fields from there. */
  | { kind: "path"; start: "dot" | { variable: string } | { pipe: Pipeline }; fields: string[] }
);

export interface ParsedTemplate {
  root: Node[];
  /** What `define` and `block` have named. */
  named: ReadonlyMap<string, Node[]>;
}

/** @throws {TemplateError} `parse`. */
export function parseTemplate(source: string, isFunction: (name: string) => boolean): ParsedTemplate {
  return new Parser(source, isFunction).parse();
}

const KEYWORDS = ["if", "with", "range", "else", "end", "define", "template", "block", "break", "continue"] as const;
type Keyword = (typeof KEYWORDS)[number];

class Parser {
  readonly #source: string;
  readonly #isFunction: (name: string) => boolean;
  readonly #pieces: Piece[];
  readonly #named = new Map<string, Node[]>();
  /** Those in scope, innermost last. */
  #variables = ["$"];
  #loops = 0;
  /** Of the action at hand. */
  #tokens: Token[] = [];
  #next = 0;
  #end = 0;

  constructor(source: string, isFunction: (name: string) => boolean) {
    this.#source = source;
    this.#isFunction = isFunction;
    this.#pieces = scanTemplate(source).reverse();
  }

  parse(): ParsedTemplate {
    const { nodes, ended } = this.#list();
    if (ended) throw this.#error(`unexpected {{${ended}}}`);
    return { root: nodes, named: this.#named };
  }

  /** Up to `end` or `else`, whose own action is left at hand; undefined at the source's end. */
  #list(): { nodes: Node[]; ended: "end" | "else" | undefined } {
    const nodes: Node[] = [];
    for (let piece = this.#pieces.pop(); piece; piece = this.#pieces.pop()) {
      if (piece.kind === "text") {
        nodes.push(piece);
        continue;
      }
      [this.#tokens, this.#next, this.#end] = [piece.tokens, 0, piece.end];
      const keyword = this.#keyword();
      if (keyword === "end" || keyword === "else") return { nodes, ended: keyword };
      const node = this.#action(keyword);
      if (node) nodes.push(node);
    }
    return { nodes, ended: undefined };
  }

  #action(keyword: Exclude<Keyword, "end" | "else"> | undefined): Node | undefined {
    switch (keyword) {
      case "if":
      case "with":
      case "range":
        return this.#branch(keyword);
      case "break":
      case "continue":
        if (this.#loops === 0) throw this.#error(`{{${keyword}}} outside {{range}}`);
        this.#finish();
        return { kind: keyword };
      case "define":
        this.#define(this.#name(keyword));
        return undefined;
      case "template":
        return this.#template(this.#name(keyword));
      case "block": {
        const node = this.#template(this.#name(keyword));
        this.#define(node.name);
        return node;
      }
      case undefined: {
        const pipe = this.#pipeline("command");
        this.#finish();
        return { kind: "print", pipe };
      }
    }
  }

  /** With the variables that it makes, which end with it. */
  #branch(kind: Branch["kind"]): Branch {
    const depth = this.#variables.length;
    const pipe = this.#pipeline(kind);
    this.#finish();
    if (kind === "range") this.#loops++;
    const { nodes: body, ended } = this.#list();
    if (kind === "range") this.#loops--;
    if (!ended) throw this.#eof();
    const otherwise = ended === "else" ? this.#otherwise() : [];
    if (ended === "end") this.#finish();
    this.#variables.length = depth;
    return { kind, pipe, body, otherwise };
  }

  /** `{{else if}}` is a branch of its own, and they share the end. */
  #otherwise(): Node[] {
    const chain = this.#keyword();
    if (chain === "if" || chain === "with") return [this.#branch(chain)];
    this.#finish();
    const { nodes, ended } = this.#list();
    if (!ended) throw this.#eof();
    if (ended === "else") throw this.#error("expected end; found {{else}}");
    this.#finish();
    return nodes;
  }

  #define(name: string): void {
    this.#finish();
    const outer = this.#variables;
    this.#variables = ["$"];
    const { nodes, ended } = this.#list();
    if (ended !== "end") throw ended ? this.#error(`unexpected {{${ended}}} in define clause`) : this.#eof();
    this.#finish();
    this.#variables = outer;
    this.#named.set(name, nodes);
  }

  #template(name: string): Node & { kind: "template" } {
    const { at } = this.#tokens[0]!;
    const text = `{{${this.#source.slice(at, this.#end).trim()}}}`;
    const pipe = this.#next < this.#tokens.length ? this.#pipeline("template clause") : undefined;
    return { kind: "template", name, pipe, at, text };
  }

  #name(clause: string): string {
    const token = this.#tokens[this.#next++];
    if (token?.kind !== "string") throw this.#error(`unexpected token in ${clause} clause`);
    return token.text;
  }

  #keyword(): Keyword | undefined {
    const token = this.#tokens[this.#next];
    const keyword = token?.kind === "word" ? KEYWORDS.find((each) => each === token.text) : undefined;
    if (keyword) this.#next++;
    return keyword;
  }

  /** `of` what it is, in the message for one that is empty. */
  #pipeline(of: string): Pipeline {
    const at = this.#tokens[this.#next]?.at ?? this.#end;
    const { variables, assigns } = this.#declaration();
    const calls: Call[] = [];
    do calls.push(this.#call(of));
    while (this.#take("pipe"));
    if (!assigns) this.#variables.push(...variables);
    return { variables, assigns, calls, at };
  }

  #declaration(): { variables: string[]; assigns: boolean } {
    const ahead = this.#tokens.slice(this.#next);
    const end = ahead.findIndex(({ kind }) => kind === "declare" || kind === "assign");
    if (end < 0 || ahead[0]?.kind !== "variable") return { variables: [], assigns: false };
    this.#next += end + 1;
    const variables = ahead.slice(0, end).flatMap((token) => (token.kind === "variable" ? [token.text] : []));
    const assigns = ahead[end]!.kind === "assign";
    if (assigns) for (const name of variables) this.#checkVariable(name);
    return { variables, assigns };
  }

  #call(of: string): Call {
    const at = this.#tokens[this.#next]?.at ?? this.#end;
    const operands: Operand[] = [];
    for (let operand = this.#operand(); operand; operand = this.#operand()) operands.push(operand);
    if (operands.length === 0) throw this.#error(`missing value for ${of}`);
    const end = this.#tokens[this.#next]?.at ?? this.#end;
    return { operands, text: this.#source.slice(at, end).trim() };
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
        return this.#path("dot", [token.text], at);
      case "variable":
        this.#checkVariable(token.text);
        return this.#path({ variable: token.text }, [], at);
      case "open": {
        const pipe = this.#pipeline("parenthesized pipeline");
        if (!this.#take("close")) throw this.#error("unclosed left paren");
        return this.#path({ pipe }, [], at);
      }
      case "word":
        return this.#word(token.text, at);
      default:
        throw this.#error("unexpected token in operand");
    }
  }

  /** With the fields that follow without a space; where there are some, Go counts the place from the first of them. */
  #path(start: (Operand & { kind: "path" })["start"], fields: string[], at: number): Operand {
    let place: number | undefined;
    for (;;) {
      const token = this.#tokens[this.#next];
      if (token?.kind !== "field" || /\s/.test(this.#source[token.at - 1] ?? " ")) break;
      place ??= token.at;
      fields.push(token.text);
      this.#next++;
    }
    return { kind: "path", start, fields, at: place ?? at };
  }

  #word(name: string, at: number): Operand {
    if (name === "true" || name === "false") return { kind: "literal", value: name === "true", at };
    if (name === "nil") return { kind: "literal", value: null, at };
    if (!this.#isFunction(name)) throw parseError(this.#source, at, `function ${JSON.stringify(name)} not defined`);
    return { kind: "function", name, at };
  }

  #checkVariable(name: string): void {
    if (!this.#variables.includes(name)) throw this.#error(`undefined variable ${JSON.stringify(name)}`);
  }

  #take(kind: Token["kind"]): boolean {
    if (this.#tokens[this.#next]?.kind !== kind) return false;
    this.#next++;
    return true;
  }

  /** The action has nothing more. */
  #finish(): void {
    if (this.#next < this.#tokens.length) throw this.#error("unexpected token in action");
  }

  #eof(): TemplateError {
    return parseError(this.#source, this.#source.length, "unexpected EOF");
  }

  #error(problem: string): TemplateError {
    const token = this.#tokens[Math.min(this.#next, this.#tokens.length - 1)];
    return parseError(this.#source, token?.at ?? this.#end, problem);
  }
}
