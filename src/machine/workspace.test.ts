import { expect, test } from "vitest";
import type { AgentClient } from "../protocol/peer.js";
import { createPageFiles, type PageFiles } from "./page-files.js";
import { NinePClient } from "./testfiles/ninep-client.js";

const bytesOf = (text: string) => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** An agent that does in the tree, over 9P, what the guest's kernel would. */
async function attachGuest(files: PageFiles): Promise<{ client: NinePClient; calls: unknown[] }> {
  const client = await new NinePClient(files.server).start();
  const calls: unknown[] = [];
  const agent = {
    call: async (command: string, params: { exchange: string; path: string }) => {
      calls.push([command, params]);
      if (command !== "file.place") return;
      const name = params.path.slice(params.path.lastIndexOf("/") + 1);
      await client.rename(await client.walk("exchange"), params.exchange, await client.walk("work"), name);
    },
  } as unknown as AgentClient;
  files.workspace.attach(agent);
  return { client, calls };
}

const pause = () => new Promise((resolve) => setTimeout(resolve, 150));

test("seeds make their parents, and later ones win", () => {
  const { workspace } = createPageFiles([
    { type: "file", path: "a/b/c.txt", bytes: bytesOf("1") },
    { type: "file", path: "a/b/c.txt", bytes: bytesOf("22"), mode: 0o755 },
    { type: "directory", path: "a/b", mode: 0o700 },
    { type: "symlink", path: "link", target: "a/b" },
  ]);
  expect(workspace.list().map(({ path, type, mode, size, target }) => ({ path, type, mode, size, target }))).toEqual([
    { path: "a", type: "directory", mode: 0o755, size: 0, target: undefined },
    { path: "a/b", type: "directory", mode: 0o700, size: 0, target: undefined },
    { path: "a/b/c.txt", type: "file", mode: 0o755, size: 2, target: undefined },
    { path: "link", type: "symlink", mode: 0o777, size: 3, target: "a/b" },
  ]);
  expect(textOf(workspace.read("a/b/c.txt"))).toBe("22");
  expect(() => workspace.read("a/b")).toThrow("a/b is no file");
});

test("paths stay inside", async () => {
  const { workspace } = createPageFiles();
  await expect(workspace.write("../x", bytesOf(""))).rejects.toThrow("leads outside");
  await expect(workspace.write("", bytesOf(""))).rejects.toThrow("names nothing");
  await expect(workspace.remove("/")).rejects.toThrow("names nothing");
  expect(() => workspace.read("a/../../x")).toThrow("leads outside");
});

test("a page's change goes through the guest and is not told as the guest's", async () => {
  const files = createPageFiles();
  const { client, calls } = await attachGuest(files);
  const told: string[][] = [];
  files.workspace.onChange((paths) => told.push(paths));
  await files.workspace.write("file", bytesOf("new"), 0o700);
  expect(calls).toEqual([["file.place", { exchange: expect.any(String), path: "/root/work/file", mode: 0o700 }]]);
  expect(await client.readText("work/file")).toBe("new");
  await pause();
  expect(told).toEqual([]);
  const fid = await client.walk("work/file");
  await client.open(fid, 1);
  await client.write(fid, 0, "N");
  await client.write(fid, 3, "!");
  await pause();
  expect(told).toEqual([["file"]]);
  expect(textOf(files.workspace.read("file"))).toBe("New!");
});

test("what was read does not change under its reader", async () => {
  const files = createPageFiles([{ type: "file", path: "f", bytes: bytesOf("before") }]);
  const { client } = await attachGuest(files);
  const read = files.workspace.read("f");
  const fid = await client.walk("work/f");
  await client.open(fid, 2);
  await client.write(fid, 0, "AFTER!");
  expect(textOf(read)).toBe("before");
  expect(textOf(files.workspace.read("f"))).toBe("AFTER!");
});
