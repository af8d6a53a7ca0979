/** apt itself, asked of small archives made here. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { DebianSource } from "./debian-sources.js";
import { createPrivateApt } from "./private-apt.js";

const hasApt = existsSync("/usr/bin/apt-get") && existsSync("/usr/bin/dpkg-deb");
let work: string;

beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), "drydock-archive-"));
});
afterEach(() => rmSync(work, { recursive: true, force: true }));

const sha256 = (bytes: Buffer | string) => createHash("sha256").update(bytes).digest("hex");

/** An i386 package with nothing in it; its entry in an index. */
function makePackage(name: string, version: string): string {
  const tree = join(work, "tree", `${name}-${version}`);
  const pool = join(work, "archive", "pool");
  mkdirSync(join(tree, "DEBIAN"), { recursive: true, mode: 0o755 });
  mkdirSync(pool, { recursive: true });
  const control = `Package: ${name}\nVersion: ${version}\nArchitecture: i386\nMaintainer: Nobody <no@example>\nDescription: x\n`;
  writeFileSync(join(tree, "DEBIAN", "control"), control);
  const file = join(pool, `${name}_${version.replace(/^\d+:/, "")}_i386.deb`);
  execFileSync("dpkg-deb", ["--root-owner-group", "--build", tree, file], { stdio: "pipe" });
  const path = `Filename: pool/${basename(file)}`;
  return `${control}${path}\nSize: ${statSync(file).size}\nSHA256: ${sha256(readFileSync(file))}\n`;
}

/** A suite's index and release file; `listedSize` other than the index's makes it unreadable. */
function makeSuite(suite: string, entries: string[], listedSize?: number): void {
  const dir = join(work, "archive", "dists", suite);
  const index = entries.join("\n");
  mkdirSync(join(dir, "main/binary-i386"), { recursive: true });
  writeFileSync(join(dir, "main/binary-i386/Packages"), index);
  const release = [
    ...["Origin: Test", `Suite: ${suite}`, `Codename: ${suite}`, "Components: main", "Architectures: i386"],
    ...["Date: Tue, 24 Nov 2020 00:00:00 UTC", "SHA256:"],
    ` ${sha256(index)} ${listedSize ?? Buffer.byteLength(index)} main/binary-i386/Packages`,
    "",
  ];
  writeFileSync(join(dir, "Release"), release.join("\n"));
}

function archive(...suites: string[]): DebianSource[] {
  return [{ uris: [`file://${work}/archive`], suites, components: ["main"], options: [["Trusted", "yes"]] }];
}

const options = () => ({ architecture: "i386" as const, cacheDir: join(work, "cache") });

describe.skipIf(!hasApt)("private apt (needs apt-get and dpkg-deb)", () => {
  test("an unreadable index is named, and survived where another suite answers", async () => {
    makeSuite("stone", [makePackage("one", "1.0")]);
    makeSuite("stone-security", [makePackage("one", "1.1")], 9999);
    const apt = await createPrivateApt({ ...options(), sources: archive("stone", "stone-security") });
    const { readable, unreadable } = await apt.update();
    expect(readable).toEqual(["stone"]);
    expect(unreadable).toEqual([{ suite: "stone-security", why: expect.stringMatching(/size|Hash/) }]);
    const [one] = await apt.download(["one"]);
    expect(one).toMatchObject({ name: "one", version: "1.0", sha256: sha256(readFileSync(one!.file)) });
  });

  test("no readable index at all is an error that says why", async () => {
    makeSuite("stone", [makePackage("one", "1.0")], 9999);
    const apt = await createPrivateApt({ ...options(), sources: archive("stone") });
    await expect(apt.update()).rejects.toThrow(/no package index could be read: stone: .+/);
  });

  test("newest within a release; a release named later only fills gaps", async () => {
    makeSuite("stone", [makePackage("one", "1.0")]);
    makeSuite("stone-security", [makePackage("one", "1:1.1")]);
    makeSuite("later", [makePackage("one", "9.0"), makePackage("two", "2.0")]);
    const suites = ["stone", "stone-security", "later"];
    const apt = await createPrivateApt({ ...options(), sources: archive(...suites), suites });
    await apt.update();
    const packages = await apt.download(["two", "one"]);
    expect(packages.map(({ name, version }) => `${name} ${version}`)).toEqual(["two 2.0", "one 1:1.1"]);
    const again = await apt.download(["two", "one"]);
    expect(again).toEqual(packages);
  });

  test("an unknown package", async () => {
    makeSuite("stone", [makePackage("one", "1.0")]);
    const apt = await createPrivateApt({ ...options(), sources: archive("stone") });
    await apt.update();
    await expect(apt.download(["none"])).rejects.toThrow("none");
  });

  test("a suite that no archive of the machine would hold", async () => {
    makeSuite("stone", []);
    const made = createPrivateApt({ ...options(), sources: archive("stone"), suites: ["stone", "stone-security"] });
    await expect(made).rejects.toThrow("no archive of this machine's sources would hold the suite stone-security");
  });
});
