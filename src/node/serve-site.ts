import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type PreviewServer, preview } from "vite";
import { projectDir } from "./paths.js";

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
  const server = await preview({ root: projectDir, logLevel: "warn", build: { outDir: folder }, preview: options });
  const address = server.resolvedUrls?.local[0] ?? server.resolvedUrls?.network[0];
  if (!address) throw new Error(`the server on port ${options.port} has no address`);
  return { address, server };
}
