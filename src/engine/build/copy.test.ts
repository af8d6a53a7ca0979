import { expect, test } from "vitest";
import type { TarEntry } from "../../shared/tar/entry.js";
import { readTar } from "../../shared/tar/read-tar.js";
import { LayeredTree } from "../containers/layered-tree.js";
import { fakeBuilder, tarOf } from "../fakes/fake-build.js";
import type { Layer } from "../layers/layer-store.js";
import { parseModeChange } from "./file-mode.js";

type Files = Record<string, string | Partial<TarEntry>>;

/** One line a changed path: `/a 755 0:0`, or what it leads to. */
function described(layer: Layer): string[] {
  const tree = new LayeredTree([layer.tree]);
  return layer.changes.map(({ path }) => {
    const { mode, uid, gid, ...node } = tree.lookup(path, { follow: false })!.node;
    return `${path} ${node.type === "symlink" ? `-> ${node.target}` : mode.toString(8)} ${uid}:${gid}`;
  });
}

async function copied(files: Files, ...lines: string[]): Promise<string[]> {
  const { build } = await fakeBuilder();
  const { layersMade } = await build({ Dockerfile: `FROM busybox\n${lines.join("\n")}\n`, ...files });
  return described(layersMade.at(-1)!);
}

const link = (linkname: string): Partial<TarEntry> => ({ type: "symlink", linkname, contents: undefined });
const directory = (mode: number): Partial<TarEntry> => ({ type: "directory", mode, contents: undefined });

test("a hyphen in a wildcard is a plain character", async () => {
  const files = { "my-a.txt": "a", "my-b.txt": "b", "my.txt": "c" };
  expect(await copied(files, "COPY my-*.txt /")).toEqual(["/my-a.txt 644 0:0", "/my-b.txt 644 0:0"]);
});

test.each(["COPY [ /", "COPY [-x] /", "COPY none/[z /"])("%s: a wildcard that is none", async (line) => {
  await expect(copied({}, line)).rejects.toThrow("syntax error in pattern");
});

test("below a wildcard no symlink is followed, before it each is", async () => {
  const files = { "real/in/f": "f", l: link("real") };
  expect(await copied(files, "COPY l/*/f /x/")).toEqual(["/x 755 0:0", "/x/f 644 0:0"]);
  expect(await copied(files, "COPY */in/f /y/")).toEqual(["/y 755 0:0", "/y/f 644 0:0"]);
});

test("a destination made on the way is 0755, whatever the source; one that is there keeps its mode", async () => {
  const files = { d: directory(0o700), "d/in": directory(0o700), "d/f": "f" };
  expect(await copied(files, "COPY d /new/er")).toEqual([
    "/new 755 0:0",
    "/new/er 755 0:0",
    "/new/er/f 644 0:0",
    "/new/er/in 700 0:0",
  ]);
  expect(await copied(files, "COPY d /bin")).toContain("/bin 755 1000:1000");
});

test("its time is the source's, for the layer to be the same again", async () => {
  const { build } = await fakeBuilder();
  const files = { Dockerfile: "FROM busybox\nCOPY d /new\n", "d/f": "f", "d/": { type: "directory" as const } };
  const { layersMade } = await build(tarOf(files, { seconds: 7, nanoseconds: 8 }));
  expect(layersMade[0]!.tree.root.children.get("new")).toMatchObject({ mtime: { seconds: 7, nanoseconds: 8 } });
});

test("parents made on the way belong to whom the copy belongs", async () => {
  const files = { f: "f", "t.tar": { contents: tarOf({ "d/x": "x" }) } };
  expect(await copied(files, "COPY --chown=5:6 f /a/b/f")).toEqual(["/a 755 5:6", "/a/b 755 5:6", "/a/b/f 644 5:6"]);
  expect(await copied(files, "USER 5", "WORKDIR /w")).toEqual(["/w 755 5:5"]);
  expect(await copied(files, "USER app", "WORKDIR /w")).toEqual(["/w 755 500:501"]);
  expect(await copied(files, "USER 5:6", "WORKDIR /w/x")).toEqual(["/w 755 5:6", "/w/x 755 5:6"]);
  // Directories that the archive leaves out are root's, as in Docker.
  expect(await copied(files, "ADD --chown=7:8 t.tar /r/s/")).toEqual([
    "/r 755 7:8",
    "/r/s 755 7:8",
    "/r/s/d 755 0:0",
    "/r/s/d/x 644 7:8",
  ]);
});

