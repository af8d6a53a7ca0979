import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { EPOCH } from "../../shared/files/file-attributes.js";
import { sizeOf, wholeOf } from "../../shared/files/sparse-bytes.js";
import { digestHex } from "../../shared/oci/digest.js";
import type { ImageConfig } from "../../shared/oci/image.js";
import type { TarEntry } from "../../shared/tar/entry.js";
import { readTar } from "../../shared/tar/read-tar.js";
import { writeTar } from "../../shared/tar/write-tar.js";
import { digestOf } from "../content/digest-of.js";
import { layerTar } from "../layers/layer-tar.js";
import { TarLayerStore } from "../layers/tar-layer-store.js";
import { loadArchive } from "./load-archive.js";
import { MemoryImageStore } from "./memory-image-store.js";
import { manifestDigestOf, saveArchive } from "./save-archive.js";
import { selectForSave } from "./select-for-save.js";

const encode = (document: unknown) => new TextEncoder().encode(JSON.stringify(document));
const attributes = { mode: 0o644, uid: 0, gid: 0, mtime: { seconds: 1_700_000_000, nanoseconds: 0 } };
const entry = (path: string, contents: Uint8Array): TarEntry => ({
  path,
  type: "file",
  mode: 0o644,
  uid: 0,
  gid: 0,
  mtime: EPOCH,
  contents,
});

const lower = layerTar(
  [
    { ...attributes, path: "etc", type: "directory", mode: 0o755 },
    { ...attributes, path: "etc/one", type: "file", size: 3, offset: 0 },
    { ...attributes, path: "opt", type: "directory", mode: 0o755 },
    { ...attributes, path: "opt/hidden", type: "file", size: 3, offset: 0 },
  ],
  encode("onetwo").subarray(1),
);
const upper = layerTar(
  [
    { ...attributes, path: "etc", type: "directory", mode: 0o755 },
    { ...attributes, path: "etc/one", type: "whiteout" },
    { ...attributes, path: "etc/two", type: "file", size: 3, offset: 3 },
    { ...attributes, path: "opt", type: "directory", mode: 0o755, opaque: true },
  ],
  encode("onetwo").subarray(1),
);

function stores() {
  const layers = new TarLayerStore({ publish() {}, withdraw() {} });
  return { layers, images: new MemoryImageStore(layers) };
}

async function example() {
  const { layers, images } = stores();
  const diffIDs = [(await layers.apply(lower)).diffID, (await layers.apply(upper)).diffID];
  const config: ImageConfig = {
    created: "2024-01-02T03:04:05Z",
    architecture: "386",
    os: "linux",
    config: { Cmd: ["/bin/sh"], Env: ["PATH=/bin"] },
    rootfs: { type: "layers", diff_ids: diffIDs },
    history: [{ created_by: "one" }, { created_by: "two" }],
  };
  const { id } = await images.add(encode(config));
  for (const tag of ["app:1", "app:2", "localhost:5000/x/y:z"]) images.tag(id, tag);
  return { layers, images, id };
}

test("what is saved is loaded again, the same", async () => {
  const { layers, images, id } = await example();
  const archive = await saveArchive(selectForSave(images, ["app:1", "localhost:5000/x/y:z"]), layers);
  expect(await saveArchive(selectForSave(images, ["app:1", "localhost:5000/x/y:z"]), layers)).toEqual(archive);
  for (const bytes of [archive, new Uint8Array(gzipSync(archive))]) {
    const into = stores();
    const [loaded] = await loadArchive(bytes, into);
    expect(loaded).toMatchObject({ image: { id }, tags: ["app:1", "localhost:5000/x/y:z"] });
    expect(into.images.resolve("app:1").configBytes).toEqual(images.resolve(id).configBytes);
    expect(into.layers.tar(loaded!.image.config.rootfs.diff_ids[1]!)).toEqual(upper);
  }
});

