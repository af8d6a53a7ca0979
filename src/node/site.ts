import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { build } from "vite";
import { cacheDir, projectDir } from "./paths.js";
import { precompress } from "./precompress.js";

/** What a built page depends on, besides the generated files below public/, whose hash the caller gives. */
const INPUTS = [
  "index.html",
  "vite.config.ts",
  "package-lock.json",
  "tsconfig.base.json",
  "tsconfig.page.json",
  "src",
  "public/projects",
];

function* filesBelow(path: string): Generator<string> {
  if (!statSync(path).isDirectory()) {
    yield path;
    return;
  }
  for (const name of readdirSync(path).sort()) yield* filesBelow(join(path, name));
}

function hashOf(generated: string): string {
  const hash = createHash("sha256").update(generated);
  for (const input of INPUTS) {
    for (const file of filesBelow(join(projectDir, input))) {
      if (!file.endsWith(".test.ts")) hash.update(file.slice(projectDir.length)).update(readFileSync(file));
    }
  }
  return hash.digest("hex").slice(0, 16);
}

/**
 * The page as static files, from the cache when nothing that makes it changed.
 * @param generated hash of the VM image and base images below public/.
 * @returns the folder, and whether it was there.
 */
export async function buildSite(generated: string): Promise<{ folder: string; cached: boolean }> {
  const folder = join(cacheDir, "site", hashOf(generated));
  if (existsSync(folder)) return { folder, cached: true };
  const partial = `${folder}.${process.pid}`;
  mkdirSync(join(cacheDir, "site"), { recursive: true });
  await build({ root: projectDir, logLevel: "warn", build: { outDir: partial, emptyOutDir: true } });
  await precompress(partial);
  rmSync(folder, { recursive: true, force: true });
  renameSync(partial, folder);
  return { folder, cached: false };
}
