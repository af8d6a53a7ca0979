import { type PreviewServer, preview } from "vite";
import { projectDir } from "./paths.js";

/** Serves a built page, compressed. Takes the next free port unless `strictPort`. @returns its address. */
export async function serveSite(
  folder: string,
  options: { port: number; strictPort: boolean; host?: string | boolean },
): Promise<{ address: string; server: PreviewServer }> {
  const server = await preview({ root: projectDir, logLevel: "warn", build: { outDir: folder }, preview: options });
  const address = server.resolvedUrls?.local[0] ?? server.resolvedUrls?.network[0];
  if (!address) throw new Error(`the server on port ${options.port} has no address`);
  return { address, server };
}