test("the archive's documents", async () => {
  const { layers, images, id } = await example();
  const files = new Map(
    [...readTar(await saveArchive(selectForSave(images, ["app"]), layers))].map((e) => [e.path, e]),
  );
  const json = (path: string) => JSON.parse(new TextDecoder().decode(wholeOf(files.get(path)!.contents!)));
  const manifestDigest = await manifestDigestOf(images.resolve(id), layers);
  const [one, two] = images.resolve(id).config.rootfs.diff_ids;
  expect(json("oci-layout")).toEqual({ imageLayoutVersion: "1.0.0" });
  expect(json("index.json").manifests).toEqual(
    ["1", "2"].map((tag) => ({
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      digest: manifestDigest,
      size: sizeOf(files.get(`blobs/sha256/${digestHex(manifestDigest)}`)!.contents!),
      annotations: {
        "io.containerd.image.name": `docker.io/library/app:${tag}`,
        "org.opencontainers.image.ref.name": tag,
      },
    })),
  );
  expect(json("manifest.json")).toMatchObject([
    {
      Config: `blobs/sha256/${digestHex(id)}`,
      RepoTags: ["app:1", "app:2"],
      Layers: [one, two].map((digest) => `blobs/sha256/${digestHex(digest!)}`),
    },
  ]);
  expect(json("repositories")).toEqual({ app: { 1: digestHex(two!), 2: digestHex(two!) } });
  for (const [path, { contents, type }] of files)
    if (path.startsWith("blobs/sha256/") && type === "file")
      expect(path).toBe(`blobs/sha256/${digestHex(await digestOf(wholeOf(contents!)))}`);
});

test.each<[string[], string[][]]>([
  [["app:1"], [["app:1"]]],
  [["app"], [["app:1", "app:2"]]],
  [["app:2", "app:1"], [["app:2", "app:1"]]],
  [["ID"], [[]]],
  [["PREFIX"], [[]]],
  [["PREFIX", "app:1"], [["app:1"]]],
])("docker save %j", async (names, tags) => {
  const { images, id } = await example();
  const real = names.map((name) => name.replace("ID", id).replace("PREFIX", id.slice(7, 19)));
  expect(selectForSave(images, real).map((saved) => saved.tags)).toEqual(tags);
});

test("docker save of what is not there", async () => {
  const { images } = await example();
  expect(() => selectForSave(images, ["app:3"])).toThrow("reference does not exist");
  expect(() => selectForSave(images, ["nothing"])).toThrow("No such image: nothing:latest");
});

describe("loads", () => {
  const config = async () =>
    encode({
      architecture: "386",
      os: "linux",
      rootfs: { type: "layers", diff_ids: [await digestOf(lower), await digestOf(upper)] },
    });

  test("the old docker-archive, with its links, gzipped layers and no names", async () => {
    const archive = writeTar([
      entry("a/layer.tar", lower),
      { ...entry("b/layer.tar", upper), type: "symlink", linkname: "../c/layer.tar" },
      entry("c/layer.tar", new Uint8Array(gzipSync(upper))),
      entry("x.json", await config()),
      entry("manifest.json", encode([{ Config: "x.json", RepoTags: null, Layers: ["a/layer.tar", "b/layer.tar"] }])),
    ]);
    const [loaded] = await loadArchive(archive, stores());
    expect(loaded).toMatchObject({ tags: [], image: { id: await digestOf(await config()), size: 9 } });
  });

  test("an OCI layout with an index of platforms and gzipped layers", async () => {
    const blobs: TarEntry[] = [];
    const blob = async (bytes: Uint8Array, more = {}) => {
      const digest = await digestOf(bytes);
      blobs.push(entry(`blobs/sha256/${digestHex(digest)}`, bytes));
      return { mediaType: "application/octet-stream", digest, size: bytes.length, ...more };
    };
    const layers = [await blob(new Uint8Array(gzipSync(lower))), await blob(new Uint8Array(gzipSync(upper)))];
    const manifest = await blob(encode({ schemaVersion: 2, config: await blob(await config()), layers }), {
      platform: { os: "linux", architecture: "386" },
    });
    const other = { ...manifest, digest: `sha256:${"0".repeat(64)}`, platform: { os: "linux", architecture: "arm64" } };
    const index = await blob(encode({ schemaVersion: 2, manifests: [other, manifest] }), {
      annotations: { "org.opencontainers.image.ref.name": "docker.io/user/app:v1" },
    });
    const archive = writeTar([...blobs, entry("index.json", encode({ schemaVersion: 2, manifests: [index] }))]);
    expect(await loadArchive(archive, stores())).toMatchObject([{ tags: ["user/app:v1"] }]);
    blobs[0] = { ...blobs[0]!, contents: lower };
    const damaged = writeTar([...blobs, entry("index.json", encode({ schemaVersion: 2, manifests: [index] }))]);
    await expect(loadArchive(damaged, stores())).rejects.toThrow(/archive: blob sha256:\w+ has digest sha256:\w+/);
  });

  test.each<[string, (config: Uint8Array) => TarEntry[]]>([
    ["archive: neither manifest.json nor index.json in it", () => [entry("x", lower)]],
    [
      "archive: no file gone.json",
      () => [entry("manifest.json", encode([{ Config: "gone.json", RepoTags: [], Layers: [] }]))],
    ],
    [
      "invalid manifest, layers length mismatch: expected 2, got 1",
      (bytes) => [
        entry("c", bytes),
        entry("l", lower),
        entry("manifest.json", encode([{ Config: "c", RepoTags: [], Layers: ["l"] }])),
      ],
    ],
    [
      "layer 0: invalid diffID: expected",
      (bytes) => [
        entry("c", bytes),
        entry("l", upper),
        entry("manifest.json", encode([{ Config: "c", RepoTags: [], Layers: ["l", "l"] }])),
      ],
    ],
    ["archive: manifest.json is not JSON", () => [entry("manifest.json", lower)]],
  ])("nothing of a broken one: %s", async (message, entries) => {
    const into = stores();
    await expect(loadArchive(writeTar(entries(await config())), into)).rejects.toThrow(message);
    expect(into.images.list()).toEqual([]);
  });

  test("nothing of what is no tar", async () => {
    await expect(loadArchive(encode("x".repeat(600)), stores())).rejects.toThrow("archive: invalid");
  });
});

