import { readFile } from "node:fs/promises";
import { join, normalize } from "node:path";

/** Where the static registry stands for the engine; any address does, since `fetchFrom` answers. */
export const REGISTRY_URL = "http://registry.drydock.invalid/";

/** A `fetch` of the static files below `folder`, as the page's server would give them. */
export function fetchFrom(folder: string): typeof fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    request.signal.throwIfAborted();
    const path = normalize(decodeURIComponent(new URL(request.url).pathname));
    const bytes = await readFile(join(folder, path)).catch(() => undefined);
    if (!bytes) return new Response("not found", { status: 404 });
    return new Response(request.method === "HEAD" ? null : bytes, {
      headers: { "content-length": String(bytes.length) },
    });
  };
}
