import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { afterAll, expect, test } from "vitest";
import { baseImagesHash, hashFiles, packagesHash, recipeHash } from "./recipe-hash.js";

const root = resolve(import.meta.dirname, "..");
const scratch = mkdtempSync(join(root, "node_modules/.recipe-"));
afterAll(() => rmSync(scratch, { recursive: true }));

function source(name: string, text: string): string {
  writeFileSync(join(scratch, name), text);
  return relative(root, join(scratch, name));
}

test("hashes are stable and differ from each other", async () => {
  const once = [await recipeHash(), await packagesHash(), await baseImagesHash()];
  expect([await recipeHash(), await packagesHash(), await baseImagesHash()]).toEqual(once);
  expect(new Set(once).size).toBe(3);
  for (const hash of once) expect(hash).toMatch(/^[0-9a-f]{32}$/);
});

test("the order of files does not matter; contents, names and additions do", async () => {
  const [a, b] = [source("a", "one"), source("b", "two")];
  const before = await hashFiles([a, b]);
  expect(await hashFiles([b, a])).toBe(before);
  expect(await hashFiles([a, b], "more")).not.toBe(before);
  expect(await hashFiles([a, source("c", "two")])).not.toBe(before);
  source("b", "two!");
  expect(await hashFiles([a, b])).not.toBe(before);
});

test("bytes that move from one file to the next make another hash", async () => {
  const before = await hashFiles([source("a", "xy"), source("b", "z")]);
  expect(await hashFiles([source("a", "x"), source("b", "yz")])).not.toBe(before);
});

test("a file that is not there is named", async () => {
  await expect(hashFiles(["vm-images/nowhere.ts"])).rejects.toThrow("vm-images/nowhere.ts");
});
