import { beforeEach, describe, expect, test } from "vitest";
import type { SparseBytes } from "../../shared/files/sparse-bytes.js";
import { decodePath } from "../../shared/text/path-bytes.js";
import { createPageFiles, type PageFiles } from "../page-files.js";
import { NinePClient } from "../testfiles/ninep-client.js";
import { directory, file, fileOf, symlink, whiteout } from "../testfiles/trees.js";
import { Message, MessageWriter, Rlerror } from "./messages.js";
import { MountFiles } from "./mount-files.js";
import { ReadOnlyFiles } from "./read-only-files.js";
import { NinePServer } from "./server.js";

const AT_REMOVEDIR = 0x200;
const O_WRONLY = 1;
const O_EXCL = 0o200;
const O_TRUNC = 0o1000;

let files: PageFiles;
let client: NinePClient;
let messages: string[];

beforeEach(async () => {
  files = createPageFiles([{ type: "file", path: "Dockerfile", bytes: new TextEncoder().encode("FROM busybox\n") }]);
  messages = [];
  files.server.onMessage((message) => messages.push(message));
  client = await new NinePClient(files.server).start();
});

const refused = (work: Promise<unknown>, errno: string) => expect(work).rejects.toThrow(errno);

describe("read-only trees", () => {
  beforeEach(() => {
    const linked = file("linked");
    files.layers.publish("l1", {
      root: directory({
        etc: directory({ passwd: file("root:x:0:0"), gone: whiteout() }, { "trusted.overlay.opaque": "y" }),
        one: linked,
        two: linked,
        link: symlink("etc/passwd"),
        sparse: fileOf(5 * 2 ** 32, { read: (_offset, length) => new Uint8Array(length) }),
      }),
    });
  });

  test("files, links, devices and attributes", async () => {
    expect(await client.readText("layers/l1/etc/passwd")).toBe("root:x:0:0");
    expect(await client.stat("layers/l1/etc/gone")).toMatchObject({ mode: 0o020000, rdev: 0 });
    expect(await client.stat("layers/l1/one")).toMatchObject({
      mode: 0o100644,
      nlink: 2,
      size: 6,
      mtime: { seconds: 1_700_000_000, nanoseconds: 123_456_789 },
    });
    expect((await client.stat("layers/l1/one")).qid).toBe((await client.stat("layers/l1/two")).qid);
    expect((await client.stat("layers/l1/sparse")).size).toBe(5 * 2 ** 32);
    const link = await client.walk("layers/l1/link");
    expect((await client.send(Message.Treadlink, new MessageWriter().u32(link))).string()).toBe("etc/passwd");
  });

  test("extended attributes", async () => {
    expect(await client.xattr("layers/l1/etc", "trusted.overlay.opaque")).toBe("y");
    expect(await client.xattr("layers/l1/etc", "")).toBe("trusted.overlay.opaque\0");
    await refused(client.xattr("layers/l1/etc", "user.none"), "ENODATA");
    expect(await client.xattr("layers/l1/one", "")).toBe("");
  });

  test("nothing can be changed", async () => {
    const etc = await client.walk("layers/l1/etc");
    const passwd = await client.walk("layers/l1/etc/passwd");
    await refused(client.create(etc, "new"), "EROFS");
    await refused(client.makeDirectory(etc, "new"), "EROFS");
    await refused(client.unlink(etc, "passwd"), "EROFS");
    await refused(client.rename(etc, "passwd", etc, "x"), "EROFS");
    await refused(client.open(passwd, O_WRONLY), "EROFS");
    await refused(client.open(passwd, O_TRUNC | O_WRONLY), "EROFS");
    await refused(client.setAttributes(passwd, 1, { mode: 0o777 }), "EROFS");
    await refused(client.unlink(await client.walk("layers"), "l1", AT_REMOVEDIR), "EROFS");
    await client.open(passwd);
    await refused(client.write(passwd, 0, "x"), "EBADF");
  });

  test("the first opening of each file is told once", async () => {
    const reads: string[] = [];
    files.layers.onRead(({ layer, path }) => reads.push(`${layer} ${path}`));
    await client.readText("layers/l1/etc/passwd");
    await client.readText("layers/l1/etc/passwd");
    await client.readText("layers/l1/one");
    expect(reads).toEqual(["l1 etc/passwd", "l1 one"]);
  });

  test("a tree that is withdrawn is stale, and one published later is another", async () => {
    const passwd = await client.walk("layers/l1/etc/passwd");
    const before = (await client.attributes(passwd)).qid;
    files.layers.withdraw("l1");
    await refused(client.attributes(passwd), "ESTALE");
    await refused(client.walk("layers/l1"), "ENOENT");
    files.layers.publish("l1", { root: directory({ etc: directory({ passwd: file("again") }) }) });
    expect(await client.readText("layers/l1/etc/passwd")).toBe("again");
    expect((await client.stat("layers/l1/etc/passwd")).qid).not.toBe(before);
    // The guest may have cached the directory's handle.
    expect((await client.attributes(passwd)).size).toBe(5);
  });

  test("a withdrawn tree is let go although the guest holds handles", async () => {
    const top = new MountFiles();
    const server = new NinePServer(top);
    const tree = new ReadOnlyFiles({ root: directory({ a: directory({ b: file("x") }) }) });
    top.mount("t", tree);
    const guest = await new NinePClient(server).start();
    const held = await guest.walk("t/a/b");
    top.unmount("t");
    tree.withdraw();
    server.release(tree);
    await refused(guest.attributes(held), "ESTALE");
    expect(() => tree.root).toThrow("ESTALE");
    await guest.clunk(held);
  });
});

