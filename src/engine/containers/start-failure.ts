/** Why a process could not be started, in the words and with the exit codes that Docker's client knows. */
import { CommandError } from "../../protocol/peer.js";
import { SpecError } from "../../shared/oci/spec-error.js";
import { EngineError } from "../engine-error.js";

export interface StartFailure {
  error: EngineError;
  exitCode: number;
}

const EXIT_CODES: Record<string, number> = { "no-such-executable": 127, "not-executable": 126 };

export function startFailure(error: unknown, what: "container" | "exec"): StartFailure {
  if (error instanceof SpecError)
    return {
      error: new EngineError("invalid", `${PREFIX[what]}${error.message}: unknown`, { cause: error }),
      exitCode: 128,
    };
  if (!(error instanceof CommandError)) {
    const message = error instanceof Error ? error.message : String(error);
    return { error: new EngineError("internal", message, { cause: error }), exitCode: 128 };
  }
  const { code, message, call } = error.failure;
  if (call === "bind" && what === "container")
    return { error: new EngineError("internal", `${PORT_PREFIX}${message}`, { cause: error }), exitCode: 128 };
  const exitCode = EXIT_CODES[code] ?? (what === "exec" ? 126 : 128);
  if (code === "no-such-user") return { error: new EngineError("invalid", message, { cause: error }), exitCode };
  const isUsersDoing = code in EXIT_CODES || code === "invalid-params" || code === "not-found";
  const text = `${PREFIX[what]}${message}: unknown`;
  return { error: new EngineError(isUsersDoing ? "invalid" : "internal", text, { cause: error }), exitCode };
}

const PORT_PREFIX =
  "failed to set up container networking: driver failed programming external connectivity: failed to bind host port: ";

const PREFIX = {
  container:
    "failed to create task for container: failed to create shim task: OCI runtime create failed: unable to start container process: ",
  exec: "OCI runtime exec failed: exec failed: unable to start container process: ",
};
