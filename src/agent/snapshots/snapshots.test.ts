import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { NodeSystem } from "../../testfiles/node-system.js";
import { Snapshots } from "./snapshots.js";

const work = mkdtempSync(join(tmpdir(), "drydock-snapshots-"));
afterAll(() => rmSync(work, { recursive: true }));

const settle = () => new Promise((resolve) => setTimeout(resolve));

function around() {
  const directory = mkdtempSync(join(work, "snapshots-"));
  const system = new NodeSystem();
  const put = (key: string) => {
    mkdirSync(join(directory, key, "upper"), { recursive: true });
    writeFileSync(join(directory, key, "upper/f"), "");
  };
  return { directory, system, put, trash: () => readdirSync(join(directory, ".trash")).length };
}

test("what is discarded is out of the way at once and deleted later", async () => {
  const { directory, system, put, trash } = around();
  const snapshots = new Snapshots(system, directory);
  put("a");
  put("b");
  expect(snapshots.upper("a")).toBe(`${directory}/a/upper`);
  snapshots.remove("a");
  snapshots.discard(`${directory}/b/upper`);
  snapshots.discard(`${directory}/none`);
  expect(readdirSync(directory)).toEqual([".trash", "b"]);
  expect(trash()).toBe(2);
  // A key may come again meanwhile.
  put("a");
  snapshots.remove("a");
  expect(trash()).toBe(3);
  system.advance(100);
  await settle();
  expect(trash()).toBe(0);
});

test("what an agent before this one left is cleared away", async () => {
  const { directory, system, put, trash } = around();
  put("left");
  put(".trash/old");
  new Snapshots(system, directory);
  expect(readdirSync(directory)).toEqual([".trash"]);
  system.advance(100);
  await settle();
  expect(trash()).toBe(0);
});

test.each(["", "../x", "a/b", ".trash"])("the key %j is refused", (key) => {
  const { directory, system } = around();
  expect(() => new Snapshots(system, directory).remove(key)).toThrow("snapshot key");
});
