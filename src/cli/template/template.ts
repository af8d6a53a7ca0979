/**
 * Go templates, as far as `--format` uses them: fields, variables, pipelines, `if`, `with`, `range`, and the functions
 * of functions.ts. A field that is not there is an error, in Go's words.
 */
import { FUNCTIONS, type TemplateFunction } from "./functions.js";
import { type Node, type Operand, type Pipeline, parseTemplate } from "./parse.js";
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
  const nodes = parseTemplate(source, (name) => Object.hasOwn(all, name));
  return {
    execute(data) {
      const run = new Execution(source, all, data);
      run.nodes(nodes, data);
      return run.output;
    },
  };
}

class Execution {
  output = "";
  readonly #source: string;
  readonly #functions: Record<string, TemplateFunction>;
  /** Innermost last. */
  #variables: [string, unknown][];

  constructor(source: string, functions: Record<string, TemplateFunction>, data: unknown) {
    this.#source = source;
    this.#functions = functions;
    this.#variables = [["$", data]];
  }

  nodes(nodes: readonly Node[], dot: unknown): void {
    for (const node of nodes) this.#node(node, dot);
  }

  #node(node: Node, dot: unknown): void {
    if (node.kind === "text") {
      this.output += node.text;
      return;
    }
    if (node.kind === "print") {
      const value = this.#pipe(node.pipe, dot);
      if (node.pipe.variables.length === 0) this.output += show(value);
      return;
    }
    const depth = this.#variables.length;
    if (node.kind === "range") this.#range(node, dot);
    else {
      const value = this.#pipe(node.pipe, dot);
      if (isEmptyValue(value)) this.nodes(node.otherwise, dot);
      else this.nodes(node.body, node.kind === "with" ? value : dot);
    }
    this.#variables.length = depth;
  }

  #range(node: Node & { kind: "if" | "with" | "range" }, dot: unknown): void {
    const { variables } = node.pipe;
    const value = this.#pipe({ ...node.pipe, variables: [] }, dot);
    const entries = this.#entries(value, node.pipe.at);
    if (entries.length === 0) this.nodes(node.otherwise, dot);
    const depth = this.#variables.length;
    for (const [key, element] of entries) {
      if (variables.length === 1) this.#variables.push([variables[0]!, element]);
      if (variables.length === 2) this.#variables.push([variables[0]!, key], [variables[1]!, element]);
      this.nodes(node.body, element);
      this.#variables.length = depth;
    }
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

  #call([first, ...operands]: Operand[], dot: unknown, piped: unknown[]): unknown {
    const args = () => [...operands.map((operand) => this.#operand(operand, dot, [])), ...piped];
    if (first!.kind !== "function") {
      if (first!.kind === "path") return this.#operand(first!, dot, args());
      if (operands.length + piped.length > 0)
        throw this.#error(first!.at, show((first as { value: unknown }).value), "can't give argument to non-function");
      return this.#operand(first!, dot, []);
    }
    try {
      return this.#functions[first!.name]!(...args());
    } catch (error) {
      if (error instanceof TemplateError) throw error;
      const { name, at } = first!;
      throw this.#error(at, name, `error calling ${name}: ${error instanceof Error ? error.message : error}`);
    }
  }

  #operand(operand: Operand, dot: unknown, args: unknown[]): unknown {
    if (operand.kind === "literal") return operand.value;
    if (operand.kind === "function") return this.#call([operand], dot, []);
    const { start, fields } = operand;
    let value = start === "dot" ? dot : "pipe" in start ? this.#pipe(start.pipe, dot) : this.#variable(start.variable);
    fields.forEach((field, i) => {
      value = this.#field(value, field, i === fields.length - 1 ? args : [], operand);
    });
    return value;
  }

  #variable(name: string): unknown {
    const found = this.#variables.findLast(([each]) => each === name);
    if (!found) throw new TemplateError("parse", `template: :1: undefined variable ${JSON.stringify(name)}`);
    return found[1];
  }

  #field(value: unknown, { name, at }: { name: string; at: number }, args: unknown[], whole: Operand): unknown {
    const path = whole.kind === "path" ? whole.fields.map((field) => `.${field.name}`).join("") : name;
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
