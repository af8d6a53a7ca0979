/**
 * Entry of the session's dedicated worker. It is small, so that all that is large is asked for at once: v86.wasm here,
 * the saved state by the page's first call, and the worker's own bulk after that, which keeps the worker busy when it
 * comes.
 */
import { expose } from "comlink";
import { compiledWasm } from "../machine/compiled-wasm.js";
import { createRemote, type RemoteParts } from "./remote.js";
import type { SessionRemote } from "./wire.js";

const wasm = compiledWasm();
let loading: Promise<RemoteParts> | undefined;

function loadParts(): Promise<RemoteParts> {
  loading ??= import("./browser-parts.js").then(({ browserParts }) => browserParts(wasm));
  return loading;
}

const remote = createRemote({
  restore: async (options) => (await loadParts()).restore(options),
  core: async (options) => (await loadParts()).core(options),
  warmUp: async (machine, used) => (await loadParts()).warmUp(machine, used),
});

const start: SessionRemote["start"] = (options, events) => {
  const started = remote.start(options, events);
  // What goes wrong with them is told by the start, which waits for them.
  for (const early of [wasm, loadParts()]) early.catch(() => {});
  return started;
};

expose({ ...remote, start });
