import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { WorkspaceEntry } from "../machine/machine.js";
import { readDirectory, writeBack } from "./mounted-directory.js";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "drydock-mount-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

/** A workspace of `path → text`; a `/` at the end makes a directory, `→ target` a symlink. */
function workspace(files: Record<string, string>) {
  const entries = Object.entries(files).map(([name, text]): WorkspaceEntry => {
    const path = name.replace(/\/$/, "");
    if (name.endsWith("/")) return { path, type: "directory", size: 0, mode: 0o755, mtimeMs: 0 };
    if (text.startsWith("→ "))
      return { path, type: "symlink", size: 0, mode: 0o777, mtimeMs: 0, target: text.slice(2) };
    return { path, type: "file", size: text.length, mode: 0o644, mtimeMs: 0 };
  });
  return { list: () => entries, read: (path: string) => new TextEncoder().encode(files[path]) };
}

test("reads files, directories and symlinks, without following", () => {
  mkdirSync(join(directory, "src"));
  writeFileSync(join(directory, "src/a"), "A", { mode: 0o600 });
  symlinkSync("/etc", join(directory, "away"));
  expect(readDirectory(directory)).toEqual([
    { type: "symlink", path: "away", target: "/etc" },
    { type: "directory", path: "src", mode: 0o755 },
    { type: "file", path: "src/a", mode: 0o600, bytes: Buffer.from("A") },
  ]);
});

test("writes what changed, removes what went", () => {
  writeFileSync(join(directory, "stays"), "same");
  writeFileSync(join(directory, "goes"), "x");
  const before = readDirectory(directory);
  const stamp = statSync(join(directory, "stays")).mtimeMs;
  writeBack(
    directory,
    before,
    workspace({ stays: "same", "new/": "", "new/file": "made by the guest", link: "→ stays" }),
  );
  expect(existsSync(join(directory, "goes"))).toBe(false);
  expect(statSync(join(directory, "stays")).mtimeMs).toBe(stamp);
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
