/** The agent as one module for QuickJS. */
import { join } from "node:path";
import { build } from "esbuild";

/** Not minified: the names in it are those of its error messages' stacks. */
export async function bundleAgent(entry = join(import.meta.dirname, "../src/agent/main.ts")): Promise<string> {
  const result = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: "esm",
    platform: "neutral",
    target: "es2023",
    external: ["linux", "std", "os"],
    legalComments: "none",
    logLevel: "silent",
  });
  return result.outputFiles[0]!.text;
}
