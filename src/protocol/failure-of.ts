import type { AgentFailure } from "./commands.js";

/** A handler says what failed with an error that carries `failure`, or a system call's `errno` and `call`. */
export function failureOf(error: unknown): AgentFailure {
  const { failure, errno, call, message } = error as {
    failure?: AgentFailure;
    errno?: string;
    call?: string;
    message?: string;
  };
  if (failure) return failure;
  if (errno && call) return { code: "system", message: String(message), errno, call };
  return { code: "internal", message: message ?? String(error) };
}
