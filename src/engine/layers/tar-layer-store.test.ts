import { describe, expect, test } from "vitest";
import type { DirectoryNode, ReadOnlyTree, TreeNode } from "../../machine/ninep/tree.js";
import type { TarEntry } from "../../shared/tar/entry.js";
import { writeTar } from "../../shared/tar/write-tar.js";
import { digestOf } from "../content/digest-of.js";
import { LayerError, type Shelf } from "./layer-store.js";
import { readLayer } from "./read-layer.js";
import { TarLayerStore } from "./tar-layer-store.js";

const attributes = { mode: 0o644, uid: 0, gid: 0, mtime: { seconds: 5, nanoseconds: 0 } };
const file = (path: string, text = "x", more: Partial<TarEntry> = {}): TarEntry => ({
  ...attributes,
  path,
  type: "file",
  contents: new TextEncoder().encode(text),
  ...more,
});
const directory = (path: string, more: Partial<TarEntry> = {}): TarEntry => ({
  ...attributes,
  mode: 0o755,
  path,
  type: "directory",
  ...more,
});
const link = (path: string, linkname: string, type: "symlink" | "hardlink" = "symlink"): TarEntry => ({
  ...attributes,
  path,
  type,
  linkname,
});

/** The tree as `path: kind` lines. */
function outline(tree: ReadOnlyTree): string[] {
  const lines: string[] = [];
  const visit = (path: string, node: TreeNode) => {
    if (path) lines.push(`${path}: ${describeNode(node)}`);
    if (node.type === "directory") for (const [name, child] of node.children) visit(`${path}/${name}`, child);
  };
  visit("", tree.root);
  return lines.sort();
}

function describeNode(node: TreeNode): string {
  const opaque = node.xattrs?.get("trusted.overlay.opaque") ? " opaque" : "";
  switch (node.type) {
    case "directory":
      return `${node.mode.toString(8)}${opaque}`;
    case "file":
      return new TextDecoder().decode(node.contents.read(0, node.size) as Uint8Array);
    case "symlink":
      return `-> ${node.target}`;
    default:
      return `${node.type} ${node.major}/${node.minor}`;
  }
}

const outlineOf = (...entries: TarEntry[]) => outline(readLayer(writeTar(entries)).tree);

test.each<[string, TarEntry[], string[]]>([
  ["a file below directories that are left out", [file("a/b/c", "1")], ["/a/b/c: 1", "/a/b: 755", "/a: 755"]],
  ["names as other tars write them", [directory("./"), directory("./a"), file("/a/../b")], ["/a: 755", "/b: x"]],
  ["a whiteout", [file("a/.wh.b", "")], ["/a/b: character 0/0", "/a: 755"]],
  [
    "an opaque directory, whatever comes first",
    [file("a/.wh..wh..opq", ""), directory("a", { mode: 0o700 }), file("a/b", "1")],
    ["/a/b: 1", "/a: 700 opaque"],
  ],
  ["a whiteout and a file instead", [file("f", "new"), file(".wh.f", "")], ["/f: new"]],
  ["a whiteout and a directory instead", [file(".wh.d", ""), directory("d")], ["/d: 755 opaque"]],
  ["aufs' bookkeeping", [directory(".wh..wh.plnk"), file(".wh..wh.plnk/1.2"), file("a")], ["/a: x"]],
  ["twice the same file: the last", [file("a", "1"), file("a", "2")], ["/a: 2"]],
  ["a directory in a file's place, and back", [file("a"), directory("a"), file("a/b"), file("a", "3")], ["/a: 3"]],
  [
    "a directory twice keeps what is in it",
    [directory("a"), file("a/b"), directory("a", { mode: 0o700 })],
    ["/a/b: x", "/a: 700"],
  ],
  [
    "an entry behind a symlink, inside the layer",
    [link("bin", "usr/bin"), file("bin/sh"), link("l", "../../../etc"), file("l/x")],
    [
      "/bin: -> usr/bin",
      "/etc/x: x",
      "/etc: 755",
      "/l: -> ../../../etc",
      "/usr/bin/sh: x",
      "/usr/bin: 755",
      "/usr: 755",
    ],
  ],
])("%s", (_, entries, expected) => expect(outlineOf(...entries)).toEqual(expected));

test("hard links are one node", () => {
  const { tree, size } = readLayer(writeTar([file("a", "12345"), link("d/b", "/a", "hardlink")]));
  const directoryNode = tree.root.children.get("d") as DirectoryNode;
  expect(directoryNode.children.get("b")).toBe(tree.root.children.get("a"));
  expect(size).toBe(5);
});

