/** The VM image over HTTP: `vm.json` and the saved state that it names. */
import type { VMImageManifest } from "../machine/images.js";
import type { PackedState } from "../machine/machine.js";
import { SessionStartError } from "./client.js";

export interface VMImage {
  manifest: VMImageManifest;
  state: PackedState;
}

/**
 * @param address URL of the image's folder, with a trailing slash.
 * @param onBytes told as the state arrives.
 * @throws {SessionStartError} `vm-missing` or `vm-unreadable`, naming the URL.
 */
export async function fetchVMImage(
  address: string,
  onBytes: (loaded: number, total: number) => void,
  fetcher: typeof fetch = fetch,
): Promise<VMImage> {
  const manifest = await fetchManifest(new URL("vm.json", address), fetcher);
  const url = new URL(manifest.state.file, address);
  const response = await fetchOrThrow(url, fetcher);
  const packed = await readBody(response, manifest.state.bytes, onBytes).catch((error: Error) => {
    throw new SessionStartError("vm-unreadable", `${url}: ${error.message}`);
  });
  return { manifest, state: { packed, rawBytes: manifest.state.rawBytes } };
}

async function fetchManifest(url: URL, fetcher: typeof fetch): Promise<VMImageManifest> {
  const response = await fetchOrThrow(url, fetcher, { cache: "no-cache" });
  try {
    return (await response.json()) as VMImageManifest;
  } catch {
    // Servers that answer every unknown path with their index page end here.
    throw new SessionStartError("vm-missing", `${url} is not a VM image`);
  }
}

async function fetchOrThrow(url: URL, fetcher: typeof fetch, init?: RequestInit): Promise<Response> {
  const response = await fetcher(url, init).catch((error: Error) => {
    throw new SessionStartError("vm-unreadable", `${url}: ${error.message}`);
  });
  if (response.status === 404) throw new SessionStartError("vm-missing", `${url} is not there`);
  if (!response.ok) throw new SessionStartError("vm-unreadable", `${url}: status ${response.status}`);
  return response;
}

/** Bytes straight into one buffer of the promised size, so that the state is never held twice. */
async function readBody(
  response: Response,
  total: number,
  onBytes: (loaded: number, total: number) => void,
): Promise<ArrayBuffer> {
  const bytes = new Uint8Array(total);
  const reader = response.body?.getReader();
  let loaded = 0;
  onBytes(0, total);
  for (;;) {
    const { value, done } = (await reader?.read()) ?? { done: true, value: undefined };
    if (done) break;
    if (loaded + value.byteLength > total) throw new Error(`more than the ${total} bytes that vm.json promises`);
    bytes.set(value, loaded);
    loaded += value.byteLength;
    onBytes(loaded, total);
  }
  if (loaded !== total) throw new Error(`${loaded} of ${total} bytes`);
  return bytes.buffer;
}
