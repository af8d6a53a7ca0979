/** What the engine refuses, by kind; the API turns each kind into a status code. */
export type EngineErrorCode = "invalid" | "forbidden" | "not-found" | "conflict" | "not-supported" | "internal";

/** The message is what a user of Docker would read, in Docker's words where Docker has them. */
export class EngineError extends Error {
  override name = "EngineError";
  constructor(
    readonly code: EngineErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
