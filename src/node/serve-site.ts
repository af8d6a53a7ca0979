import { existsSync, readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { type Plugin, type PreviewServer, preview } from "vite";
import { projectDir } from "./paths.js";
import { ENCODINGS } from "./precompress.js";

/** Files whose names hold a hash of what is in them: a browser that has one need not ask for it again. */
const NAMED_BY_CONTENT = /^\/(assets\/|vm\/.+-[0-9a-f]{12}\.|registry\/.*sha256:)/;

/** The policy that the page has as a meta element, for a server that can send it as a header too. */
export function policyHeaders(folder: string): Record<string, string> {
  const html = readFileSync(join(folder, "index.html"), "utf8");
  const policy = /http-equiv="Content-Security-Policy"\s+content="([^"]+)"/.exec(html)?.[1];
  if (!policy) throw new Error(`${folder}/index.html has no Content-Security-Policy`);
  // What a meta element cannot say.
  return { "Content-Security-Policy": `${policy}; frame-ancestors 'none'`, "X-Content-Type-Options": "nosniff" };
}

/**
 * Serves a built page, compressed. Takes the next free port unless `strictPort`.
 * @param options.headers sent with every answer. @returns its address.
 */
export async function serveSite(
  folder: string,
  options: { port: number; strictPort: boolean; host?: string | boolean; headers?: Record<string, string> },
): Promise<{ address: string; server: PreviewServer }> {
  const server = await preview({
    root: projectDir,
    logLevel: "warn",
    build: { outDir: folder },
    preview: options,
    plugins: [asStored(folder)],
  });
  const address = server.resolvedUrls?.local[0] ?? server.resolvedUrls?.network[0];
  if (!address) throw new Error(`the server on port ${options.port} has no address`);
  return { address, server };
}

/** Sends the compressed copies that were made with the page, and says which files never change. */
function asStored(folder: string): Plugin {
  return {
    name: "as-stored",
    configurePreviewServer({ middlewares }) {
      middlewares.use((request, response, next) => {
        const path = (request.url ?? "/").replace(/[?#].*/, "");
        if (existsSync(join(folder, path))) prepareAnswer(folder, path, request, response);
        next();
      });
    },
  };
}

/** The file server behind reads type and encoding from the name of the copy. */
function prepareAnswer(folder: string, path: string, request: IncomingMessage, response: ServerResponse): void {
  if (NAMED_BY_CONTENT.test(path)) response.setHeader("Cache-Control", "public, max-age=31536000, immutable");
  const copies = ENCODINGS.filter(({ extension }) => existsSync(join(folder, path + extension)));
  if (copies.length === 0) return;
  response.setHeader("Vary", "Accept-Encoding");
  const accepted = String(request.headers["accept-encoding"]).split(/[\s,;]+/);
  const chosen = copies.find(({ name }) => accepted.includes(name));
  if (chosen) request.url = path + chosen.extension;
}
