/** Stores that hold what a test puts into them, without tars or digests. */
import type { DirectoryNode } from "../../machine/ninep/tree.js";
import type { DiffID, ImageID } from "../../shared/oci/digest.js";
import type { ContainerConfig } from "../../shared/oci/image.js";
import type { Image, ImageStore } from "../images/image-store.js";
import type { Layer, LayerStore } from "../layers/layer-store.js";

export function fakeLayer(hex: string, root: DirectoryNode): Layer {
  const changes = [...root.children.keys()].map((name) => ({ path: `/${name}`, action: "set" as const, size: 0 }));
  return { diffID: digest(hex), name: hex, tarBytes: 0, size: 0, tree: { root }, changes };
}

export const digest = (hex: string) => `sha256:${hex.padEnd(64, "0")}` as DiffID & ImageID;

export function fakeStores(tag: string, config: ContainerConfig, layers: Layer[]) {
  const image: Image = {
    id: digest("1a6e"),
    config: {
      architecture: "386",
      os: "linux",
      config,
      rootfs: { type: "layers", diff_ids: layers.map(({ diffID }) => diffID) },
    },
    configBytes: new Uint8Array(),
    size: 0,
    createdSeconds: 0,
    tags: [tag],
    digests: [],
  };
  const find = (reference: string) =>
    reference === tag || `${reference}:latest` === tag || image.id.includes(reference) ? image : undefined;
  return {
    image,
    images: { find, list: () => [image], resolve: find } as unknown as ImageStore,
    layers: { get: (id: DiffID) => layers.find(({ diffID }) => diffID === id) } as unknown as LayerStore,
  };
}
