import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { NodeSystem } from "../../testfiles/node-system.js";
import { removeTree } from "./remove-tree.js";

const work = mkdtempSync(join(tmpdir(), "drydock-remove-"));
afterAll(() => rmSync(work, { recursive: true }));

test("whole trees, however deep; links are not followed", async () => {
  const system = new NodeSystem();
  const kept = join(work, "kept");
  mkdirSync(kept);
  writeFileSync(join(kept, "f"), "");
  const deep = join(work, "tree", ...Array.from({ length: 150 }, (_, i) => `d${i}`));
  mkdirSync(deep, { recursive: true });
  writeFileSync(join(deep, "f"), "");
  symlinkSync(kept, join(deep, "link"));
  symlinkSync(kept, join(work, "tree/link"));
  await removeTree(system, join(work, "tree"));
  expect(readdirSync(work)).toEqual(["kept"]);
  expect(readdirSync(kept)).toEqual(["f"]);
  expect(system.opened.size).toBe(0);
});

test("one file; nothing", async () => {
  const system = new NodeSystem();
  const file = join(work, "file");
  writeFileSync(file, "");
  await removeTree(system, file);
  expect(existsSync(file)).toBe(false);
  await removeTree(system, file);
});

test("what is gone when its turn comes is no error", async () => {
  const system = new NodeSystem();
  mkdirSync(join(work, "tree/a"), { recursive: true });
  writeFileSync(join(work, "tree/a/f"), "");
  const readdir = system.readdir.bind(system);
  system.readdir = (path, at) => [...readdir(path, at), "gone"];
  await removeTree(system, join(work, "tree"));
  expect(existsSync(join(work, "tree"))).toBe(false);
});

test("a directory that becomes a link is not followed", async () => {
  const system = new NodeSystem();
  const kept = join(work, "kept");
  mkdirSync(join(work, "tree/d"), { recursive: true });
  writeFileSync(join(work, "tree/d/f"), "");
  const open = system.open.bind(system);
  system.open = (name, flags, mode, at) => {
    if (name === "d") {
      renameSync(join(work, "tree/d"), join(work, "moved"));
      symlinkSync(kept, join(work, "tree/d"));
    }
    return open(name, flags, mode, at);
  };
  await expect(removeTree(system, join(work, "tree"))).rejects.toThrow("ENOTEMPTY");
  expect(readdirSync(kept)).toEqual(["f"]);
});
