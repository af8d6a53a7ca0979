import { beforeEach, describe, expect, test } from "vitest";
import { EPOCH } from "../../shared/files/file-attributes.js";
import { shortID } from "../../shared/oci/digest.js";
import type { ImageConfig } from "../../shared/oci/image.js";
import { writeTar } from "../../shared/tar/write-tar.js";
import type { Layer } from "../layers/layer-store.js";
import { TarLayerStore } from "../layers/tar-layer-store.js";
import { chainIDs } from "./chain-ids.js";
import { imageHistory } from "./history.js";
import { type Image, ImageError } from "./image-store.js";
import { MemoryImageStore } from "./memory-image-store.js";

const layers = new TarLayerStore({ publish() {}, withdraw() {} });
const layerOf = (text: string): Promise<Layer> =>
  layers.apply(
    writeTar([
      { path: text, type: "file", mode: 0o644, uid: 0, gid: 0, mtime: EPOCH, contents: new TextEncoder().encode(text) },
    ]),
  );
const [base, middle, top] = await Promise.all(["base", "middle!", "top"].map(layerOf));

const encode = (config: ImageConfig) => new TextEncoder().encode(JSON.stringify(config));
const configOf = (author: string, diff: Layer[], more: Partial<ImageConfig> = {}): ImageConfig => ({
  architecture: "386",
  os: "linux",
  author,
  created: "2024-01-02T03:04:05.5Z",
  rootfs: { type: "layers", diff_ids: diff.map(({ diffID }) => diffID) },
  ...more,
});

let images: MemoryImageStore;
let one: Image;
let two: Image;
const free = { force: false, prune: true, inUse: () => undefined };
const usedBy = (id: string, running: boolean, force = false) => ({ ...free, force, inUse: () => ({ id, running }) });
const digest = `sha256:${"d".repeat(64)}` as const;

beforeEach(async () => {
  images = new MemoryImageStore(layers);
  one = await images.add(encode(configOf("one", [base!])));
  two = await images.add(encode(configOf("two", [base!, middle!])));
});

test("adding is whole or not at all, and only once", async () => {
  expect(two).toMatchObject({ size: 11, createdSeconds: 1704164645, tags: [], digests: [], parent: undefined });
  expect((await images.add(two.configBytes)).id).toBe(two.id);
  expect(images.list()).toHaveLength(2);
  const missing = { ...configOf("x", []), rootfs: { type: "layers" as const, diff_ids: [digest] } };
  await expect(images.add(encode(missing))).rejects.toThrow(`has a layer that is not here: ${digest}`);
  await expect(images.add(new TextEncoder().encode("{}"))).rejects.toThrow("rootfs is missing");
  expect(images.heldLayers()).toEqual(new Set([base!.diffID, middle!.diffID]));
});

test("resolves names, digests, ids and their beginnings", () => {
  images.tag(one.id, "busybox");
  images.tag(one.id, "busybox:1.35");
  images.pin(one.id, "busybox", digest);
  const found = images.resolve("docker.io/library/busybox:latest");
  expect(found).toMatchObject({
    id: one.id,
    tags: ["busybox:1.35", "busybox:latest"],
    digests: [`busybox@${digest}`],
  });
  for (const text of [
    "busybox",
    `busybox@${digest}`,
    `busybox:old@${digest}`,
    one.id,
    shortID(one.id),
    one.id.slice(7),
  ])
    expect(images.resolve(text).id).toBe(one.id);
  images.tag(two.id, "busybox");
  expect(images.resolve("busybox").id).toBe(two.id);
  expect(images.resolve(one.id).tags).toEqual(["busybox:1.35"]);
});

test.each([
  ["foo", "No such image: foo:latest"],
  ["foo:1", "No such image: foo:1"],
  ["abcdef", "No such image: abcdef:latest"],
  [`foo@${digest}`, `No such image: foo@${digest}`],
  [digest, `No such image: ${digest}`],
  ["FOO", "invalid reference format: repository name (library/FOO) must be lowercase"],
])("resolving %s: %s", (text, message) => {
  expect(() => images.resolve(text)).toThrow(message);
});

test("an id's beginning that two images share", async () => {
  const firsts = new Map<string, string>([...images.list()].map(({ id }) => [id[7]!, id]));
  for (let i = 0; firsts.size === images.list().length; i++) {
    const { id } = await images.add(encode(configOf(`more ${i}`, [base!])));
    if (firsts.has(id[7]!)) {
      const prefix = id[7]!;
      expect(() => images.resolve(`sha256:${prefix}`)).toThrow(
        expect.objectContaining({ code: "ambiguous", name: "ImageError" }),
      );
      return;
    }
    firsts.set(id[7]!, id);
  }
});

