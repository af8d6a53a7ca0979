/**
 * The Debian packages of the recipe, kept in the cache as they were fetched. A second build with the same recipe
 * and lock needs no network.
 */
import { execFile } from "node:child_process";
import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { asStep, type StepListener } from "../src/node/steps.js";
import { isThere, publishFolder } from "./cache-folder.js";
import { createPrivateApt, type DebianPackage } from "./private-apt.js";
import { KERNEL, KERNEL_METAPACKAGE, PACKAGES, type PackageRecipe, SUITES } from "./recipe.js";
import { packagesHash } from "./recipe-hash.js";

const run = promisify(execFile);

/** `file` is the .deb. */
export type FetchedPackage = PackageRecipe & DebianPackage;

export interface FetchedPackages {
  /** The kernel first. */
  all: FetchedPackage[];
  kernel: FetchedPackage;
}

/** Where the packages of this recipe and lock are kept. */
export async function packagesFolder(cacheDir: string): Promise<string> {
  return join(cacheDir, "packages", await packagesHash());
}

/** @param folder where they are kept, named by the hash of what was asked for. */
export async function fetchPackages(folder: string, onStep: StepListener): Promise<FetchedPackages> {
  if (!(await isThere(folder))) await publishFolder(folder, (partial) => fetchInto(partial, onStep));
  const index = JSON.parse(await readFile(join(folder, "index.json"), "utf8")) as FetchedPackage[];
  const all = index.map((each) => ({ ...each, file: join(folder, each.file) }));
  const kernel = all[0];
  if (!kernel) throw new Error(`no packages in ${folder}`);
  return { all, kernel };
}

async function fetchInto(partial: string, onStep: StepListener): Promise<void> {
  const aptDir = join(partial, "apt");
  const apt = await createPrivateApt({ architecture: "i386", cacheDir: aptDir, suites: SUITES });
  await asStep(
    onStep,
    "package indexes",
    () => apt.update(),
    ({ readable, unreadable }) => ({
      detail: [
        `read ${readable.join(", ")}`,
        ...unreadable.map(({ suite, why }) => `could not read ${suite}, going on without (${why})`),
      ].join("; "),
    }),
  );
  const fetched = await asStep(
    onStep,
    "packages",
    async () => {
      const kernelName = await dependencyOf(await apt.download([KERNEL_METAPACKAGE]));
      const recipes = [{ name: kernelName, ...KERNEL }, ...PACKAGES];
      const debs = await apt.download(recipes.map((each) => each.name));
      return recipes.map((recipe, index): FetchedPackage => ({ ...recipe, ...debs[index]! }));
    },
    (packages) => ({ detail: packages.map((each) => `${each.name} ${each.version}`).join(", ") }),
  );
  for (const each of fetched) await copyFile(each.file, join(partial, basename(each.file)));
  await rm(aptDir, { recursive: true });
  const index = fetched.map((each) => ({ ...each, file: basename(each.file) }));
  await writeFile(join(partial, "index.json"), JSON.stringify(index, null, 2));
}

/** The first package that a metapackage depends on. */
async function dependencyOf([metapackage]: DebianPackage[]): Promise<string> {
  const { stdout } = await run("dpkg-deb", ["-f", metapackage!.file, "Depends"]);
  const name = /^[a-z0-9.+-]+/.exec(stdout)?.[0];
  if (!name) throw new Error(`${metapackage!.name} ${metapackage!.version} depends on no kernel package`);
  return name;
}

/** Unpacks each package below `dir`/<name>; returns where. */
export async function unpack(
  packages: readonly Pick<FetchedPackage, "name" | "file">[],
  dir: string,
): Promise<(name: string) => string> {
  await Promise.all(
    packages.map(async ({ name, file }) => {
      await mkdir(join(dir, name), { recursive: true });
      await run("dpkg-deb", ["-x", file, join(dir, name)]);
    }),
  );
  return (name) => join(dir, name);
}
