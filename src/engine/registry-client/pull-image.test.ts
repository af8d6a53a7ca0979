import { gzipSync } from "node:zlib";
import { beforeEach, describe, expect, test } from "vitest";
import { EPOCH } from "../../shared/files/file-attributes.js";
import { type Digest, digestHex } from "../../shared/oci/digest.js";
import { parseReference } from "../../shared/reference/reference.js";
import { writeTar } from "../../shared/tar/write-tar.js";
import { digestOf } from "../content/digest-of.js";
import { MemoryImageStore } from "../images/memory-image-store.js";
import { TarLayerStore } from "../layers/tar-layer-store.js";
import { type PullProgress, pullImage } from "./pull-image.js";
import { createRegistryClient } from "./registry-client.js";
import { RegistryError } from "./registry-error.js";

const encode = (document: unknown) => new TextEncoder().encode(JSON.stringify(document));
const tarOf = (text: string) =>
  writeTar([
    { path: text, type: "file", mode: 0o644, uid: 0, gid: 0, mtime: EPOCH, contents: new TextEncoder().encode(text) },
  ]);
const gzipped = (bytes: Uint8Array) => new Uint8Array(gzipSync(bytes));

/** A static registry as a map from address to body; every answer is application/octet-stream, as static hosts send. */
class StaticRegistry {
  readonly files = new Map<string, Uint8Array | Response>();
  readonly asked: string[] = [];

  readonly fetch = async (url: string, init?: RequestInit): Promise<Response> => {
    this.asked.push(url);
    if (init?.signal?.aborted) throw init.signal.reason;
    const found = this.files.get(url);
    if (found instanceof Response) return found.clone();
    if (!found) return new Response("not here", { status: 404 });
    return new Response(found as Uint8Array<ArrayBuffer>, { headers: { "Content-Type": "application/octet-stream" } });
  };

  async blob(base: string, bytes: Uint8Array, mediaType = "application/octet-stream") {
    const digest = await digestOf(bytes);
    this.files.set(`${base}/blobs/${digest}`, bytes);
    return { mediaType, digest, size: bytes.length };
  }

  async image(base: string, tars: Uint8Array[], layers: Uint8Array[], platform = { os: "linux", architecture: "386" }) {
    const rootfs = { type: "layers", diff_ids: await Promise.all(tars.map(digestOf)) };
    const config = await this.blob(base, encode({ ...platform, rootfs }));
    const manifest = encode({
      schemaVersion: 2,
      config,
      layers: await Promise.all(layers.map((layer) => this.blob(base, layer))),
    });
    return { ...(await this.manifest(base, manifest)), platform };
  }

  async manifest(base: string, bytes: Uint8Array, ...tags: string[]) {
    const digest = await digestOf(bytes);
    for (const name of [digest, ...tags]) this.files.set(`${base}/manifests/${name}`, bytes);
    return { mediaType: "x", digest, size: bytes.length };
  }
}

const base = "https://site/registry/v2/busybox";
const [one, two] = [tarOf("one"), tarOf("two")];
let registry: StaticRegistry;
let layers: TarLayerStore;
let images: MemoryImageStore;
let progress: PullProgress[];

beforeEach(() => {
  registry = new StaticRegistry();
  layers = new TarLayerStore({ publish() {}, withdraw() {} });
  images = new MemoryImageStore(layers);
  progress = [];
});

const client = (options = {}) =>
  createRegistryClient({ fetch: registry.fetch, mirrors: { "docker.io": "https://site/registry/" }, ...options });
const pull = (name: string, options = {}) =>
  pullImage(parseReference(name), {
    registry: client(),
    images,
    layers,
    onProgress: (each) => progress.push(each),
    ...options,
  });

/** busybox:latest, an index of two platforms. */
async function busybox(): Promise<{ index: Digest; manifest: Digest }> {
  const ours = await registry.image(base, [one, two], [gzipped(one), two]);
  const theirs = await registry.image(base, [one], [one], { os: "linux", architecture: "amd64" });
  const index = encode({ schemaVersion: 2, manifests: [theirs, ours] });
  const { digest } = await registry.manifest(base, index, "latest");
  registry.files.set(`${base}/tags/list`, encode({ name: "busybox", tags: ["latest"] }));
  return { index: digest, manifest: ours.digest };
}

