/** How a `docker` command ends when it cannot do what was asked. */

/** Ends the command with `status`; the message, when there is one, goes to stderr. */
export class CommandFailure extends Error {
  override name = "CommandFailure";
  constructor(
    message: string,
    readonly status = 1,
  ) {
    super(message);
  }
}

/** A flag that cannot be read; the message is Docker's. The command's usage is shown below it. */
export class FlagError extends Error {
  override name = "FlagError";
}

/** The engine answered with an error; the message is shown as Docker shows it. */
export class ApiError extends Error {
  override name = "ApiError";
  constructor(
    readonly status: number,
    /** The engine's own words. */
    readonly reason: string,
  ) {
    super(`Error response from daemon: ${reason}`);
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
