/**
 * Go templates: fields, variables, pipelines, `if`, `with`, `range`, named templates, and the functions of functions.ts.
 * A field that is not there is an error, in Go's words.
 */
import { FUNCTIONS, type TemplateFunction } from "./functions.js";
import { type Branch, type Call, type Node, type Operand, type Pipeline, parseTemplate } from "./parse.js";
import { TemplateError } from "./template-error.js";
import { NIL, ZERO } from "./typed.js";
import { isEmptyValue, isRow, show } from "./values.js";

export interface Template {
  /** @throws {TemplateError} `execute`. */
  execute(data: unknown): string;
}

/** `functions` come before the usual ones. @throws {TemplateError} `parse`. */
export function compileTemplate(source: string, functions: Record<string, TemplateFunction> = {}): Template {
  const all = { ...FUNCTIONS, ...functions };
  const { root, named } = parseTemplate(source, (name) => Object.hasOwn(all, name));
  return {
    execute(data) {
      const run = new Execution(source, all, named, data);
      run.nodes(root, data);
      return run.output;
    },
  };
}

/** What ends a list of nodes before its end. */
type Leap = "break" | "continue";

class Execution {
  output = "";
  readonly #source: string;
  readonly #functions: Record<string, TemplateFunction>;
  readonly #named: ReadonlyMap<string, Node[]>;
  /** Innermost last. */
  #variables: [string, unknown][];

  constructor(
    source: string,
    functions: Record<string, TemplateFunction>,
    named: ReadonlyMap<string, Node[]>,
    data: unknown,
  ) {
    this.#source = source;
    this.#functions = functions;
    this.#named = named;
    this.#variables = [["$", data]];
  }

  nodes(nodes: readonly Node[], dot: unknown): Leap | undefined {
    for (const node of nodes) {
      const leap = this.#node(node, dot);
      if (leap) return leap;
    }
    return undefined;
  }

