import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { CollectedEntry } from "../../protocol/collected-entry.js";
import { readTar } from "../../shared/tar/read-tar.js";
import { layerTar } from "./layer-tar.js";

const attributes = { mode: 0o644, uid: 0, gid: 0, mtime: { seconds: 1000, nanoseconds: 500_000_000 } };
const contents = new TextEncoder().encode("onetwo");

const entries: CollectedEntry[] = [
  { ...attributes, path: "z-link", type: "symlink", mode: 0o777, linkname: "a" },
  { ...attributes, path: "b-c", type: "file", size: 0, offset: 0 },
  { ...attributes, path: "b", type: "directory", mode: 0o755, opaque: true },
  { ...attributes, path: "b/gone", type: "whiteout" },
  {
    ...attributes,
    path: "b/one",
    type: "file",
    size: 3,
    offset: 0,
    xattrs: new Map([["user.k", Uint8Array.of(1, 2, 255)]]),
  },
  { ...attributes, path: "b/a-link", type: "hardlink", linkname: "b/one" },
  { ...attributes, path: "two", type: "file", size: 3, offset: 3, uid: 1, gid: 2 },
  { ...attributes, path: "dev", type: "character", major: 1, minor: 3 },
];

test("markers, order and links", () => {
  const tar = layerTar(entries, contents);
  const read = [...readTar(tar)];
  expect(read.map(({ path, type, linkname }) => [path, type, linkname].filter(Boolean).join(" "))).toEqual([
    "b directory",
    "b/.wh..wh..opq file",
    "b/a-link file",
    "b/.wh.gone file",
    "b/one hardlink b/a-link",
    "b-c file",
    "dev character",
    "two file",
    "z-link symlink a",
  ]);
  expect(read[2]).toMatchObject({ contents: new TextEncoder().encode("one"), mtime: attributes.mtime });
  expect(read[2]!.xattrs).toEqual(new Map([["user.k", Uint8Array.of(1, 2, 255)]]));
  expect(read[7]).toMatchObject({ uid: 1, gid: 2, contents: new TextEncoder().encode("two") });
  expect(layerTar(entries.toReversed(), contents)).toEqual(tar);
});

test("refuses what is not there", () => {
  expect(() => layerTar([{ ...attributes, path: "f", type: "file", size: 9, offset: 0 }], contents)).toThrow(
    "contents of f end at 9, beyond the 6 collected bytes",
  );
  expect(() => layerTar([{ ...attributes, path: "l", type: "hardlink", linkname: "gone" }], contents)).toThrow(
    "l is a hard link to gone, which is not among the changes",
  );
});

const hasUmoci = spawnSync("umoci", ["--version"]).status === 0;
test.skipIf(!hasUmoci)("umoci applies it as overlayfs would (skipped where umoci is not installed)", () => {
  const directory = mkdtempSync(join(tmpdir(), "layer-"));
  const image = join(directory, "image");
  const run = (...args: string[]) => execFileSync("umoci", args, { stdio: "pipe" });
  try {
    run("init", "--layout", image);
    run("new", "--image", `${image}:t`);
    const lower = layerTar(
      [
        { ...attributes, path: "b", type: "directory", mode: 0o755 },
        { ...attributes, path: "b/hidden", type: "file", size: 3, offset: 0 },
        { ...attributes, path: "c", type: "directory", mode: 0o755 },
        { ...attributes, path: "c/gone", type: "file", size: 3, offset: 0 },
        { ...attributes, path: "c/kept", type: "file", size: 3, offset: 3 },
      ],
      contents,
    );
    const upper = layerTar(
      [
        { ...attributes, path: "b", type: "directory", mode: 0o755, opaque: true },
        { ...attributes, path: "b/new", type: "file", size: 3, offset: 3 },
        { ...attributes, path: "c", type: "directory", mode: 0o755 },
        { ...attributes, path: "c/gone", type: "whiteout" },
      ],
      contents,
    );
    for (const [i, tar] of [lower, upper].entries()) {
      writeFileSync(join(directory, `${i}.tar`), tar);
      run("raw", "add-layer", "--image", `${image}:t`, join(directory, `${i}.tar`));
    }
    run("raw", "unpack", "--rootless", "--image", `${image}:t`, join(directory, "rootfs"));
    const there = (path: string) => existsSync(join(directory, "rootfs", path));
    expect(["b/hidden", "c/gone", "b/.wh..wh..opq"].filter(there)).toEqual([]);
    expect(readFileSync(join(directory, "rootfs/b/new"), "utf8")).toBe("two");
    expect(readFileSync(join(directory, "rootfs/c/kept"), "utf8")).toBe("two");
  } finally {
    rmSync(directory, { recursive: true });
  }
});
