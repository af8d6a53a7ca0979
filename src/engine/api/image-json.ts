/** Images as the API shows them. */
import type { Image } from "../images/image-store.js";
import type { Layer } from "../layers/layer-store.js";
import { imageGraphDriver } from "./container-json.js";
import type { ImageInspect, ImageSummary } from "./types.js";

export function imageSummary({ id, parent, tags, digests, createdSeconds, size, config }: Image): ImageSummary {
  return {
    Id: id,
    ParentId: parent ?? "",
    RepoTags: [...tags],
    RepoDigests: [...digests],
    Created: createdSeconds,
    Size: size,
    SharedSize: -1,
    Labels: config.config?.Labels ?? null,
    Containers: -1,
  };
}

export function imageInspect(image: Image, layers: readonly Layer[]): ImageInspect {
  const { id, parent, tags, digests, size, config } = image;
  return {
    Id: id,
    RepoTags: [...tags],
    RepoDigests: [...digests],
    Parent: parent ?? "",
    Comment: config.history?.at(-1)?.comment ?? "",
    Created: config.created ?? "",
    DockerVersion: "",
    Author: config.author ?? "",
    Config: { ...config.config },
    Architecture: config.architecture,
    ...(config.variant && { Variant: config.variant }),
    Os: config.os,
    Size: size,
    GraphDriver: imageGraphDriver(layers),
    RootFS: { Type: "layers", Layers: [...config.rootfs.diff_ids] },
    Metadata: { LastTagTime: "0001-01-01T00:00:00Z" },
  };
}
