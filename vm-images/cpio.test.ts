import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, readlinkSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { characterDevice, directory, file, symlink, withParents, writeCpio } from "./cpio.js";

const scratch = mkdtempSync(join(tmpdir(), "drydock-cpio-"));
afterAll(() => rmSync(scratch, { recursive: true }));

const tree = withParents([
  file("init", "#!/bin/sh\n", 0o755),
  file("etc/host name", "drydock"),
  symlink("bin/sh", "busybox"),
  directory("tmp", 0o1777),
]);

test("the bytes are those of the newc format", () => {
  const text = Buffer.from(writeCpio([file("a", "xyz")])).toString("latin1");
  const header = `070701${["00000001", "000081a4", "00000000", "00000000", "00000001", "00000000", "00000003"].join("")}`;
  expect(text.startsWith(header)).toBe(true);
  expect(text.slice(110, 116)).toBe("a\0xyz\0");
  expect(text).toContain("TRAILER!!!\0");
  expect(text.length % 4).toBe(0);
});

test("parents are added once, before their children", () => {
  const paths = withParents([file("a/b/c", ""), file("a/d", ""), symlink("a/b/e", "c")]).map((entry) => entry.path);
  expect(paths).toEqual(["a", "a/b", "a/b/c", "a/d", "a/b/e"]);
  expect(() => withParents([file("x", ""), file("x", "")])).toThrow('two entries for "x" in the initrd');
});

test("the same entries give the same bytes", () => {
  expect(writeCpio(tree)).toEqual(writeCpio(tree));
});

test("device nodes carry their numbers", () => {
  const text = Buffer.from(writeCpio([characterDevice("console", 5, 1)])).toString("latin1");
  expect(text.slice(6 + 8 * 9, 6 + 8 * 11)).toBe("0000000500000001");
});

const cpio = spawnSync("cpio", ["--version"]).status === 0;
test.runIf(cpio)("cpio unpacks it (needs the cpio command)", () => {
  execFileSync("cpio", ["-idm", "--quiet"], { cwd: scratch, input: writeCpio(tree) });
  expect(readFileSync(join(scratch, "etc/host name"), "utf8")).toBe("drydock");
  expect(readlinkSync(join(scratch, "bin/sh"))).toBe("busybox");
  expect(statSync(join(scratch, "init")).mode & 0o7777).toBe(0o755);
  expect(statSync(join(scratch, "tmp")).mode & 0o7777).toBe(0o1777);
});
