/** Names of cached things: hashes of all that they are made of. */
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { bundleAgent } from "./agent-bundle.js";
import { lockFile } from "./lock.js";
import { nativeHash } from "./native/build.js";

const root = join(import.meta.dirname, "..");

/** Everything that decides what a saved state means to the page's side. */
const MACHINE_FILES = ["boot-machine.ts", "call-filter.ts", "emulator.ts", "ide-trim.ts", "sparse-disk.ts"].map(
  (name) => `src/machine/${name}`,
);

/** Bound to the Debian packages that are asked for, and to the lock. */
export async function packagesHash(): Promise<string> {
  return hashFiles([...["recipe", "packages", "private-apt", "debian-sources"].map(source), relative(root, lockFile)]);
}

export async function baseImagesHash(): Promise<string> {
  const files = [...(await listFiles("vm-images/base-images")), ...(await listFiles("src/shared/tar"))];
  return hashFiles([...files, source("install"), "vm-images/native/toolchain.ts"], await packagesHash());
}

/** The VM image's: its own recipe and builder, the guest's programs, the agent, v86. */
export async function recipeHash(): Promise<string> {
  const builder = (await readdir(join(root, "vm-images"))).filter(isSource).map((name) => `vm-images/${name}`);
  const files = [...builder, ...(await listFiles("vm-images/guest")), ...MACHINE_FILES];
  return hashFiles(files, await packagesHash(), await nativeHash(), await v86Version(), await bundleAgent());
}

export async function v86Version(): Promise<string> {
  const file = join(root, "node_modules/v86/package.json");
  return (JSON.parse(await readFile(file, "utf8")) as { version: string }).version;
}

/** 32 hex digits over the paths and contents of `files` (relative to the project) and over `more`. */
export async function hashFiles(files: readonly string[], ...more: string[]): Promise<string> {
  const hash = createHash("sha256");
  for (const path of [...files].sort()) {
    const contents = await readFile(join(root, path));
    hash.update(`${path}\0${contents.length}\0`).update(contents);
  }
  for (const text of more) hash.update(`${text.length}\0${text}`);
  return hash.digest("hex").slice(0, 32);
}

async function listFiles(folder: string): Promise<string[]> {
  const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !entry.name.endsWith(".test.ts"))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
}

function source(name: string): string {
  return `vm-images/${name}.ts`;
}

function isSource(name: string): boolean {
  return name.endsWith(".ts") && !name.endsWith(".test.ts");
}