  #node(node: Node, dot: unknown): Leap | undefined {
    switch (node.kind) {
      case "text":
        this.output += node.text;
        return undefined;
      case "print": {
        const value = this.#pipe(node.pipe, dot);
        if (node.pipe.variables.length === 0) this.output += show(value);
        return undefined;
      }
      case "break":
      case "continue":
        return node.kind;
      case "template":
        this.#template(node, dot);
        return undefined;
      default:
        return this.#branch(node, dot);
    }
  }

  #branch(node: Branch, dot: unknown): Leap | undefined {
    const depth = this.#variables.length;
    const leap = node.kind === "range" ? this.#range(node, dot) : this.#choice(node, dot);
    this.#variables.length = depth;
    return leap;
  }

  #choice({ kind, pipe, body, otherwise }: Branch, dot: unknown): Leap | undefined {
    const value = this.#pipe(pipe, dot);
    if (isEmptyValue(value)) return this.nodes(otherwise, dot);
    return this.nodes(body, kind === "with" ? value : dot);
  }

  #range({ pipe, body, otherwise }: Branch, dot: unknown): Leap | undefined {
    const { variables } = pipe;
    const value = this.#pipe({ ...pipe, variables: [] }, dot);
    const entries = this.#entries(value, pipe.at);
    if (entries.length === 0) return this.nodes(otherwise, dot);
    const depth = this.#variables.length;
    for (const [key, element] of entries) {
      if (variables.length === 1) this.#variables.push([variables[0]!, element]);
      if (variables.length === 2) this.#variables.push([variables[0]!, key], [variables[1]!, element]);
      const leap = this.nodes(body, element);
      this.#variables.length = depth;
      if (leap === "break") break;
    }
    return undefined;
  }

  /** It sees what it is given, and no variable from outside. */
  #template({ name, pipe, at, text }: Node & { kind: "template" }, dot: unknown): void {
    const nodes = this.#named.get(name);
    if (!nodes) throw this.#error(at, text, `template ${JSON.stringify(name)} not defined`);
    const value = pipe && this.#pipe(pipe, dot);
    const outer = this.#variables;
    this.#variables = [["$", value]];
    this.nodes(nodes, value);
    this.#variables = outer;
  }

  #entries(value: unknown, at: number): [unknown, unknown][] {
    if (value === null || value === undefined) return [];
    if (Array.isArray(value)) return value.map((element, i) => [i, element]);
    if (typeof value === "number") return Array.from({ length: value }, (_, i) => [i, i]);
    if (typeof value !== "object") throw this.#error(at, String(value), `range can't iterate over ${show(value)}`);
    return Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  }

  #pipe(pipe: Pipeline, dot: unknown): unknown {
    let value: unknown;
    pipe.calls.forEach((call, i) => {
      value = this.#call(call, dot, i === 0 ? [] : [value]);
    });
    for (const name of pipe.variables) {
      const known = pipe.assigns && this.#variables.findLast(([each]) => each === name);
      if (known) known[1] = value;
      else this.#variables.push([name, value]);
    }
    return value;
  }

  #call({ operands: [first, ...operands], text }: Call, dot: unknown, piped: unknown[]): unknown {
    const args = () => [...operands.map((operand) => this.#operand(operand, dot, [])), ...piped];
    if (first!.kind === "path") return this.#operand(first!, dot, args());
    if (first!.kind === "function") return this.#apply(first!, text, args());
    if (operands.length + piped.length > 0)
      throw this.#error(first!.at, show(first!.value), "can't give argument to non-function");
    if (first!.value === null) throw this.#error(first!.at, "nil", "nil is not a command");
    return first!.value;
  }

  #apply({ name, at }: Operand & { kind: "function" }, text: string, args: unknown[]): unknown {
    try {
      return this.#functions[name]!(...args);
    } catch (error) {
      if (error instanceof TemplateError) throw error;
      throw this.#error(at, text, `error calling ${name}: ${error instanceof Error ? error.message : error}`);
    }
  }

  #operand(operand: Operand, dot: unknown, args: unknown[]): unknown {
    if (operand.kind === "literal") return operand.value;
    if (operand.kind === "function") return this.#apply(operand, operand.name, []);
    const { start, fields } = operand;
    let value = start === "dot" ? dot : "pipe" in start ? this.#pipe(start.pipe, dot) : this.#variable(start.variable);
    fields.forEach((field, i) => {
      value = this.#field(value, field, i === fields.length - 1 ? args : [], operand);
    });
    return value;
  }

  #variable(name: string): unknown {
    return this.#variables.findLast(([each]) => each === name)![1];
  }

  #field(value: unknown, name: string, args: unknown[], { start, fields, at }: Operand & { kind: "path" }): unknown {
    const from = typeof start === "object" && "variable" in start ? start.variable : "";
    const path = `${from}${fields.map((field) => `.${field}`).join("")}`;
    if (isRow(value)) {
      const result = value.field(name, args);
      if (result !== undefined) return result;
      throw this.#error(at, path, `can't evaluate field ${name} in type ${value.typeName}`);
    }
    if (value === null || value === undefined || value === NIL)
      throw this.#error(at, path, `nil data; no entry for key ${JSON.stringify(name)}`);
    if (typeof value !== "object" || Array.isArray(value))
      throw this.#error(at, path, `can't evaluate field ${name} in type interface {}`);
    if (ZERO in value && !Object.hasOwn(value, name)) return undefined;
    if (!Object.hasOwn(value, name)) throw this.#error(at, path, `map has no entry for key ${JSON.stringify(name)}`);
    return (value as Record<string, unknown>)[name];
  }

  #error(at: number, what: string, problem: string): TemplateError {
    const before = this.#source.slice(0, at).split("\n");
    const place = `${before.length}:${before.at(-1)!.length}`;
    return new TemplateError("execute", `template: :${place}: executing "" at <${what}>: ${problem}`);
  }
}
