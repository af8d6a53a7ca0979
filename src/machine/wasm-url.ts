import url from "v86/build/v86.wasm?url";

/** Where a page finds v86.wasm: what `MachineOptions.wasm` is in a browser. */
export const wasmUrl: string = url;
