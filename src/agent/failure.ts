import type { AgentErrorCode, AgentFailure } from "../protocol/commands.js";
import { SystemError } from "./system/system.js";

/** A command that cannot be done, with a code of the closed list. The peer sends `failure` to the page. */
export class Failure extends Error {
  override name = "Failure";
  readonly failure: AgentFailure;
  constructor(code: AgentErrorCode, message: string, cause?: { errno: string; call: string }) {
    super(message);
    this.failure = { code, message, ...cause };
  }
}

/** What the page is told of any error. */
export function failureOf(error: unknown): AgentFailure {
  if (error instanceof Failure) return error.failure;
  const { message } = error as Error;
  if (error instanceof SystemError) return { code: "system", message, errno: error.errno, call: error.call };
  return { code: "internal", message };
}

/** Lower case, as Go prints them, for the errors that users meet. */
const texts: Record<string, string> = {
  EPERM: "operation not permitted",
  ENOENT: "no such file or directory",
  EIO: "input/output error",
  E2BIG: "argument list too long",
  ENOEXEC: "exec format error",
  ENOMEM: "cannot allocate memory",
  EACCES: "permission denied",
  ENOTDIR: "not a directory",
  EISDIR: "is a directory",
  EINVAL: "invalid argument",
  ELOOP: "too many levels of symbolic links",
  ENAMETOOLONG: "file name too long",
  ENOSPC: "no space left on device",
  ETXTBSY: "text file busy",
};

export function describeErrno(errno: string): string {
  return texts[errno] ?? errno;
}

/** Runs `work`; an error with one of `errnos` becomes undefined. */
export function allowing<T>(errnos: readonly string[], work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof SystemError && errnos.includes(error.errno)) return undefined;
    throw error;
  }
}

/** Whether `work` was done; false when it failed with one of `errnos`. */
export function succeeds(errnos: readonly string[], work: () => void): boolean {
  return (
    allowing(errnos, () => {
      work();
      return true;
    }) ?? false
  );
}