test("a session that starts anew has its own message size and no handles", async () => {
  const version = async (bytes: number) => {
    const reply = await client.send(Message.Tversion, new MessageWriter().u32(bytes).string("9P2000.L"));
    return reply.u32();
  };
  expect(await version(8192)).toBe(8192);
  expect(files.server.fids).toBe(0);
  expect(await version(512_000)).toBe(512_000);
  expect(await version(1_000_000)).toBe(512_000);
});

describe("directories", () => {
  test("a big one comes in pages, each name once", async () => {
    const names = Array.from({ length: 3000 }, (_, i) => `file-${i}`);
    files.layers.publish("big", { root: directory(Object.fromEntries(names.map((name) => [name, file(name)]))) });
    expect(await client.names("layers/big", 4096)).toEqual([".", "..", ...names]);
    expect(await client.names("layers/big", 400_000)).toEqual([".", "..", ...names]);
  });

  test("entries that vanish while it is read do not shift the others", async () => {
    const work = await client.walk("work");
    for (let i = 0; i < 100; i++) await client.clunk(await client.create(work, `f${i}`));
    const fid = await client.walk("work");
    await client.open(fid);
    const seen: string[] = [];
    for (let cookie = 0; ; ) {
      const entries = await client.readDirectory(fid, cookie, 300);
      if (entries.length === 0) break;
      for (const { name } of entries.filter(({ name }) => name.startsWith("f"))) await client.unlink(work, name);
      seen.push(...entries.map((entry) => entry.name));
      cookie = entries.at(-1)!.next;
    }
    expect(seen.length).toBe(103);
    expect(await client.names("work")).toEqual([".", "..", "Dockerfile"]);
  });

  test("the top has its three mounts", async () => {
    expect(await client.names("")).toEqual([".", "..", "layers", "exchange", "work"]);
    expect((await client.stat("work/../layers")).mode).toBe(0o040755);
  });
});

