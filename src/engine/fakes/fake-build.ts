/** Builds on a fake machine with the real stores, from a context written as a literal. */

import type { TarEntry } from "../../shared/tar/entry.js";
import { writeTar } from "../../shared/tar/write-tar.js";
import { build } from "../build/build.js";
import { BuildCache } from "../build/build-cache.js";
import type { BuildRequest } from "../build/build-request.js";
import { CacheMounts } from "../build/cache-mounts.js";
import { MemoryImageStore } from "../images/memory-image-store.js";
import { TarLayerStore } from "../layers/tar-layer-store.js";
import { fakeEngineParts } from "./fake-engine-parts.js";
import type { Program } from "./fake-machine.js";

const encode = (text: string) => new TextEncoder().encode(text);

/** A string is a file's text; a name that ends in a slash is a directory. */
export function tarOf(
  files: Record<string, string | Partial<TarEntry>>,
  mtime = { seconds: 1_600_000_000, nanoseconds: 0 },
): Uint8Array {
  const entries = Object.entries(files).map(([path, content]): TarEntry => {
    const base = { mode: 0o644, uid: 1000, gid: 1000, mtime };
    if (path.endsWith("/")) return { ...base, path: path.slice(0, -1), type: "directory", mode: 0o755 };
    if (typeof content === "string") return { ...base, path, type: "file", contents: encode(content) };
    return { ...base, path, type: "file", contents: new Uint8Array(), ...content };
  });
  return writeTar(entries);
}

export async function fakeBuilder(programs: Record<string, Program> = {}) {
  const parts = fakeEngineParts(programs);
  const layers = new TarLayerStore(parts.machine.layers);
  const images = new MemoryImageStore(layers);
  const base = await layers.apply(
    tarOf({
      "bin/": {},
      "bin/sh": { contents: encode("sh"), mode: 0o755, uid: 0, gid: 0 },
      "etc/": {},
      "etc/passwd": "root:x:0:0:root:/root:/bin/sh\napp:x:500:501:app:/app:/bin/sh\n",
      "etc/group": "root:x:0:\nstaff:x:50:\n",
      lib: { type: "symlink", linkname: "usr/lib", contents: undefined },
      "usr/": {},
      "usr/lib/": {},
    }),
  );
  const busybox = await images.add(
    encode(
      JSON.stringify({
        architecture: "386",
        os: "linux",
        created: "2024-01-01T00:00:00Z",
        config: { Env: ["PATH=/bin"], Cmd: ["sh"] },
        rootfs: { type: "layers", diff_ids: [base.diffID] },
        history: [{ created: "2024-01-01T00:00:00Z", created_by: "base" }],
      }),
    ),
  );
  images.tag(busybox.id, "busybox:latest");
  const cache = new BuildCache(layers);
  const pull = async (reference: string) => {
    throw new Error(`${reference}: not found`);
  };
  const cacheMounts = new CacheMounts(parts.machine.agent, parts.runtime.randomID);
  const services = { runtime: parts.runtime, layers, images, cache, cacheMounts, pull };
  const run = async (files: Parameters<typeof tarOf>[0] | Uint8Array, more: Partial<BuildRequest> = {}) => {
    const request: BuildRequest = {
      context: files instanceof Uint8Array ? files : tarOf(files),
      dockerfile: "Dockerfile",
      tags: ["made:latest"],
      buildArgs: {},
      labels: {},
      target: "",
      noCache: false,
      noCacheFilter: [],
      network: "default",
      secrets: new Map(),
      pull: false,
      signal: new AbortController().signal,
      ...more,
    };
    const { id, warnings } = await build(services, request);
    const image = images.resolve(id);
    return { image, warnings, layersMade: image.config.rootfs.diff_ids.slice(1).map((diffID) => layers.get(diffID)!) };
  };
  return { ...parts, ...services, busybox, build: run };
}