test("pulls this machine's image of an index, tags it and pins it", async () => {
  const { index, manifest } = await busybox();
  const pulled = await pull("busybox");
  expect(pulled).toMatchObject({ digest: index, isNew: true });
  expect(pulled.image).toMatchObject({ tags: ["busybox:latest"], digests: [`busybox@${index}`], size: 6 });
  expect(layers.tar(await digestOf(one))).toEqual(one);
  const layer = digestHex(await digestOf(gzipped(one)));
  expect(progress.filter((each) => each.layer.endsWith(layer)).map(({ status }) => status)).toEqual([
    "waiting",
    "downloading",
    "downloaded",
    "extracting",
    "complete",
  ]);
  expect(registry.asked.slice(0, 2)).toEqual([`${base}/manifests/latest`, `${base}/manifests/${manifest}`]);

  progress = [];
  expect(await pull("busybox:latest")).toMatchObject({ isNew: false });
  expect(progress.map(({ status }) => status)).toEqual(["exists", "exists"]);
  expect(registry.asked.filter((url) => url.includes(layer))).toHaveLength(1);
});

test("pulls by digest, without a tag", async () => {
  const { manifest } = await busybox();
  const { image } = await pull(`busybox@${manifest}`);
  expect(image).toMatchObject({ tags: [], digests: [`busybox@${manifest}`] });
});

test.each([
  ["busybox", "https://site/registry/v2/busybox/manifests/latest"],
  ["user/app:1", "https://site/registry/v2/user/app/manifests/1"],
  ["ghcr.io/a/b", "https://ghcr.io/v2/a/b/manifests/latest"],
  ["localhost:5000/a", "http://localhost:5000/v2/a/manifests/latest"],
])("%s is looked for at %s", async (name, url) => {
  await expect(pull(name)).rejects.toThrow("pull access denied");
  expect(registry.asked[0]).toBe(url);
});

