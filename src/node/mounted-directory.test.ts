import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { WorkspaceEntry, WorkspaceSeed } from "../machine/machine.js";
import type { SparseBytes } from "../shared/files/sparse-bytes.js";
import { decodePath, encodePath } from "../shared/text/path-bytes.js";
import { readDirectory, writeBack } from "./mounted-directory.js";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "drydock-mount-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

/** A workspace of `path → text`; a `/` at the end makes a directory, `→ target` a symlink. */
function workspace(files: Record<string, string>, mtime = { seconds: 1_700_000_000, nanoseconds: 123_456_000 }) {
  const common = { uid: 0, gid: 0, mtime };
  const entries = Object.entries(files).map(([name, text]): WorkspaceEntry => {
    const path = name.replace(/\/$/, "");
    if (name.endsWith("/")) return { ...common, path, type: "directory", size: 0, mode: 0o755 };
    if (text.startsWith("→ ")) return { ...common, path, type: "symlink", size: 0, mode: 0o777, target: text.slice(2) };
    return { ...common, path, type: "file", size: text.length, mode: 0o644 };
  });
  return { list: () => entries, data: (path: string) => new TextEncoder().encode(files[path]) };
}

test("reads files, directories and symlinks, without following", () => {
  mkdirSync(join(directory, "src"));
  writeFileSync(join(directory, "src/a"), "A", { mode: 0o600 });
  symlinkSync("/etc", join(directory, "away"));
  utimesSync(join(directory, "src/a"), 5, 5);
  const mtime = expect.anything();
  expect(readDirectory(directory)).toEqual([
    { type: "symlink", path: "away", target: "/etc", mtime },
    { type: "directory", path: "src", mode: 0o755, mtime },
    { type: "file", path: "src/a", mode: 0o600, bytes: Buffer.from("A"), mtime: { seconds: 5, nanoseconds: 0 } },
  ]);
});

test("writes what changed, removes what went", () => {
  writeFileSync(join(directory, "stays"), "same");
  writeFileSync(join(directory, "goes"), "x");
  const before = readDirectory(directory);
  writeBack(
    directory,
    before,
    workspace({ stays: "same", "new/": "", "new/file": "made by the guest", link: "→ stays" }),
  );
  expect(existsSync(join(directory, "goes"))).toBe(false);
  expect(statSync(join(directory, "stays"), { bigint: true }).mtimeNs).toBe(1_700_000_000_123_456_000n);
  expect(statSync(join(directory, "new"), { bigint: true }).mtimeNs).toBe(1_700_000_000_123_456_000n);
  expect(readFileSync(join(directory, "new/file"), "utf8")).toBe("made by the guest");
  expect(readlinkSync(join(directory, "link"))).toBe("stays");
});

test("never writes through a symlink that stands in the directory", () => {
  const outside = mkdtempSync(join(tmpdir(), "drydock-outside-"));
  symlinkSync(outside, join(directory, "trap"));
  const before = readDirectory(directory);
  writeBack(directory, before, workspace({ "trap/": "", "trap/file": "inside" }));
  expect(existsSync(join(outside, "file"))).toBe(false);
  expect(readFileSync(join(directory, "trap/file"), "utf8")).toBe("inside");
  rmSync(outside, { recursive: true });
});

test("names of any bytes, and large holes, there and back", () => {
  const name = decodePath(Uint8Array.from({ length: 255 }, (_, i) => i + 1).filter((byte) => byte !== 0x2f));
  mkdirSync(join(directory, "d"));
  writeFileSync(Buffer.concat([Buffer.from(`${directory}/d/`), encodePath(name)]), "one");
  writeFileSync(join(directory, "holes"), "data");
  truncateSync(join(directory, "holes"), 2 ** 28);
  const [, file, holes] = readDirectory(directory) as Extract<WorkspaceSeed, { type: "file" }>[];
  expect([file!.path, file!.bytes]).toEqual([`d/${name}`, Buffer.from("one")]);
  expect((holes!.bytes as SparseBytes).extents).toEqual([{ offset: 0, length: 65536 }]);

  const other = join(directory, "other");
  mkdirSync(other);
  const entries = [file!, holes!].map((seed) => ({ uid: 0, gid: 0, size: 0, ...seed }) as WorkspaceEntry);
  const made = { ...entries[0]!, path: "d", type: "directory", mode: 0o755 } as WorkspaceEntry;
  writeBack(other, [], {
    list: () => [...entries, made],
    data: (path) => (path === "holes" ? holes! : file!).bytes,
  });
  expect(readdirSync(join(other, "d"), { encoding: "buffer" })).toEqual([Buffer.from(encodePath(name))]);
  const { size, blocks } = statSync(join(other, "holes"));
  expect(size).toBe(2 ** 28);
  expect(blocks).toBeLessThan(1000);
  writeBack(other, readDirectory(other), workspace({ kept: "x" }));
  expect(readdirSync(other)).toEqual(["kept"]);
});
