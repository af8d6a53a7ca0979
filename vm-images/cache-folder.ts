/** Folders in the cache: complete or not there, whoever else builds the same at the same time. */
import { mkdir, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";

export async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** Makes `folder` by filling a folder beside it and renaming that. */
export async function publishFolder(folder: string, fill: (partial: string) => Promise<void>): Promise<void> {
  const partial = `${folder}.${process.pid}.partial`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(dirname(folder), { recursive: true });
  await mkdir(partial);
  try {
    await fill(partial);
    await rename(partial, folder).catch(async (error: NodeJS.ErrnoException) => {
      const raced = (error.code === "ENOTEMPTY" || error.code === "EEXIST") && (await isThere(folder));
      if (!raced) throw error;
    });
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}
