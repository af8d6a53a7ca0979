import { DockerfileError } from "./source.js";
import type { KeyValue, Statement } from "./statement.js";

/** The shell's line, or the argument vector of the JSON form. */
export type CommandLine = { form: "shell"; script: string } | { form: "exec"; argv: string[] };

export function commandLineOf({ arguments: { words, isJSON } }: Statement): CommandLine {
  return isJSON ? { form: "exec", argv: words } : { form: "shell", script: words.join(" ") };
}

export function exactlyOne(name: string, { arguments: { words } }: Statement): string {
  if (words.length !== 1) throw failure(`${name} requires exactly one argument`);
  return words[0]!;
}

export function atLeastOne(name: string, { arguments: { words } }: Statement): string[] {
  if (words.length === 0) throw failure(`${name} requires at least one argument`);
  return words;
}

export function keyValues(name: string, { arguments: { pairs = [] } }: Statement): KeyValue[] {
  if (pairs.length === 0) throw failure(`${name} requires at least one argument`);
  if (pairs.some(({ key }) => key === "")) throw failure(`${name} names can not be blank`);
  return pairs;
}

export function failure(message: string): DockerfileError {
  return new DockerfileError("arguments", message);
}