test("an octal mode is that of parents made on the way, too; a symbolic one is not", async () => {
  const files = { f: "f", "d/": {}, "d/run": { mode: 0o755 } };
  expect(await copied(files, "COPY --chmod=4711 f /a/f")).toEqual(["/a 711 0:0", "/a/f 4711 0:0"]);
  expect(await copied(files, "COPY --chmod=go-rwx,u+X d /a")).toEqual(["/a 755 0:0", "/a/run 700 0:0"]);
});

test.each([
  ["755", 0o644, 0o755],
  ["0", 0o644, 0],
  ["u+x,g=u", 0o640, 0o770],
  ["a+X", 0o644, 0o644],
  ["+X", 0o744, 0o755],
  ["=r", 0o4755, 0o444],
  ["o=", 0o777, 0o770],
  ["u+s,+t", 0o755, 0o5755],
  ["g-s", 0o2755, 0o755],
  ["u=rw+x", 0o644, 0o744],
])("--chmod=%s of %o", (text, before, after) => expect(parseModeChange(text).apply(before, false)).toBe(after));

test.each([
  ["9", "invalid chmod parameter: '9'. it should be octal string and between 0 and 07777"],
  ["10000", "invalid chmod parameter: '10000'. it should be octal string and between 0 and 07777"],
  ["u+q", "invalid syntax"],
  ["ux", "invalid syntax"],
])("--chmod=%s is refused", (text, message) => expect(() => parseModeChange(text)).toThrow(message));

test("a directory does not replace a symlink, a file does", async () => {
  const base = ["COPY base /"];
  const files = { "base/real/": {}, "base/link": link("real"), "two/link/f": "f", "three/link": "text" };
  await expect(copied(files, ...base, "COPY two/ /")).rejects.toThrow("cannot copy to non-directory: /link");
  expect(await copied(files, ...base, "COPY three/ /")).toEqual(["/link 644 0:0"]);
  // A destination's own symlinks are followed, to where they lead or would.
  expect(await copied(files, ...base, "COPY two/link /link")).toEqual(["/real 755 0:0", "/real/f 644 0:0"]);
  const dangling = { ...files, "base/link": link("/away/from") };
  expect(await copied(dangling, ...base, "COPY three/link /link")).toEqual(["/away 755 0:0", "/away/from 644 0:0"]);
});

test("an archive's links are followed, and lead out of its directory nowhere", async () => {
  const tar = (entries: Files) => ({ "t.tar": { contents: tarOf(entries) } });
  const merged = { "usr/lib/": {}, lib: link("usr/lib"), "lib/x.so": "x" };
  expect(await copied(tar(merged), "ADD t.tar /r/")).toContain("/r/usr/lib/x.so 644 1000:1000");
  expect(await copied(tar({ "lib/x.so": "x" }), "ADD t.tar /")).toContain("/usr/lib/x.so 644 1000:1000");
  const out = { "bin/": {}, up: link("../../bin"), root: link("/bin"), "up/x": "x", "root/y": "y" };
  expect(await copied(tar(out), "ADD t.tar /r/")).toEqual([
    "/r 755 0:0",
    "/r/bin 755 1000:1000",
    "/r/bin/x 644 1000:1000",
    "/r/bin/y 644 1000:1000",
    "/r/root -> /bin 1000:1000",
    "/r/up -> ../../bin 1000:1000",
  ]);
  const dangling = { up: link("nowhere"), "up/x": "x" };
  await expect(copied(tar(dangling), "ADD t.tar /r/")).rejects.toThrow("open /up/x: no such file or directory");
  const loop = { a: link("b"), b: link("a"), "a/x": "x" };
  await expect(copied(tar(loop), "ADD t.tar /r/")).rejects.toThrow("too many links");
});

