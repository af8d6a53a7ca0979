import { beforeEach, describe, expect, test } from "vitest";
import { SparseBytes } from "../../shared/files/sparse-bytes.js";
import { createPageFiles, type PageFiles } from "../page-files.js";
import { NinePClient } from "../testfiles/ninep-client.js";
import { Message, MessageWriter } from "./messages.js";
import { put } from "./page-access.js";

const SET_SIZE = 8;
const WORKSPACE_FULL =
  "the workspace is full: it holds 1 MiB; what was written last may be lost: remove files from /root/work and write it again";

let files: PageFiles;
let client: NinePClient;
let work: number;
let exchange: number;
let messages: string[];

beforeEach(async () => {
  const limits = { workspace: { bytes: 1 << 20, names: 10 }, exchange: { bytes: 2 << 20, names: 5 } };
  files = createPageFiles([{ type: "file", path: "seed", bytes: new Uint8Array(1000) }], limits);
  messages = [];
  files.messages.event((message) => messages.push(message));
  client = await new NinePClient(files.server).start();
  [work, exchange] = [await client.walk("work"), await client.walk("exchange")];
});

const full = (done: Promise<unknown>) => expect(done).rejects.toThrow("ENOSPC");
const used = () => files.workspace.files.space().used;
const bytes = (length: number) => new Uint8Array(length).fill(1);

describe("bytes", () => {
  test("what does not fit is refused, and told once until there is room again", async () => {
    const fid = await client.create(work, "big");
    await client.write(fid, 0, bytes(400_000));
    await client.write(fid, 400_000, bytes(400_000));
    await full(client.write(fid, 800_000, bytes(400_000)));
    await full(client.write(fid, 800_000, bytes(300_000)));
    expect(messages).toEqual([WORKSPACE_FULL]);
    await client.write(fid, 0, bytes(800_000));
    expect(used().bytes).toBe(801_000);
    await client.setAttributes(fid, SET_SIZE, { size: 10 });
    await full(client.write(fid, 400_000, bytes(700_000)));
    expect(used().bytes).toBe(1010);
    expect(messages).toEqual([WORKSPACE_FULL, WORKSPACE_FULL]);
  });

  test("holes count nothing, and what is written into them does", async () => {
    const chunk = 1 << 18;
    const { files: tree } = files.workspace;
    const holes = new SparseBytes(10e9, [{ offset: 8e9, length: 3 }], bytes(3));
    put(tree, "holes", { type: "file" }, 0o644, holes);
    expect(used().bytes).toBe(1003);
    expect(files.workspace.data("holes")).toBe(holes);
    const fid = await client.walk("work/holes");
    await client.open(fid, 1);
    await client.write(fid, 11e9, bytes(0));
    expect(used().bytes).toBe(1003);
    for (const offset of [5, 5e9]) await client.write(fid, offset, bytes(1));
    expect(used().bytes).toBe(1000 + 3 * chunk);
    await full(client.write(fid, 6e9, bytes(1)));
    expect(used().bytes).toBe(1000 + 3 * chunk);
    files.workspace.data("holes");
    await client.write(fid, 6, bytes(1));
    expect(used().bytes).toBe(1000 + 3 * chunk);
    await client.unlink(work, "holes");
    await client.clunk(fid);
    expect(used().bytes).toBe(1000);
  });

  test("symbolic links and extended attributes count", async () => {
    const symlink = (name: string) =>
      client.send(Message.Tsymlink, new MessageWriter().u32(work).string(name).string("x".repeat(60_000)).u32(0));
    await symlink("link");
    expect(used().bytes).toBe(61_000);
    const place = files.workspace.files.lookup(
      { files: files.workspace.files, node: files.workspace.files.root, name: "", parent: null },
      "seed",
    )!;
    files.workspace.files.setXattr(place, "user.a", bytes(60_000));
    expect(used().bytes).toBe(121_006);
    files.workspace.files.setXattr(place, "user.a", bytes(10));
    files.workspace.files.setXattr(place, "user.a", null);
    expect(used().bytes).toBe(61_000);
    await client.unlink(work, "link");
    expect(used().bytes).toBe(1000);
  });

  test("a removed file counts for as long as the guest holds it", async () => {
    const fid = await client.create(work, "held");
    await client.write(fid, 0, bytes(900_000));
    await client.unlink(work, "held");
    const other = await client.create(work, "other");
    await full(client.write(other, 0, bytes(900_000)));
    await client.write(fid, 900_000, bytes(100_000));
    expect(used().bytes).toBe(1_001_000);
    await client.clunk(fid);
    await client.write(other, 0, bytes(900_000));
    expect(used().bytes).toBe(901_000);
  });
});

describe("names", () => {
  test("files, directories, links: each name counts", async () => {
    const fid = await client.create(work, "a");
    for (let i = 2; i < 10; i++)
      await client.send(Message.Tlink, new MessageWriter().u32(work).u32(fid).string(`link${i}`));
    await full(client.makeDirectory(work, "directory"));
    await full(client.create(work, "b"));
    await full(client.send(Message.Tlink, new MessageWriter().u32(work).u32(fid).string("link")));
    expect(messages).toEqual([WORKSPACE_FULL.replace("1 MiB", "10 files")]);
    await client.unlink(work, "link5");
    await client.makeDirectory(work, "directory");
  });
});

describe("two trees", () => {
  test("what moves from one to the other is the other's, or stays", async () => {
    const fid = await client.create(exchange, "passed");
    await client.write(fid, 0, bytes(500_000));
    await client.write(fid, 500_000, bytes(500_000));
    await client.rename(exchange, "passed", work, "here");
    expect(used()).toEqual({ bytes: 1_001_000, names: 2 });
    expect(files.exchange.files.space().used).toEqual({ bytes: 0, names: 0 });
    const more = await client.create(exchange, "more");
    await client.write(more, 0, bytes(400_000));
    await full(client.rename(exchange, "more", work, "more"));
    expect(await client.names("exchange")).toContain("more");
    await client.rename(exchange, "more", exchange, "still");
    expect(files.exchange.files.space().used).toEqual({ bytes: 400_000, names: 1 });
  });

  test("a directory takes all that is in it along, a file with two names once", async () => {
    await client.makeDirectory(exchange, "d");
    const directory = await client.walk("exchange/d");
    const fid = await client.create(directory, "a");
    await client.write(fid, 0, bytes(3000));
    await client.send(Message.Tlink, new MessageWriter().u32(directory).u32(fid).string("b"));
    await client.rename(exchange, "d", work, "d");
    expect(used()).toEqual({ bytes: 4000, names: 4 });
    expect(files.exchange.files.space().used).toEqual({ bytes: 0, names: 0 });
  });
});

test("the page is held to it too", async () => {
  expect(() => files.exchange.put("x", bytes(3 << 20))).toThrow(
    "ENOSPC: too much at once between guest and page: 2 MiB",
  );
  files.exchange.put("x", bytes(1 << 20));
  expect(files.exchange.take("x").length).toBe(1 << 20);
  expect(files.exchange.files.space().used).toEqual({ bytes: 0, names: 0 });
  const seeds = [{ type: "file", path: "big", bytes: bytes(2 << 20) }] as const;
  expect(() => createPageFiles(seeds, { workspace: { bytes: 1 << 20, names: 10 } })).toThrow("the workspace is full");
});

test("statfs tells what is free", async () => {
  const reply = await client.send(Message.Tstatfs, new MessageWriter().u32(work));
  reply.skip(8);
  expect([reply.u64(), reply.u64(), reply.u64(), reply.u64(), reply.u64()]).toEqual([256, 255, 255, 10, 9]);
});
