/** One file of the caller's, whole. */
import { wholeOf } from "../shared/files/sparse-bytes.js";
import type { CommandContext } from "./command.js";
import { CommandFailure } from "./errors.js";

/** @throws {CommandFailure} `open <path>: no such file or directory`. */
export async function readFile(context: CommandContext, path: string): Promise<Uint8Array> {
  const entries = await context.files.collect(path).catch(() => {
    throw new CommandFailure(`open ${path}: no such file or directory`);
  });
  const [file] = entries;
  if (entries.length !== 1 || file?.path !== "" || !file.contents)
    throw new CommandFailure(`read ${path}: is a directory`);
  return wholeOf(file.contents);
}

export async function readAll(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  return new Uint8Array(await new Response(stream as ReadableStream<Uint8Array<ArrayBuffer>>).arrayBuffer());
}
