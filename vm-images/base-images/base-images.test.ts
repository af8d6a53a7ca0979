import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "fflate";
import { afterAll, expect, test } from "vitest";
import { timeOfMs } from "../../src/shared/files/file-attributes.js";
import type { ImageConfig, ImageIndex, ImageManifest } from "../../src/shared/oci/image.js";
import { readTar } from "../../src/shared/tar/read-tar.js";
import { appletsOf } from "./applets.js";
import { busyboxRootfs } from "./busybox-rootfs.js";
import { makeImage } from "./oci-image.js";
import { writeLayout, writeRegistry } from "./write-registry.js";

const scratch = mkdtempSync(join(tmpdir(), "drydock-base-"));
afterAll(() => rmSync(scratch, { recursive: true }));

/** Not busybox, but with the names where busybox has them. */
const program = Buffer.from("\x7fELF…usage\0[\0[[\0ash\0busybox\0cat\0env\0\0more", "latin1");
const mtimeMs = Date.UTC(2023, 4, 6);
const recipe = {
  rootfs: busyboxRootfs(program, timeOfMs(mtimeMs)),
  config: { Cmd: ["sh"] },
  created: new Date(mtimeMs).toISOString(),
  createdBy: "a test",
};

const sha256 = (bytes: Uint8Array) => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
const parse = <T>(bytes: Uint8Array) => JSON.parse(new TextDecoder().decode(bytes)) as T;

test("applets are read from the program", () => {
  expect(appletsOf(program)).toEqual(["[", "[[", "ash", "busybox", "cat", "env"]);
  expect(() => appletsOf(Buffer.from("nothing"))).toThrow("no applet names in this busybox");
});

test("the layer holds one program under the applets' names", () => {
  const entries = [...readTar(gunzipSync(makeImage(recipe).layer.bytes))];
  const at = (path: string) => entries.find((entry) => entry.path === path);
  expect(at("bin/busybox")).toMatchObject({ type: "file", mode: 0o755, uid: 0, mtime: timeOfMs(mtimeMs) });
  expect(at("bin/cat")).toMatchObject({ type: "hardlink", linkname: "bin/busybox" });
  expect(at("tmp")).toMatchObject({ type: "directory", mode: 0o1777 });
  expect(at("usr/bin/env")).toMatchObject({ type: "symlink", linkname: "../../bin/env" });
  const index = new Map(entries.map((entry, position) => [entry.path, position]));
  for (const { path, linkname, type } of entries) {
    const parent = path.slice(0, path.lastIndexOf("/"));
    if (path.includes("/")) expect(index.get(parent)).toBeLessThan(index.get(path)!);
    if (type === "hardlink") expect(index.get(linkname!)).toBeLessThan(index.get(path)!);
  }
});

test("the same input gives the same digests", () => {
  expect(makeImage(recipe).manifest.digest).toBe(makeImage(recipe).manifest.digest);
});

test("digests and sizes are of the bytes", () => {
  const image = makeImage(recipe);
  const manifest = parse<ImageManifest>(image.manifest.bytes);
  const config = parse<ImageConfig>(image.config.bytes);
  expect(manifest.config).toMatchObject({ digest: sha256(image.config.bytes), size: image.config.bytes.length });
  expect(manifest.layers[0]).toMatchObject({ digest: sha256(image.layer.bytes), size: image.layer.bytes.length });
  expect(config.rootfs.diff_ids).toEqual([sha256(gunzipSync(image.layer.bytes))]);
  expect(config).toMatchObject({ architecture: "386", os: "linux", config: { Cmd: ["sh"] } });
});

test("files stand in the registry's paths and in an OCI layout", async () => {
  const image = makeImage(recipe);
  await writeRegistry(join(scratch, "registry"), "busybox", [{ tags: ["latest", "1.35"], image }]);
  await writeLayout(join(scratch, "oci"), [{ tags: ["latest"], image }]);
  const repository = join(scratch, "registry/v2/busybox");
  const read = (path: string) => readFileSync(join(repository, path));
  expect(sha256(read("manifests/latest"))).toBe(image.manifest.digest);
  expect(read("manifests/1.35")).toEqual(read(`manifests/${image.manifest.digest}`));
  for (const digest of readdirSync(join(repository, "blobs"))) expect(sha256(read(`blobs/${digest}`))).toBe(digest);
  expect(JSON.parse(read("tags/list").toString())).toEqual({ name: "busybox", tags: ["1.35", "latest"] });
  const index = parse<ImageIndex>(readFileSync(join(scratch, "oci/index.json")));
  for (const { digest, size } of index.manifests) {
    const file = join(scratch, "oci/blobs/sha256", digest.slice(7));
    expect(existsSync(file) && readFileSync(file).length).toBe(size);
  }
});
