import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { describeDrift, type LockedPackage, readLock, writeLock } from "./lock.js";

const scratch = mkdtempSync(join(tmpdir(), "drydock-lock-"));
afterAll(() => rmSync(scratch, { recursive: true }));

const kernel: LockedPackage = { name: "linux-image-6.1.0-50-686", version: "6.1.176-1", sha256: "aa" };
const shell: LockedPackage = { name: "bash-static", version: "5.2.15-2", sha256: "bb" };

test("no drift when the same packages were used, in any order", () => {
  expect(describeDrift([kernel, shell], [shell, kernel])).toBeUndefined();
});

test.each([
  ["a newer version", [shell, { ...kernel, version: "6.1.180-1" }], "linux-image-6.1.0-50-686 6.1.176-1 → 6.1.180-1"],
  ["other contents", [kernel, { ...shell, sha256: "cc" }], "bash-static 5.2.15-2 (other contents)"],
  ["one more", [kernel, shell, { ...shell, name: "seabios" }], "seabios 5.2.15-2 (not locked)"],
  ["one less", [kernel], "bash-static 5.2.15-2 (not used)"],
])("drift is one line: %s", (_, used, line) => {
  expect(describeDrift([kernel, shell], used)).toBe(`packages differ from packages.lock.json: ${line}`);
});

test("a lock is written sorted and read back; a missing one is empty", async () => {
  const file = join(scratch, "packages.lock.json");
  expect(await readLock(file)).toEqual([]);
  await writeLock([kernel, { ...shell, file: "/tmp/x.deb" } as LockedPackage], file);
  expect(await readLock(file)).toEqual([shell, kernel]);
  expect(readFileSync(file, "utf8")).not.toContain(".deb");
});
