/**
 * A program that is there and may be executed, but cannot be: runc finds out when the container has started, so that
 * the process itself says it on stderr, and ends.
 */
import { CommandError } from "../../protocol/peer.js";
import type { ReadText } from "./user.js";

/** As runc's init ends then. */
export const EXEC_FAILED = 255;

/** What the process says, as runc has it, and where a first line in CRLF is the cause, that; else undefined. */
export async function execFailureText(error: unknown, readText: ReadText): Promise<string | undefined> {
  if (!(error instanceof CommandError) || error.failure.call !== "execve") return undefined;
  const { message, errno } = error.failure;
  const path = /^exec (.*): /s.exec(message)?.[1];
  const interpreter =
    errno === "ENOENT" && path !== undefined ? /^#! *(\S*)\r/.exec((await readText(path)) ?? "") : null;
  const cause = interpreter
    ? `drydock: ${path} has lines that end in \\r\\n: it asks for "${interpreter[1]}\\r"\n`
    : "";
  return `${message}\n${cause}`;
}