describe("writable files", () => {
  test("create, write, read, cut, grow", async () => {
    const work = await client.walk("work");
    const fid = await client.create(work, "new", 0o600);
    expect(await client.write(fid, 0, "hello world")).toBe(11);
    await client.write(fid, 20, "far");
    expect(new TextDecoder().decode(await client.read(fid))).toBe("hello world\0\0\0\0\0\0\0\0\0far");
    await client.setAttributes(fid, 8, { size: 5 });
    await client.setAttributes(fid, 8, { size: 8 });
    expect(new TextDecoder().decode(await client.read(fid))).toBe("hello\0\0\0");
    expect(await client.stat("work/new")).toMatchObject({ mode: 0o100600, size: 8 });
    await client.open(await client.walk("work/new"), O_WRONLY | O_TRUNC);
    expect((await client.stat("work/new")).size).toBe(0);
  });

  test("owner is who attached; attributes change", async () => {
    client.root = await client.attach(1000);
    const fid = await client.create(await client.walk("work"), "mine", 0o644, 2, 100);
    expect(await client.attributes(fid)).toMatchObject({ uid: 1000, gid: 100 });
    await client.setAttributes(fid, 1 | 2 | 4 | 32 | 256, {
      mode: 0o4755,
      uid: 5,
      gid: 6,
      mtime: { seconds: 77, nanoseconds: 5 },
    });
    expect(await client.attributes(fid)).toMatchObject({
      mode: 0o104755,
      uid: 5,
      gid: 6,
      mtime: { seconds: 77, nanoseconds: 5 },
    });
  });

  test("a file that is open and unlinked lives on", async () => {
    const work = await client.walk("work");
    const fid = await client.create(work, "temp");
    await client.write(fid, 0, "still");
    await client.unlink(work, "temp");
    expect(await client.attributes(fid)).toMatchObject({ nlink: 0, size: 5 });
    await client.write(fid, 5, " here");
    expect(new TextDecoder().decode(await client.read(fid))).toBe("still here");
    await refused(client.walk("work/temp"), "ENOENT");
  });

  test("names: exists, missing, of the wrong type, not empty, over itself", async () => {
    const work = await client.walk("work");
    await client.makeDirectory(work, "d");
    const d = await client.walk("work/d");
    await client.clunk(await client.create(d, "inner"));
    await refused(client.makeDirectory(work, "d"), "EEXIST");
    await refused(client.create(work, "Dockerfile", 0o644, O_EXCL | 2), "EEXIST");
    await refused(client.unlink(work, "none"), "ENOENT");
    await refused(client.unlink(work, "d"), "EISDIR");
    await refused(client.unlink(work, "Dockerfile", AT_REMOVEDIR), "ENOTDIR");
    await refused(client.unlink(work, "d", AT_REMOVEDIR), "ENOTEMPTY");
    await refused(client.rename(work, "d", d, "loop"), "EINVAL");
    await refused(client.rename(work, "Dockerfile", work, "d"), "EISDIR");
    await refused(client.rename(work, "d", work, "Dockerfile"), "ENOTDIR");
    await refused(client.walk("work/Dockerfile/x"), "ENOTDIR");
    await refused(client.makeDirectory(work, ""), "EINVAL");
    await refused(client.makeDirectory(work, "a/b"), "EINVAL");
    await refused(client.makeDirectory(work, ".."), "EEXIST");
    await refused(client.makeDirectory(work, "x".repeat(256)), "ENAMETOOLONG");
  });

  test("links, symlinks and nodes", async () => {
    const work = await client.walk("work");
    const file = await client.walk("work/Dockerfile");
    await client.send(Message.Tlink, new MessageWriter().u32(work).u32(file).string("hard"));
    expect((await client.stat("work/hard")).nlink).toBe(2);
    await client.unlink(work, "Dockerfile");
    expect(await client.stat("work/hard")).toMatchObject({ nlink: 1, size: 13 });
    await client.send(Message.Tsymlink, new MessageWriter().u32(work).string("soft").string("hard").u32(0));
    expect(await client.stat("work/soft")).toMatchObject({ mode: 0o120777, size: 4 });
    const node = new MessageWriter().u32(work).string("sda").u32(0o060600).u32(8).u32(300).u32(0);
    await client.send(Message.Tmknod, node);
    expect((await client.stat("work/sda")).rdev).toBe(8 * 256 + (300 & 0xff) + ((300 & ~0xff) << 12));
    const directory = new MessageWriter()
      .u32(work)
      .u32(await client.walk("work"))
      .string("dir");
    await refused(client.send(Message.Tlink, directory), "EACCES");
  });

  test("what is written to a file is told by each of its names, whichever came last or went", async () => {
    const told = new Set<string>();
    files.workspace.onChange((paths) => {
      for (const path of paths) told.add(path);
    });
    const settled = async () => {
      await new Promise((resolve) => setTimeout(resolve, 150));
      const paths = [...told].sort();
      told.clear();
      return paths;
    };
    const work = await client.walk("work");
    await client.makeDirectory(work, "d");
    const fid = await client.create(work, "a");
    for (const [where, name] of [
      [work, "b"],
      [await client.walk("work/d"), "c"],
    ] as const)
      await client.send(Message.Tlink, new MessageWriter().u32(where).u32(fid).string(name));
    expect(await settled()).toEqual(["a", "b", "d", "d/c"]);
    await client.write(fid, 0, "x");
    expect(await settled()).toEqual(["a", "b", "d/c"]);
    await client.unlink(work, "b");
    expect(await settled()).toEqual(["b"]);
    await client.write(fid, 0, "y");
    expect(await settled()).toEqual(["a", "d/c"]);
    await client.rename(work, "d", work, "e");
    await settled();
    await client.setAttributes(fid, 8, { size: 0 });
    expect(await settled()).toEqual(["a", "e/c"]);
  });

  test("from the exchange into the workspace, and changes are told by where they are then", async () => {
    const told: string[] = [];
    files.workspace.onChange((paths) => told.push(...paths));
    const [exchange, work] = [await client.walk("exchange"), await client.walk("work")];
    files.exchange.put("x1", new TextEncoder().encode("passed"));
    const before = (await client.stat("exchange/x1")).qid;
    const held = await client.walk("exchange/x1");
    await client.makeDirectory(work, "old");
    await client.rename(exchange, "x1", await client.walk("work/old"), "file");
    await client.rename(work, "old", work, "new");
    expect((await client.stat("work/new/file")).qid).toBe(before);
    await client.open(held, 2);
    await client.write(held, 6, "!");
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(new TextDecoder().decode(files.workspace.read("new/file"))).toBe("passed!");
    expect(told).toEqual(["new", "new/file", "old", "old/file"]);
    expect(() => files.exchange.take("x1")).toThrow("x1 is no file");
  });

  test("extended attributes are set, listed, replaced and taken away", async () => {
    const set = async (value: string, flags = 0) => {
      const fid = await client.walk("work/Dockerfile");
      const size = new TextEncoder().encode(value).length;
      await client.send(Message.Txattrcreate, new MessageWriter().u32(fid).string("user.a").u64(size).u32(flags));
      if (size > 0) await client.write(fid, 0, value);
      await client.clunk(fid);
    };
    await set("1");
    expect(await client.xattr("work/Dockerfile", "user.a")).toBe("1");
    await refused(set("2", 1), "EEXIST");
    await set("zwei", 2);
    expect(await client.xattr("work/Dockerfile", "user.a")).toBe("zwei");
    await set("");
    await refused(client.xattr("work/Dockerfile", "user.a"), "ENODATA");
    await refused(set("3", 2), "ENODATA");
  });

  test("sizes beyond what memory gives are refused", async () => {
    files = createPageFiles([], { workspace: { bytes: 2 ** 31, names: 10 } });
    client = await new NinePClient(files.server).start();
    const fid = await client.create(await client.walk("work"), "huge");
    await refused(client.write(fid, 2 ** 44, "x"), "EFBIG");
    await refused(client.setAttributes(fid, 8, { size: 2 ** 45 }), "EFBIG");
  });

  test("a file of 10 GB takes the memory of what is written to it", async () => {
    files = createPageFiles([]);
    client = await new NinePClient(files.server).start();
    const fid = await client.create(await client.walk("work"), "holes");
    await client.setAttributes(fid, 8, { size: 10 * 2 ** 30 });
    await client.write(fid, 2 ** 33 - 1, "abc");
    expect((await client.attributes(fid)).size).toBe(10 * 2 ** 30);
    expect(await client.read(fid, 2 ** 33 - 3, 6)).toEqual(new TextEncoder().encode("\0\0abc\0"));
    expect(await client.read(fid, 10 * 2 ** 30 - 2, 100)).toEqual(new Uint8Array(2));
    const data = files.workspace.data("holes") as SparseBytes;
    expect(data.size).toBe(10 * 2 ** 30);
    expect(data.data.length).toBeLessThan(1 << 20);
    expect(data.read(2 ** 33 - 1, 3)).toEqual(new TextEncoder().encode("abc"));
    await client.write(fid, 2 ** 33, "X");
    expect(data.read(2 ** 33 - 1, 3)).toEqual(new TextEncoder().encode("abc"));
    expect(await client.read(fid, 2 ** 33 - 1, 3)).toEqual(new TextEncoder().encode("aXc"));
  });

  test("names and link targets of any bytes, times to the nanosecond and before 1970", async () => {
    const name = decodePath(Uint8Array.from({ length: 255 }, (_, i) => i + 1).filter((byte) => byte !== 0x2f));
    const work = await client.walk("work");
    const fid = await client.create(work, name);
    await client.send(Message.Tsymlink, new MessageWriter().u32(work).string("l").string(`\udcff${name}`).u32(0));
    expect(await client.names("work")).toContain(name);
    const target = await client.send(Message.Treadlink, new MessageWriter().u32(await client.walk("work/l")));
    expect(target.string()).toBe(`\udcff${name}`);
    expect((await client.stat("work/l")).size).toBe(255);
    await refused(client.create(work, `${name}xx`), "ENAMETOOLONG");
    for (const mtime of [
      { seconds: 1_700_000_000, nanoseconds: 123_456_789 },
      { seconds: -2, nanoseconds: 1 },
    ]) {
      await client.setAttributes(fid, 32 | 256, { mtime });
      expect((await client.attributes(fid)).mtime).toEqual(mtime);
    }
  });

  test("what the page took from the exchange is not held by the guest's handle", async () => {
    const fid = await client.create(await client.walk("exchange"), "out");
    const bytes = new Uint8Array(100_000).map((_, i) => i);
    await client.write(fid, 0, bytes);
    expect(files.exchange.take("out")).toEqual(bytes);
    expect(await client.read(fid)).toEqual(new Uint8Array(0));
    await refused(client.walk("exchange/out"), "ENOENT");
  });
});