test("attributes and xattrs are kept, overlay's own are not taken from a tar", () => {
  const xattrs = new Map([
    ["user.a", Uint8Array.of(1, 2)],
    ["trusted.overlay.opaque", Uint8Array.of(0x79)],
    ["trusted.overlay.redirect", Uint8Array.of(0x2f)],
  ]);
  const { tree } = readLayer(writeTar([directory("d", { uid: 5, gid: 6, mode: 0o1777, xattrs })]));
  const node = tree.root.children.get("d")!;
  expect(node).toMatchObject({ uid: 5, gid: 6, mode: 0o1777, mtime: { seconds: 5, nanoseconds: 0 } });
  expect([...node.xattrs!]).toEqual([["user.a", Uint8Array.of(1, 2)]]);
});

test("contents are not copied", () => {
  const tar = writeTar([file("a", "text")]);
  const node = readLayer(tar).tree.root.children.get("a")!;
  expect(node.type === "file" && (node.contents.read(1, 2) as Uint8Array).buffer).toBe(tar.buffer);
});

test("changes in the tar's order", () => {
  const { changes } = readLayer(
    writeTar([directory("a"), file("a/b", "123"), file("a/.wh.c", ""), file("d/.wh..wh..opq", "")]),
  );
  expect(changes).toEqual([
    { path: "/a", action: "set", type: "directory", size: 0, mode: 0o755 },
    { path: "/a/b", action: "set", type: "file", size: 3, mode: 0o644 },
    { path: "/a/c", action: "whiteout", size: 0 },
    { path: "/d", action: "opaque", size: 0 },
  ]);
});

describe("refuses", () => {
  test.each<[string, TarEntry[]]>([
    ['layer entry "../x" leaves the layer', [file("../x")]],
    ['layer entry "a/../../x" leaves the layer', [file("a/../../x")]],
    ['layer entry "b" leaves the layer', [link("b", "../../etc/passwd", "hardlink")]],
    ['layer entry "b" is a hard link to "a", which the layer does not have', [link("b", "a", "hardlink")]],
    [
      'layer entry "b" is a hard link to "a", which the layer does not have',
      [directory("a"), link("b", "a", "hardlink")],
    ],
    ['layer entry "a/b" is below /a, a file', [file("a"), file("a/b")]],
    ['layer entry "a/b" goes through too many symlinks', [link("a", "a"), file("a/b")]],
    ['layer entry ".wh." is a whiteout of ""', [file(".wh.", "")]],
    ['layer entry "a/.wh..." is a whiteout of ".."', [file("a/.wh...", "")]],
    ['layer entry "." puts a symlink at the root', [link(".", "x")]],
  ])("%s", (message, entries) => expect(() => readLayer(writeTar(entries))).toThrow(new LayerError(message)));

  test("a damaged tar, and one beyond its limits", () => {
    expect(() => readLayer(writeTar([file("a")]).subarray(0, 512))).toThrow(LayerError);
    expect(() => readLayer(writeTar([file("a"), file("b")]), { entries: 1 })).toThrow("more than 1 entries at b");
    expect(() => readLayer(writeTar([file("n".repeat(256))]))).toThrow("a name longer than 255 bytes");
  });
});

test("the store publishes each layer once and withdraws what nothing holds", async () => {
  const shelved = new Map<string, ReadOnlyTree>();
  const shelf: Shelf = {
    publish: (name, tree) => void shelved.set(name, tree),
    withdraw: (name) => void shelved.delete(name),
  };
  const store = new TarLayerStore(shelf);
  const [one, two] = [writeTar([file("1")]), writeTar([file("2", "22")])];
  const [first, again] = await Promise.all([store.apply(one), store.apply(one.slice())]);
  const second = await store.apply(two);
  expect(again).toBe(first);
  await expect(store.apply(writeTar([file("3")]), first.diffID)).rejects.toThrow(
    `invalid diffID: expected "${first.diffID}", got "sha256:`,
  );
  expect(first.diffID).toBe(await digestOf(one));
  expect(store.get(first.diffID)).toBe(first);
  expect(store.tar(second.diffID)).toBe(two);
  expect([...shelved.keys()]).toEqual([first.name, second.name]);
  expect(second).toMatchObject({ size: 2, tarBytes: two.length, name: second.diffID.slice(7, 19) });
  expect(store.collect(new Set([second.diffID]))).toBe(one.length);
  expect([...shelved.keys()]).toEqual([second.name]);
  expect(() => store.tar(first.diffID)).toThrow(`no layer ${first.diffID}`);
});
