/** Entry of the session's dedicated worker: machine, engine and command line, composed for the browser. */
import { expose } from "comlink";
import { restoreMachine } from "../machine/restore-machine.js";
import { wasmUrl } from "../machine/wasm-url.js";
import { createSessionCore } from "./compose.js";
import { createRemote } from "./remote.js";
import { warmUp } from "./warm-up.js";

expose(
  createRemote({
    // Not by the worker's own address, which is a blob's.
    wasm: new URL(wasmUrl, import.meta.url).href,
    restore: restoreMachine,
    warmUp,
    core: ({ machine, base, kernel }) =>
      createSessionCore({
        machine,
        kernel,
        registry: { fetch: (input, init) => fetch(input, init), mirror: new URL("registry/", base).href },
      }),
  }),
);
