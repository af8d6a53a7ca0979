import address from "v86/build/v86.wasm?url";

/**
 * v86.wasm for `MachineOptions.wasm` in a browser, compiled while it downloads: the browser then keeps the machine
 * code it has made for the next visit.
 * @throws {Error} naming the address.
 */
export async function compiledWasm(): Promise<WebAssembly.Module> {
  // Not by the worker's own address, which is a blob's.
  const url = new URL(address, import.meta.url);
  try {
    return await compile(await fetch(url));
  } catch (error) {
    throw new Error(`${url}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function compile(response: Response): Promise<WebAssembly.Module> {
  if (!response.ok) throw new Error(`status ${response.status}`);
  // Servers that know no better type make it compile only when it is all there.
  return response.headers.get("content-type")?.startsWith("application/wasm")
    ? WebAssembly.compileStreaming(response)
    : WebAssembly.compile(await response.arrayBuffer());
}
