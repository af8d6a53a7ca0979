/** POST /build/prune, and the build cache's entries as the API shows them. */
import type { DiffID } from "../../shared/oci/digest.js";
import type { CacheEntry } from "../build/build-cache.js";
import { rfc3339 } from "../clock.js";
import { type FilterTests, labelTests, selector, untilTest } from "./filters.js";
import { json } from "./respond.js";
import type { Call, Route } from "./router.js";
import type { EngineServices } from "./services.js";
import type { BuildCacheRecord } from "./types.js";

export const buildCacheRoutes: Route[] = [
  { method: "POST", path: "/build/prune", parameters: "all filters", handle: prune },
];

/** As long as BuildKit's. */
const idOf = ({ key }: CacheEntry) => key.slice("sha256:".length, "sha256:".length + 25);

/** @param held layers that some image has. */
export function recordOf(
  entry: CacheEntry,
  { layers }: Pick<EngineServices, "layers">,
  held: ReadonlySet<DiffID>,
): BuildCacheRecord {
  return {
    ID: idOf(entry),
    Type: "regular",
    Description: "",
    InUse: false,
    Shared: held.has(entry.diffID),
    Size: layers.get(entry.diffID)?.size ?? 0,
    CreatedAt: rfc3339(entry.createdAt),
    LastUsedAt: null,
    UsageCount: 1,
  };
}

/** An entry has no labels. */
const pruneTests = (now: number): FilterTests<CacheEntry> => ({
  ...labelTests<CacheEntry>(() => null),
  id: (values) => (entry) => values.some((value) => idOf(entry).startsWith(value)),
  until: untilTest(now, ({ createdAt }) => createdAt),
});

async function prune({ services, query }: Call): Promise<Response> {
  const isWanted = selector(query, pruneTests(services.runtime.clock.now()));
  await services.build.cacheMounts.prune();
  const pruned = services.cache.prune(isWanted);
  const SpaceReclaimed = services.collect();
  services.runtime.events.tell("builder", "prune", "", { reclaimed: String(SpaceReclaimed) });
  return json({ CachesDeleted: pruned.map(idOf), SpaceReclaimed });
}
