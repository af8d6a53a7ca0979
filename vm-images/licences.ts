/** The texts under which the parts of the image are passed on: each package's own copyright file. */
import { copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { FetchedPackage } from "./packages.js";

export async function copyLicences(
  packages: readonly FetchedPackage[],
  unpacked: (name: string) => string,
  quickjs: { folder: string },
  folder: string,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const { name } of packages)
    await copyFile(join(unpacked(name), "usr/share/doc", name, "copyright"), join(folder, `${name}.txt`));
  await copyFile(join(quickjs.folder, "LICENSE"), join(folder, "quickjs.txt"));
}