describe("refuses in Docker's words", () => {
  const denied = (name: string) =>
    `pull access denied for ${name}, repository does not exist or may require 'docker login': denied: requested access to the resource is denied`;

  test("a tag or a repository that is not there", async () => {
    await busybox();
    await expect(pull("busybox:nope")).rejects.toThrow(
      new RegistryError("not-found", "manifest for busybox:nope not found: manifest unknown: manifest unknown"),
    );
    await expect(pull("nope")).rejects.toThrow(new RegistryError("denied", denied("nope")));
    registry.files.set(`${base}/manifests/page`, new TextEncoder().encode("<!doctype html>"));
    await expect(pull("busybox:page")).rejects.toMatchObject({ code: "not-found" });
  });

  test("other platforms", async () => {
    const theirs = await registry.image(base, [one], [one], { os: "linux", architecture: "arm64" });
    await registry.manifest(base, encode({ schemaVersion: 2, manifests: [theirs] }), "index");
    await expect(pull("busybox:index")).rejects.toThrow(
      "no matching manifest for linux/386 in the manifest list entries",
    );
    registry.files.set(`${base}/manifests/alone`, registry.files.get(`${base}/manifests/${theirs.digest}`)!);
    await expect(pull("busybox:alone")).rejects.toThrow(
      "image with reference busybox:alone was found but its platform (linux/arm64) does not match the specified platform (linux/386)",
    );
  });

  test("digests that are not true", async () => {
    await busybox();
    const blob = `${base}/blobs/${await digestOf(two)}`;
    registry.files.set(blob, one.slice(0, two.length));
    await expect(pull("busybox")).rejects.toThrow(/content has digest sha256:\w+, not sha256:\w+ as was promised/);
    registry.files.set(blob, two.slice(0, 100));
    await expect(pull("busybox")).rejects.toThrow(`ended after 100 of ${two.length} bytes`);
    registry.files.delete(blob);
    await expect(pull("busybox")).rejects.toThrow("blob unknown to registry: sha256:");
    expect(images.list()).toEqual([]);
  });

  test("layers that are not what the configuration says, or no layers, or too large", async () => {
    const wrong = await registry.image(base, [one], [gzipped(two)]);
    await expect(pull(`busybox@${wrong.digest}`)).rejects.toThrow("failed to register layer: invalid diffID: expected");
    const notTar = new TextEncoder().encode("x".repeat(600));
    const odd = await registry.image(base, [notTar], [notTar]);
    await expect(pull(`busybox@${odd.digest}`)).rejects.toThrow("failed to register layer: invalid");
    const bomb = new Uint8Array(1_000_000);
    const large = await registry.image(base, [bomb], [gzipped(bomb)]);
    await expect(pull(`busybox@${large.digest}`, { maxLayerBytes: 1000 })).rejects.toMatchObject({ code: "too-large" });
    await expect(pull(`busybox@${wrong.digest}`, { registry: client({ maxBlobBytes: 10 }) })).rejects.toMatchObject({
      code: "too-large",
    });
  });

  test("documents that are no manifests", async () => {
    await registry.manifest(base, encode({ schemaVersion: 1 }), "v1");
    await expect(pull("busybox:v1")).rejects.toThrow("neither an image manifest nor an index");
    await registry.manifest(base, encode("{").subarray(1, 2), "broken");
    await expect(pull("busybox:broken")).rejects.toThrow("manifest of busybox:broken is not JSON");
  });

  test("a registry that does not answer, or is not well", async () => {
    const offline = client({ fetch: () => Promise.reject(new TypeError("fetch failed")) });
    await expect(pull("busybox", { registry: offline })).rejects.toThrow(
      new RegistryError("unreachable", `Get "${base}/manifests/latest": fetch failed`),
    );
    registry.files.set(`${base}/manifests/latest`, new Response("", { status: 500 }));
    await expect(pull("busybox")).rejects.toThrow("unexpected status 500");
    registry.files.set(`${base}/manifests/latest`, new Response("", { status: 403 }));
    await expect(pull("busybox")).rejects.toThrow(denied("busybox"));
  });
});

test("stops when told, and leaves no image", async () => {
  await busybox();
  const stop = new AbortController();
  const onProgress = ({ status }: PullProgress) => {
    if (status === "downloading") stop.abort(new Error("stopped"));
  };
  await expect(pull("busybox", { signal: stop.signal, onProgress })).rejects.toThrow("stopped");
  expect(images.list()).toEqual([]);
});

test("gets a token where one is asked for", async () => {
  const { manifest } = await busybox();
  const seen: (string | null)[] = [];
  const guarded = async (url: string, init?: RequestInit) => {
    if (url.startsWith("https://auth/")) {
      expect(url).toBe("https://auth/token?service=hub&scope=repository%3Alibrary%2Fbusybox%3Apull");
      return Response.json({ token: "t0ken" });
    }
    const authorization = new Headers(init?.headers).get("Authorization");
    seen.push(authorization);
    if (authorization === "Bearer t0ken")
      return registry.fetch(url.replace("https://registry-1.docker.io/v2/library/busybox", base), init);
    const challenge = 'Bearer realm="https://auth/token",service="hub",scope="repository:library/busybox:pull"';
    return new Response("", { status: 401, headers: { "WWW-Authenticate": challenge } });
  };
  const { image } = await pull(`busybox@${manifest}`, { registry: createRegistryClient({ fetch: guarded }) });
  expect(image.size).toBe(6);
  expect(seen.filter((each) => each === null)).toHaveLength(1);
});

test.each([
  [null, "expected Object, received null"],
  [{ token: 5 }, "token: expected string, received 5"],
])("an answer without a token, %j, is said to be none", async (answer, problem) => {
  const fetch = async (url: string) =>
    url.startsWith("https://auth/")
      ? Response.json(answer)
      : new Response("", { status: 401, headers: { "WWW-Authenticate": 'Bearer realm="https://auth/token"' } });
  await expect(pull("busybox", { registry: createRegistryClient({ fetch }) })).rejects.toThrow(problem);
});
