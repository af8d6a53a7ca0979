/** Folders in the cache: complete or not there, whoever else builds the same at the same time. */
import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

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
  await removeAbandoned(folder);
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

/** What builds of `folder` that were killed have left. */
async function removeAbandoned(folder: string): Promise<void> {
  for (const name of await readdir(dirname(folder))) {
    const pid = name.startsWith(`${basename(folder)}.`) && /\.(\d+)\.partial$/.exec(name)?.[1];
    if (pid && !isRunning(Number(pid))) await rm(join(dirname(folder), name), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
