/** `--secret id=NAME[,src=FILE][,env=VARIABLE]`: what a build may see and no image keeps. */
import type { CommandContext } from "../command.js";
import { CommandFailure, messageOf } from "../errors.js";
import { readFile } from "../read-file.js";

interface Secret {
  id: string;
  file?: string;
  variable?: string;
}

const MAX_BYTES = 500 * 1024;

/** By id, as base64. @throws {CommandFailure} in buildx's words. */
export async function readSecrets(context: CommandContext, flags: readonly string[]): Promise<Record<string, string>> {
  const secrets: Record<string, string> = {};
  for (const flag of flags) {
    const secret = parseSecret(flag);
    const bytes = await bytesOf(context, secret);
    if (bytes.length > MAX_BYTES) throw new CommandFailure(`secret ${secret.id} too big. max size 500KB`);
    secrets[secret.id] = base64(bytes);
  }
  return secrets;
}

function parseSecret(flag: string): Secret {
  const fields = new Map(flag.split(",").map((field) => splitField(flag, field)));
  const type = fields.get("type");
  if (type !== undefined && type !== "file" && type !== "env")
    throw new CommandFailure(`could not parse secrets: [${flag}]: unsupported secret type ${JSON.stringify(type)}`);
  const id = fields.get("id") ?? "";
  if (id === "") throw new CommandFailure(`could not parse secrets: [${flag}]: id is required`);
  const source = fields.get("src") ?? fields.get("source");
  if (type === "env") return { id, variable: fields.get("env") ?? source };
  return { id, file: source, variable: fields.get("env") };
}

function splitField(flag: string, field: string): [string, string] {
  const equals = field.indexOf("=");
  const key = field.slice(0, Math.max(0, equals)).toLowerCase();
  if (equals < 0)
    throw new CommandFailure(`could not parse secrets: [${flag}]: invalid field '${field}' must be a key=value pair`);
  if (!["id", "src", "source", "env", "type"].includes(key))
    throw new CommandFailure(`could not parse secrets: [${flag}]: unexpected key '${key}' in '${field}'`);
  return [key, field.slice(equals + 1)];
}

/** Without a source it is the variable of the secret's name, or else the file. */
async function bytesOf(context: CommandContext, { id, file, variable }: Secret): Promise<Uint8Array> {
  const name = variable ?? (file === undefined && context.env[id] !== undefined ? id : undefined);
  if (name !== undefined) return new TextEncoder().encode(context.env[name] ?? "");
  try {
    return await readFile(context, file ?? id);
  } catch (error) {
    throw new CommandFailure(`could not read secret ${id}: ${messageOf(error)}`);
  }
}

function base64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}