test("refuses odd tags", () => {
  expect(() => images.tag(one.id, `a@${digest}`)).toThrow("refusing to create a tag with a digest reference");
  expect(() => images.tag(one.id, "sha256:x")).toThrow("refusing to create an ambiguous tag using digest algorithm");
  expect(() => images.tag(digest, "a")).toThrow(`No such image: ${digest}`);
});

describe("rmi", () => {
  test("untags, and deletes with the last tag", async () => {
    images.tag(two.id, "a");
    images.tag(two.id, "b");
    const [, chain] = await chainIDs(two.config.rootfs.diff_ids);
    expect(images.remove("a", free)).toEqual([{ untagged: "a:latest" }]);
    expect(images.remove("b", free)).toEqual([{ untagged: "b:latest" }, { deleted: two.id }, { deleted: chain }]);
    expect(images.find("b")).toBeUndefined();
  });

  test("digests of a repository go with its last tag", () => {
    images.tag(one.id, "a");
    images.pin(one.id, "a", digest);
    expect(images.remove("a", free)).toEqual([
      { untagged: "a:latest" },
      { untagged: `a@${digest}` },
      { deleted: one.id },
    ]);
  });

  test("by id, one name goes with the image", () => {
    images.tag(one.id, "a");
    expect(images.remove(shortID(one.id), free)).toEqual([{ untagged: "a:latest" }, { deleted: one.id }]);
  });

  test("by id, several names are a conflict unless forced", () => {
    images.tag(one.id, "a");
    images.tag(one.id, "b");
    expect(() => images.remove(one.id, free)).toThrow(
      `conflict: unable to delete ${shortID(one.id)} (must be forced) - image is referenced in multiple repositories`,
    );
    expect(images.remove(one.id, { ...free, force: true })).toEqual([
      { untagged: "a:latest" },
      { untagged: "b:latest" },
      { deleted: one.id },
    ]);
  });

  test("a container stands in the way", () => {
    images.tag(one.id, "a");
    const [id, short] = ["1234567890abcdef", shortID(one.id)];
    expect(() => images.remove("a", usedBy(id, false))).toThrow(
      `conflict: unable to remove repository reference "a" (must force) - container 1234567890ab is using its referenced image ${short}`,
    );
    expect(() => images.remove(one.id, usedBy(id, false))).toThrow(
      `conflict: unable to delete ${short} (must be forced) - image is being used by stopped container 1234567890ab`,
    );
    expect(() => images.remove(one.id, usedBy(id, true, true))).toThrow(
      `conflict: unable to delete ${short} (cannot be forced) - image is being used by running container 1234567890ab`,
    );
    expect(images.resolve("a").id).toBe(one.id);
    expect(images.remove("a", usedBy(id, true, true))).toEqual([{ untagged: "a:latest" }]);
    expect(images.remove(one.id, usedBy(id, false, true))).toEqual([{ deleted: one.id }]);
  });

  test("children stand in the way, and untagged parents go with their last child", async () => {
    const child = await images.add(encode(configOf("child", [base!, middle!, top!])), { parent: two.id });
    images.tag(child.id, "c");
    expect(() => images.remove(two.id, { ...free, force: true })).toThrow(
      `conflict: unable to delete ${shortID(two.id)} (cannot be forced) - image has dependent child images`,
    );
    const stacks = await chainIDs(child.config.rootfs.diff_ids);
    expect(images.remove("c", free)).toEqual([
      { untagged: "c:latest" },
      { deleted: child.id },
      { deleted: stacks[2] },
      { deleted: two.id },
      { deleted: stacks[1] },
    ]);
    expect(() => images.remove("c", free)).toThrow(new ImageError("not-found", "No such image: c:latest"));
  });
});

test("history beside its layers", async () => {
  const history = [
    { created: "2024-01-01T00:00:00Z", created_by: "ADD base" },
    { created_by: "ENV a=1", empty_layer: true },
    { created: "2024-01-02T00:00:00Z", created_by: "RUN x", comment: "buildkit.dockerfile.v0" },
  ];
  const image = await images.add(encode(configOf("h", [base!, middle!], { history })));
  images.tag(image.id, "h");
  expect(imageHistory(images.resolve("h"), layers)).toEqual([
    {
      id: image.id,
      createdSeconds: 1704153600,
      createdBy: "RUN x",
      tags: ["h:latest"],
      size: 7,
      comment: "buildkit.dockerfile.v0",
      diffID: middle!.diffID,
    },
    { id: "<missing>", createdSeconds: 0, createdBy: "ENV a=1", tags: [], size: 0, comment: "", diffID: undefined },
    {
      id: "<missing>",
      createdSeconds: 1704067200,
      createdBy: "ADD base",
      tags: [],
      size: 4,
      comment: "",
      diffID: base!.diffID,
    },
  ]);
});