describe("blobs that come later, or never", () => {
  const later = fileOf(5, { read: async () => new TextEncoder().encode("later") });
  const failing = fileOf(5, { read: () => Promise.reject(new Error("blob sha256:abc: status 404")) });
  const throwing = fileOf(5, {
    read: () => {
      throw new TypeError("oops");
    },
  });
  const never = fileOf(5, { read: () => new Promise<Uint8Array>(() => {}) });

  test("late, failed and faulty", async () => {
    files.layers.publish("l", { root: directory({ later, failing, throwing }) });
    expect(await client.readText("layers/l/later")).toBe("later");
    await refused(client.readText("layers/l/failing"), "EIO");
    await refused(client.readText("layers/l/throwing"), "EIO");
    expect(messages).toEqual(["9p: read: layers/l/failing: blob sha256:abc: status 404", "9p: 9p message: oops"]);
  });

  test("a flush answers the read that waits; the next one on that handle is refused at once", async () => {
    files.layers.publish("l", { root: directory({ never }) });
    const fid = await client.walk("layers/l/never");
    await client.open(fid);
    const reading = client.send(Message.Tread, new MessageWriter().u32(fid).u64(0).u32(5), 900);
    const interrupted = refused(reading, "EINTR");
    await client.send(Message.Tflush, new MessageWriter().u16(900));
    await interrupted;
    await refused(client.read(fid), "EINTR");
    await client.send(Message.Tflush, new MessageWriter().u16(901));
  });

  test("silence is EIO after a while", async () => {
    const top = new MountFiles();
    top.mount("l", new ReadOnlyFiles({ root: directory({ never }) }));
    const server = new NinePServer(top, 20);
    const told: string[] = [];
    server.onMessage((message) => told.push(message));
    await refused((await new NinePClient(server).start()).readText("l/never"), "EIO");
    expect(told).toEqual(["9p: read: nothing came for 0.02 s"]);
  });

  test("a new session answers what the old one waits for, and forgets its handles", async () => {
    files.layers.publish("l", { root: directory({ never }) });
    const fid = await client.walk("layers/l/never");
    await client.open(fid);
    const reading = refused(client.read(fid), "EIO");
    await client.start();
    await reading;
    expect(files.server.fids).toBe(1);
    await refused(client.attributes(fid), "EBADF");
  });
});

