/** GET /system/df: what images, containers, volumes and the build cache take. */
import type { DiffID } from "../../shared/oci/digest.js";
import { EngineError } from "../engine-error.js";
import type { Image } from "../images/image-store.js";
import { recordOf } from "./build-cache-routes.js";
import { summaryOf } from "./container-json.js";
import { sizesOf } from "./container-sizes.js";
import { imageSummary } from "./image-json.js";
import { json } from "./respond.js";
import type { Call, Route } from "./router.js";
import type { EngineServices } from "./services.js";
import type { DiskUsage } from "./types.js";

export const diskUsageRoutes: Route[] = [
  { method: "GET", path: "/system/df", parameters: "type verbose", handle: diskUsage },
];

const PARTS = { image: images, container: containers, volume: volumes, "build-cache": buildCache };
type Part = keyof typeof PARTS;

/** `type`, any number of times: those alone. */
async function diskUsage({ services, query }: Call): Promise<Response> {
  const asked = query.all("type");
  const unknown = asked.find((type) => !Object.hasOwn(PARTS, type));
  if (unknown !== undefined) throw new EngineError("invalid", `unknown object type: ${unknown}`);
  const types = (asked.length > 0 ? asked : Object.keys(PARTS)) as Part[];
  const parts = await Promise.all(types.map((type) => PARTS[type](services)));
  return json(Object.assign({}, ...parts));
}

function images({ images, containers, layers }: EngineServices): Partial<DiskUsage> {
  const all = images.list();
  const size = (diffID: DiffID) => layers.get(diffID)?.size ?? 0;
  const holders = new Map<DiffID, number>();
  for (const { config } of all)
    for (const diffID of new Set(config.rootfs.diff_ids)) holders.set(diffID, (holders.get(diffID) ?? 0) + 1);
  const sharedSize = ({ config }: Image) =>
    config.rootfs.diff_ids.reduce((sum, diffID) => sum + (holders.get(diffID)! > 1 ? size(diffID) : 0), 0);
  const users = (image: Image) => containers.list().filter((container) => container.image.id === image.id).length;
  return {
    LayersSize: [...holders.keys()].reduce((sum, diffID) => sum + size(diffID), 0),
    Images: all.map((image) => ({
      ...imageSummary(image),
      SharedSize: sharedSize(image),
      Containers: users(image),
    })),
  };
}

async function containers(services: EngineServices): Promise<Partial<DiskUsage>> {
  const { containers, images, runtime } = services;
  const now = runtime.clock.now();
  const Containers = containers
    .list()
    .map(async (container) => ({ ...summaryOf(container, images, now), ...(await sizesOf(container, services)) }));
  return { Containers: await Promise.all(Containers) };
}

async function volumes({ volumes }: EngineServices): Promise<Partial<DiskUsage>> {
  const Volumes = volumes.list().map(async (volume) => ({ ...volume, UsageData: await volumes.usage(volume.Name) }));
  return { Volumes: await Promise.all(Volumes) };
}

function buildCache(services: EngineServices): Partial<DiskUsage> {
  const held = services.images.heldLayers();
  return { BuildCache: services.cache.list().map((entry) => recordOf(entry, services, held)) };
}
