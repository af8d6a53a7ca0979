import { expect, test } from "vitest";
import {
  archiveManifest,
  entryForThisMachine,
  imageConfig,
  imageIndex,
  imageManifest,
  readDocument,
  readManifestOrIndex,
} from "./documents.js";

const encode = (document: unknown) => new TextEncoder().encode(JSON.stringify(document));
const fail = (problem: string) => new Error(`it ${problem}`);
const digest = `sha256:${"a".repeat(64)}` as const;
const descriptor = { mediaType: "x", digest, size: 5 };
const rootfs = { type: "layers", diff_ids: [digest] };
const config = { architecture: "386", os: "linux", rootfs };
const manifest = { schemaVersion: 2, config: descriptor, layers: [descriptor] };

test.each([
  [null, "expected Object, received null"],
  [{}, "rootfs is missing"],
  [[], "rootfs is missing"],
  [{ ...config, os: 123 }, "os: expected string, received 123"],
  [{ ...config, history: "x" }, 'history: expected Array, received "x"'],
  [{ ...config, history: [{ created: 5 }] }, "history.0.created: expected string, received 5"],
  [{ ...config, rootfs: { diff_ids: "x" } }, 'rootfs.diff_ids: expected Array, received "x"'],
  [{ ...config, rootfs: { diff_ids: ["x"] } }, 'rootfs.diff_ids.0: expected a digest, received "x"'],
  [{ ...config, config: { Env: "A=b" } }, 'config.Env: expected Array, received "A=b"'],
  [{ ...config, config: { Labels: { a: 1 } } }, "config.Labels.a: expected string, received 1"],
  [
    { ...config, config: { Healthcheck: { Interval: "1s" } } },
    'config.Healthcheck.Interval: expected number, received "1s"',
  ],
])("a configuration %j names the member", (document, problem) => {
  expect(() => readDocument(imageConfig, encode(document), fail)).toThrow(`it is not as it must be: ${problem}`);
});

test.each([
  [archiveManifest, null, "expected Array, received null"],
  [archiveManifest, [{ Config: 5 }], "0.Config: expected string, received 5"],
  [archiveManifest, [{ Config: "c", RepoTags: ["a:b"], Layers: "x" }], '0.Layers: expected Array, received "x"'],
  [archiveManifest, [{ Config: "c", RepoTags: [5], Layers: [] }], "0.RepoTags.0: expected string, received 5"],
  [imageIndex, { schemaVersion: 2, manifests: {} }, "manifests: expected Array, received {}"],
  [imageIndex, { schemaVersion: 2, manifests: [{ digest: "x" }] }, '0.digest: expected a digest, received "x"'],
  [imageManifest, { ...manifest, config: null }, "config: expected Object, received null"],
  [imageManifest, { ...manifest, layers: [{ ...descriptor, size: -1 }] }, "layers.0.size: expected >=0, received -1"],
])("a document names the member that is wrong", (schema, document, problem) => {
  expect(() => readDocument(schema, encode(document), fail)).toThrow(problem);
});

test("what Go writes as null is nothing; the rest of a document is kept", () => {
  const { config: own, ...read } = readDocument(
    imageConfig,
    encode({
      ...config,
      rootfs: { type: "layers", diff_ids: null },
      history: null,
      config: { Cmd: null, Env: null, Extra: 1 },
    }),
    fail,
  );
  expect(read.rootfs.diff_ids).toEqual([]);
  expect(JSON.parse(JSON.stringify(own))).toEqual({ Extra: 1 });
  const [archived] = readDocument(archiveManifest, encode([{ Config: "c", RepoTags: null, Layers: null }]), fail);
  expect(archived).toMatchObject({ RepoTags: [], Layers: [] });
});

test("a manifest and an index are told apart, and are not both", () => {
  const index = { schemaVersion: 2, manifests: [descriptor] };
  expect(readManifestOrIndex(encode(manifest), fail)).toHaveProperty("layers");
  expect(readManifestOrIndex(encode(index), fail)).toHaveProperty("manifests");
  expect(() => readManifestOrIndex(encode({ ...index, ...manifest }), fail)).toThrow("an image manifest and an index");
  for (const document of [null, 5, {}, []])
    expect(() => readManifestOrIndex(encode(document), fail)).toThrow("neither an image manifest nor an index");
  expect(() => readManifestOrIndex(new TextEncoder().encode("{"), fail)).toThrow("it is not JSON");
});

test("an entry without a platform is taken where none is for this machine", () => {
  const of = (...platforms: ({ os: string; architecture: string } | undefined)[]) =>
    entryForThisMachine({
      schemaVersion: 2,
      manifests: platforms.map((platform, size) => ({ ...descriptor, size, ...(platform && { platform }) })),
    })?.size;
  const [own, other] = [
    { os: "linux", architecture: "386" },
    { os: "linux", architecture: "amd64" },
  ];
  expect(of(other, undefined, own)).toBe(2);
  expect(of(other, undefined)).toBe(1);
  expect(of(other)).toBeUndefined();
});