const oracle = (program: string) => spawnSync(program, ["--version"]).status === 0;
describe.skipIf(!oracle("skopeo") || !oracle("umoci"))("other tools (skipped where skopeo or umoci is missing)", () => {
  const inScratch = async (work: (directory: string) => Promise<void> | void) => {
    const directory = mkdtempSync(join(tmpdir(), "archive-"));
    try {
      await work(directory);
    } finally {
      rmSync(directory, { recursive: true });
    }
  };
  const run = (program: string, ...args: string[]) => execFileSync(program, args, { stdio: "pipe" }).toString();

  test(
    "skopeo reads both forms, umoci unpacks",
    () =>
      inScratch(async (directory) => {
        const { layers, images, id } = await example();
        const path = join(directory, "save.tar");
        writeFileSync(path, await saveArchive(selectForSave(images, ["app:1"]), layers));
        const { diff_ids } = images.resolve(id).config.rootfs;
        for (const form of ["docker-archive", "oci-archive"]) {
          const seen = JSON.parse(run("skopeo", "--override-arch", "386", "inspect", `${form}:${path}`));
          expect(seen).toMatchObject({ Architecture: "386", Os: "linux", Layers: diff_ids, Env: ["PATH=/bin"] });
          if (form === "oci-archive") expect(seen.Digest).toBe(await manifestDigestOf(images.resolve(id), layers));
        }
        run("skopeo", "copy", `oci-archive:${path}`, `oci:${directory}/layout:x`);
        run("umoci", "unpack", "--rootless", "--image", `${directory}/layout:x`, `${directory}/bundle`);
        const rootfs = join(directory, "bundle/rootfs");
        expect(readdirSync(rootfs).sort()).toEqual(["etc", "opt"]);
        expect(readdirSync(join(rootfs, "opt"))).toEqual([]);
        expect(readdirSync(join(rootfs, "etc"))).toEqual(["two"]);
        expect(readFileSync(join(rootfs, "etc/two"), "utf8")).toBe("two");
      }),
    30_000,
  );

  test.each(["docker-archive", "oci-archive"])(
    "what skopeo writes as %s is loaded",
    (form) =>
      inScratch(async (directory) => {
        const { layers, images, id } = await example();
        const path = join(directory, "save.tar");
        writeFileSync(path, await saveArchive(selectForSave(images, ["app:1"]), layers));
        run("skopeo", "copy", `oci-archive:${path}`, `${form}:${directory}/copy.tar:docker.io/library/copy:v2`);
        const [loaded] = await loadArchive(readFileSync(join(directory, "copy.tar")), stores());
        expect(loaded!.tags).toEqual(["copy:v2"]);
        expect(loaded!.image.config.rootfs).toEqual(images.resolve(id).config.rootfs);
      }),
    30_000,
  );
});