describe("what is malformed", () => {
  /** The types of the replies to raw bytes. */
  function replies(bytes: Uint8Array): number[] {
    const types: number[] = [];
    files.server.handle(bytes, (reply) => types.push(reply[4]!));
    return types;
  }

  test("every message cut at every length gets one refusal or one reply", async () => {
    files.layers.publish("l", { root: directory({ f: file("x") }) });
    const body = () =>
      new MessageWriter().u32(1).u32(2).u16(1).string("layers").u64(7).u64(9).u64(3).u64(1).u64(1).u64(1);
    const whole = body().length;
    for (const type of Object.values(Message))
      for (let length = 7; length <= whole; length++) {
        const message = body().finish(type, 5).slice(0, length);
        new DataView(message.buffer).setUint32(0, length, true);
        expect(replies(message).length, `type ${type} of ${length} bytes`).toBe(1);
      }
  });

  test("headers that lie, unknown types and noise", () => {
    expect(replies(new Uint8Array(0))).toEqual([Rlerror]);
    expect(replies(new Uint8Array(6))).toEqual([Rlerror]);
    expect(replies(new Uint8Array([255, 0, 0, 0, Message.Tclunk, 1, 0]))).toEqual([Rlerror]);
    expect(replies(new Uint8Array([3, 0, 0, 0, Message.Tclunk, 1, 0]))).toEqual([Rlerror]);
    expect(replies(new Uint8Array([7, 0, 0, 0, 255, 1, 0]))).toEqual([Rlerror]);
    for (let round = 0; round < 2000; round++) {
      const noise = crypto.getRandomValues(new Uint8Array(7 + (round % 60)));
      new DataView(noise.buffer).setUint32(0, noise.length, true);
      if (noise[4] === Message.Tversion) continue;
      expect(replies(noise).length).toBe(1);
    }
    expect(messages.length).toBeGreaterThan(0);
  });

  test("strings and blobs that reach beyond the message", async () => {
    const walk = new MessageWriter().u32(client.root).u32(99).u16(1).u16(500).raw(new Uint8Array(3));
    await refused(client.send(Message.Twalk, walk), "EPROTO");
    const write = new MessageWriter().u32(client.root).u64(0).u32(0xffffffff);
    await refused(client.send(Message.Twrite, write), "EPROTO");
    expect(messages).toHaveLength(2);
  });

  test("fids that are unknown, or in use", async () => {
    await refused(client.attributes(4711), "EBADF");
    await refused(client.clunk(4711), "EBADF");
    await refused(
      client.send(
        Message.Twalk,
        new MessageWriter()
          .u32(client.root)
          .u32(client.root + 0)
          .u16(1)
          .string("no"),
      ),
      "ENOENT",
    );
    const fid = await client.walk("work");
    await refused(client.send(Message.Twalk, new MessageWriter().u32(client.root).u32(fid).u16(0)), "EBADF");
  });

  test("another protocol is unknown, a small message size refused", async () => {
    const reply = await client.send(Message.Tversion, new MessageWriter().u32(8192).string("9P2000"));
    reply.skip(4);
    expect(reply.string()).toBe("unknown");
    await refused(client.send(Message.Tversion, new MessageWriter().u32(100).string("9P2000.L")), "EPROTO");
  });
});

test("handles do not pile up", async () => {
  const before = files.server.fids;
  const work = await client.walk("work");
  for (let i = 0; i < 1000; i++) {
    await client.clunk(await client.create(work, `f${i}`));
    await client.readText(`work/f${i}`);
    await client.unlink(work, `f${i}`);
    await refused(client.walk(`work/f${i}`), "ENOENT");
  }
  await client.clunk(work);
  expect(files.server.fids).toBe(before);
});
