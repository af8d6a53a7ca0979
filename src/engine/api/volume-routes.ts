/** /volumes */
import { EngineError } from "../engine-error.js";
import { matchesLabels } from "./query.js";
import { readJSON } from "./read-json.js";
import { json, noContent } from "./respond.js";
import type { Call, Route } from "./router.js";
import { volumeCreate } from "./schemas.js";
import type { VolumeListResponse, VolumesPruneResponse } from "./types.js";

export const volumeRoutes: Route[] = [
  { method: "GET", path: "/volumes", handle: list },
  { method: "POST", path: "/volumes/create", handle: create },
  { method: "POST", path: "/volumes/prune", handle: prune },
  {
    method: "GET",
    path: "/volumes/:name",
    handle: ({ services, params }) => json(services.volumes.inspect(params.name!)),
  },
  { method: "DELETE", path: "/volumes/:name", handle: remove },
];

function list({ services: { volumes }, query }: Call): Response {
  const filters = query.filters(["dangling", "driver", "label", "name"]);
  const dangling = filters.get("dangling")?.[0];
  const found = volumes
    .list()
    .filter(
      ({ Name, Labels, Driver }) =>
        (dangling === undefined || volumes.isUsed(Name) === !["1", "true"].includes(dangling)) &&
        (filters.get("driver") ?? [Driver]).includes(Driver) &&
        matchesLabels(filters.get("label"), Labels ?? {}) &&
        (filters.get("name") ?? [Name]).some((part) => Name.includes(part)),
    );
  return json({ Volumes: found, Warnings: null } satisfies VolumeListResponse);
}

async function create({ services, request }: Call): Promise<Response> {
  const { Name, Driver, DriverOpts, Labels } = await readJSON(request, volumeCreate);
  if (Driver && Driver !== "local")
    throw new EngineError(
      "not-found",
      `create ${Name ?? ""}: error looking up volume plugin ${Driver}: plugin "${Driver}" not found`,
    );
  const option = Object.keys(DriverOpts ?? {})[0];
  if (option) throw new EngineError("invalid", `create ${Name ?? ""}: volume options are not supported: "${option}"`);
  return json(services.volumes.create(Name, Labels ?? null), 201);
}

async function remove({ services, params }: Call): Promise<Response> {
  await services.volumes.remove(params.name!);
  return noContent();
}

/** Anonymous ones; with `all=true` the named ones too. */
async function prune({ services: { volumes }, query }: Call): Promise<Response> {
  const filters = query.filters(["all", "label", "label!"]);
  const all = ["1", "true"].includes(filters.get("all")?.[0] ?? "");
  const pruned = volumes
    .list()
    .filter(
      ({ Name, Labels }) =>
        !volumes.isUsed(Name) &&
        (all || volumes.isAnonymous(Name)) &&
        matchesLabels(filters.get("label"), Labels ?? {}),
    )
    .map(({ Name }) => Name);
  for (const name of pruned) await volumes.remove(name);
  return json({ VolumesDeleted: pruned.length > 0 ? pruned : null, SpaceReclaimed: 0 } satisfies VolumesPruneResponse);
}
