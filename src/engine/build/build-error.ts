import { EngineError } from "../engine-error.js";

/** A build that cannot go on, in BuildKit's words where it has them. */
export class BuildError extends EngineError {
  override name = "BuildError";
  constructor(message: string, options?: ErrorOptions) {
    super("invalid", message, options);
  }
}
