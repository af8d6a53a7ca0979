/** What the session's worker is made of in the browser: v86, the engine and the command line, the worker's bulk. */
import { restoreMachine } from "../machine/restore-machine.js";
import { createSessionCore } from "./compose.js";
import type { RemoteParts } from "./remote.js";
import { warmUp } from "./warm-up.js";

export function browserParts(wasm: Promise<WebAssembly.Module>): RemoteParts {
  return {
    restore: (options) => restoreMachine({ ...options, wasm }),
    warmUp,
    core: ({ machine, base, kernel }) =>
      createSessionCore({
        machine,
        kernel,
        registry: { fetch: (input, init) => fetch(input, init), mirror: new URL("registry/", base).href },
      }),
  };
}
