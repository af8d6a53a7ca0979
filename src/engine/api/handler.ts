/**
 * The engine's public face: the Docker Engine API (v1.47 shapes) as WHATWG requests. Paths may carry the version
 * (`/v1.47/containers/json`) or not. Errors are JSON `{"message": …}` with the API's status codes.
 */
export interface EngineHandler {
  fetch(request: Request): Promise<Response>;
  /**
   * `POST /containers/{id}/attach` and `POST /exec/{id}/start` as a two-way stream. With the header
   * `Drydock-Session: <n>` the process's stdio is joined, inside the guest, to the descriptors of the waiting
   * `docker` command n, and the streams here carry nothing.
   */
  upgrade(request: Request): Promise<Upgraded | Response>;
}

/** stdout and stderr are told apart as in Docker's raw-stream framing, but already parted. */
export interface Upgraded {
  stdin: WritableStream<Uint8Array>;
  output: ReadableStream<{ stream: "stdout" | "stderr"; bytes: Uint8Array }>;
  /** stdio is joined to the session's descriptors in the guest; false for a process that was running already. */
  joined: boolean;
  /** The process has a terminal: its output is one stream. */
  terminal: boolean;
}

/** Name of the header that joins a guest session. */
export const SESSION_HEADER = "Drydock-Session";
