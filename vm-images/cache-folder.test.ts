import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { publishFolder } from "./cache-folder.js";
import { install } from "./install.js";

const scratch = mkdtempSync(join(tmpdir(), "drydock-cache-"));
afterAll(() => rmSync(scratch, { recursive: true }));

const fillWith = (text: string) => async (partial: string) => writeFileSync(join(partial, "file"), text);

test("a folder appears whole or not at all", async () => {
  const folder = join(scratch, "deep/one");
  const failing = async (partial: string) => {
    await fillWith("half")(partial);
    throw new Error("no");
  };
  await expect(publishFolder(folder, failing)).rejects.toThrow("no");
  expect(readdirSync(join(scratch, "deep"))).toEqual([]);
  await publishFolder(folder, fillWith("whole"));
  expect(readdirSync(join(scratch, "deep"))).toEqual(["one"]);
});

test("who comes second keeps the first one's folder", async () => {
  const folder = join(scratch, "raced");
  await publishFolder(folder, async (partial) => {
    await fillWith("second")(partial);
    mkdirSync(folder);
    writeFileSync(join(folder, "file"), "first");
  });
  expect(readFileSync(join(folder, "file"), "utf8")).toBe("first");
});

test("what a killed build left goes with the next one; what runs stays", async () => {
  const folder = join(scratch, "killed");
  mkdirSync(`${folder}.4194305.partial`);
  mkdirSync(`${folder}.1.partial`);
  await publishFolder(folder, fillWith("x"));
  expect(existsSync(`${folder}.4194305.partial`)).toBe(false);
  expect(existsSync(`${folder}.1.partial`)).toBe(true);
});

test("an installed folder holds exactly the files of its source", async () => {
  const [from, to] = [join(scratch, "from"), join(scratch, "public/vm")];
  mkdirSync(join(from, "a"), { recursive: true });
  writeFileSync(join(from, "a/b"), "new");
  mkdirSync(to, { recursive: true });
  writeFileSync(join(to, "old"), "old");
  await install(from, to);
  expect(readdirSync(to, { recursive: true }).sort()).toEqual(["a", "a/b"]);
  expect(readFileSync(join(to, "a/b"), "utf8")).toBe("new");
});
