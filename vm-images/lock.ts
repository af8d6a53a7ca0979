/**
 * packages.lock.json: the packages that this version of the project was tried with. The mirrors move on, so a
 * build takes what they have and tells the difference.
 */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

export interface LockedPackage {
  name: string;
  version: string;
  /** Of the .deb or .dsc, hex. */
  sha256: string;
}

export const lockFile = join(import.meta.dirname, "packages.lock.json");

export async function readLock(file = lockFile): Promise<LockedPackage[]> {
  try {
    return (JSON.parse(await readFile(file, "utf8")) as { packages: LockedPackage[] }).packages;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

export async function writeLock(packages: readonly LockedPackage[], file = lockFile): Promise<void> {
  const sorted = packages
    .map(({ name, version, sha256 }) => ({ name, version, sha256 }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  await writeFile(file, `${JSON.stringify({ packages: sorted }, null, 2)}\n`);
}

/** One line, or undefined when `used` is what is locked. */
export function describeDrift(locked: readonly LockedPackage[], used: readonly LockedPackage[]): string | undefined {
  const before = new Map(locked.map((each) => [each.name, each]));
  const after = new Map(used.map((each) => [each.name, each]));
  const changes = [
    ...used.flatMap((each) => {
      const old = before.get(each.name);
      if (!old) return [`${each.name} ${each.version} (not locked)`];
      if (old.version !== each.version) return [`${each.name} ${old.version} → ${each.version}`];
      return old.sha256 === each.sha256 ? [] : [`${each.name} ${each.version} (other contents)`];
    }),
    ...locked.filter((each) => !after.has(each.name)).map((each) => `${each.name} ${each.version} (not used)`),
  ];
  return changes.length === 0 ? undefined : `packages differ from packages.lock.json: ${changes.join(", ")}`;
}
