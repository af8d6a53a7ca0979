import { expect, test } from "vitest";
import { FakeSystem } from "../system/fake-system.js";
import { removeTree } from "./remove-tree.js";

test("a tree goes, what its links point to stays", async () => {
  const system = new FakeSystem();
  system.put("/kept/file", "x");
  system.put("/tree/\udcff/deep/file", "x");
  system.symlink("/kept", "/tree/link");
  await removeTree(system, "/tree");
  expect(system.files.has("/tree")).toBe(false);
  expect(system.contentOf("/kept/file")).toBe("x");
  expect(system.descriptors.open.size).toBe(0);
});

test("deeper than descriptors are kept open, and longer than the kernel takes a path", async () => {
  const system = new FakeSystem();
  system.put(`/tree${"/a directory".repeat(400)}/file`, "x");
  let longest = 0;
  const unlink = system.unlink.bind(system);
  system.unlink = (path, at) => {
    longest = Math.max(longest, path.length, system.descriptors.open.size);
    unlink(path, at);
  };
  await removeTree(system, "/tree");
  expect(system.files.has("/tree")).toBe(false);
  expect(longest).toBeLessThan(70);
});

test("one file, and nothing", async () => {
  const system = new FakeSystem();
  system.put("/file", "x");
  await removeTree(system, "/file");
  await removeTree(system, "/file");
  expect(system.files.has("/file")).toBe(false);
});

test("a directory that becomes a link is not followed", async () => {
  const system = new FakeSystem();
  system.put("/kept/file", "x");
  system.put("/tree/d/file", "x");
  const open = system.open.bind(system);
  system.open = (name, flags, mode, at) => {
    if (name === "d" && at !== undefined) {
      system.files.rename("/tree/d", "/moved");
      system.symlink("/kept", "/tree/d");
    }
    return open(name, flags, mode, at);
  };
  await expect(removeTree(system, "/tree")).rejects.toThrow("ENOTEMPTY");
  expect(system.contentOf("/kept/file")).toBe("x");
});
