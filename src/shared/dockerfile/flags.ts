import { DockerfileError } from "./source.js";
import { suggestion } from "./suggest.js";

export type FlagKind = "boolean" | "string" | "strings";

export type FlagValues<S extends Record<string, FlagKind>> = {
  [K in keyof S]: S[K] extends "boolean" ? boolean | undefined : S[K] extends "string" ? string | undefined : string[];
};

/**
 * Reads `--name[=value]` flags of the kinds that `spec` names.
 * @throws {DockerfileError} `flag`: unknown, repeated, without or with a wrong value.
 */
export function parseFlags<S extends Record<string, FlagKind>>(flags: string[], spec: S): FlagValues<S> {
  const values: Record<string, unknown> = {};
  for (const [name, kind] of Object.entries(spec)) values[name] = kind === "strings" ? [] : undefined;
  for (const flag of flags) {
    const [, name, value] = /^--([^=]*)(?:=(.*))?$/s.exec(flag) ?? [];
    if (name === undefined) throw failure(`arg should start with -- : ${flag}`);
    const kind = Object.hasOwn(spec, name) ? spec[name] : undefined;
    if (!kind) throw failure(`unknown flag: --${name}${suggestion(name, Object.keys(spec))}`);
    if (kind === "strings") (values[name] as string[]).push(required(name, value));
    else if (values[name] !== undefined) throw failure(`duplicate flag specified: --${name}`);
    else values[name] = kind === "boolean" ? parseBoolean(name, value) : required(name, value);
  }
  return values as FlagValues<S>;
}

function required(name: string, value: string | undefined): string {
  if (value === undefined) throw failure(`missing a value on flag: --${name}`);
  return value;
}

function parseBoolean(name: string, value: string | undefined): boolean {
  if (value === "") throw failure(`missing a value on flag: --${name}`);
  const text = value?.toLowerCase() ?? "true";
  if (text !== "true" && text !== "false") throw failure(`expecting boolean value for flag --${name}, not: ${value}`);
  return text === "true";
}

function failure(message: string): DockerfileError {
  return new DockerfileError("flag", message);
}