test("an archive replaces what is in its way, but merges directories", async () => {
  const entries = { bin: directory(0o700), lib: directory(0o755), "lib/x": "x", etc: "no directory" };
  const files = { "t.tar": { contents: tarOf(entries) } };
  expect(await copied(files, "ADD t.tar /")).toEqual([
    "/bin 700 1000:1000",
    "/etc 644 1000:1000",
    "/lib 755 1000:1000",
    "/lib/x 644 1000:1000",
  ]);
});

test("names of one file stay so, in a directory copied and in an archive", async () => {
  const { build, layers } = await fakeBuilder();
  const hard: Partial<TarEntry> = { type: "hardlink", contents: undefined };
  const files = {
    "d/a": "a",
    "d/b": { ...hard, linkname: "d/a" },
    "t.tar": { contents: tarOf({ z: "z", y: { ...hard, linkname: "z" } }) },
    Dockerfile: "FROM busybox\nCOPY d /d\nADD --chown=1:2 t.tar /t/\n",
  };
  const { layersMade } = await build(files);
  const kinds = layersMade.map(({ diffID }) =>
    [...readTar(layers.tar(diffID))].map((e) => [e.path, e.type, e.linkname]),
  );
  expect(kinds[0]!.slice(1)).toEqual([
    ["d/a", "file", undefined],
    ["d/b", "hardlink", "d/a"],
  ]);
  expect(kinds[1]!.slice(1)).toEqual([
    ["t/y", "file", undefined],
    ["t/z", "hardlink", "t/y"],
  ]);
});

test("files copied to one name leave the last, and the step says so", async () => {
  const { build, events } = await fakeBuilder();
  const files = { "a.txt": "a", "b.txt": "bb" };
  const { layersMade } = await build({ Dockerfile: "FROM busybox\nCOPY *.txt /out\n", ...files });
  expect(layersMade[0]!.tree.root.children.get("out")).toMatchObject({ type: "file", size: 2 });
  expect(events).toContainEqual(
    expect.objectContaining({
      type: "output",
      text: "/out is one file: /b.txt replaces /a.txt. To make it a directory, end it with a slash.\n",
    }),
  );
  expect(await copied(files, "COPY a.txt b.txt /out/")).toHaveLength(3);
});

test("--parents keeps the sources' directories, from a pivot on", async () => {
  const files = { "a/b": directory(0o750), "a/b/c.txt": "c", "a/b/d.md": "d", "a/e/c.txt": "c" };
  expect(await copied(files, "COPY --parents a/b/c.txt /to")).toEqual([
    "/to 755 0:0",
    "/to/a 755 0:0",
    "/to/a/b 750 0:0",
    "/to/a/b/c.txt 644 0:0",
  ]);
  expect(await copied(files, "COPY --parents ./a/./**/*.txt /to/")).toEqual([
    "/to 755 0:0",
    "/to/b 750 0:0",
    "/to/b/c.txt 644 0:0",
    "/to/e 755 0:0",
    "/to/e/c.txt 644 0:0",
  ]);
  expect(await copied(files, "COPY --parents --exclude=a/e a /to/")).not.toContain("/to/a/e 755 0:0");
  await expect(copied(files, "COPY --parents a/x /to")).rejects.toThrow('"/a/x": not found');
});

test("--exclude leaves out, and takes back", async () => {
  const files = { "d/a.md": "a", "d/in/b.md": "b", "d/in/c.txt": "c" };
  expect(await copied(files, "COPY --exclude=in --exclude=!in/b.md d /x/")).toEqual([
    "/x 755 0:0",
    "/x/a.md 644 0:0",
    "/x/in 755 0:0",
    "/x/in/b.md 644 0:0",
  ]);
});
