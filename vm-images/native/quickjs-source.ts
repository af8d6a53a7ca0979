/** QuickJS's C sources, from Debian's source package of the release that has it. */
import { execFile } from "node:child_process";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { isThere, publishFolder } from "../cache-folder.js";
import { createPrivateApt, type SourcePackage } from "../private-apt.js";

const run = promisify(execFile);

/** The first Debian release with QuickJS. */
export const QUICKJS_SUITE = "trixie";
const QUICKJS_PACKAGE = "quickjs";

export interface QuickJSSource {
  /** Where quickjs.c and its companions are. */
  folder: string;
  package: SourcePackage;
  /** As its VERSION file says, such as `2025-04-26`. */
  version: string;
}

/**
 * Fetched and unpacked below `cacheDir` the first time; later without network.
 * @throws {Error} when the source index cannot be read, or the package's patches change C files (see unpack).
 */
export async function fetchQuickJS(cacheDir: string): Promise<QuickJSSource> {
  const folder = join(cacheDir, "quickjs-source");
  if (!(await isThere(folder))) await publishFolder(folder, (partial) => fetchInto(partial, cacheDir));
  const described = JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as SourcePackage;
  const version = (await readFile(join(folder, "VERSION"), "utf8")).trim();
  return { folder, package: described, version };
}

async function fetchInto(partial: string, cacheDir: string): Promise<void> {
  const apt = await createPrivateApt({ architecture: "i386", cacheDir: join(cacheDir, "apt") });
  const source = await apt.source(QUICKJS_PACKAGE, QUICKJS_SUITE);
  await unpack(source, partial);
  await writeFile(join(partial, "package.json"), JSON.stringify(source, null, 2));
}

/**
 * Without dpkg-source, which asks for more tools. Debian's patches are for the Makefile, which we do not use; one that
 * would change a C file must not be missed.
 */
async function unpack(source: SourcePackage, folder: string): Promise<void> {
  const archive = (part: string) => {
    const found = source.files.find(({ file }) => file.includes(`.${part}.tar`));
    if (!found) throw new Error(`source package ${source.name} ${source.version} has no ${part} archive`);
    return found.file;
  };
  await run("tar", ["-xf", archive("orig"), "-C", folder, "--strip-components=1", "--no-same-owner"]);
  await run("tar", ["-xf", archive("debian"), "-C", folder, "--no-same-owner"]);
  const patches = join(folder, "debian", "patches");
  await mkdir(patches, { recursive: true });
  for (const name of await readdir(patches)) {
    const changed = /^\+\+\+ (\S+\.[ch])\b/m.exec(await readFile(join(patches, name), "utf8"))?.[1];
    if (changed) throw new Error(`${source.name} ${source.version}: the patch ${name} to ${changed} is not applied`);
  }
}
