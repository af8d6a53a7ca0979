/** /volumes */
import { EngineError } from "../engine-error.js";
import type { VolumeStore } from "../volumes/volume-store.js";
import { expressions, type FilterTests, labelTests, selector, yesOrNo } from "./filters.js";
import { readJSON } from "./read-json.js";
import { json, noContent } from "./respond.js";
import type { Call, Route } from "./router.js";
import { volumeCreate } from "./schemas.js";
import type { Volume, VolumeListResponse, VolumesPruneResponse } from "./types.js";

export const volumeRoutes: Route[] = [
  { method: "GET", path: "/volumes", parameters: "filters", handle: list },
  { method: "POST", path: "/volumes/create", parameters: "", handle: create },
  { method: "POST", path: "/volumes/prune", parameters: "filters", handle: prune },
  {
    method: "GET",
    path: "/volumes/:name",
    handle: ({ services, params }) => json(services.volumes.inspect(params.name!)),
  },
  { method: "DELETE", path: "/volumes/:name", parameters: "force", handle: remove },
];

const labels = labelTests<Volume>(({ Labels }) => Labels);

function list({ services: { volumes }, query }: Call): Response {
  const tests: FilterTests<Volume> = {
    ...labels,
    dangling: (values) => {
      const wanted = yesOrNo("dangling", values);
      return ({ Name }) => volumes.isUsed(Name) !== wanted;
    },
    driver:
      (values) =>
      ({ Driver }) =>
        values.includes(Driver),
    name: (values) => {
      const matches = expressions("name", values);
      return ({ Name }) => matches(Name);
    },
  };
  const Volumes = volumes.list().filter(selector(query, tests));
  return json({ Volumes, Warnings: null } satisfies VolumeListResponse);
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

/** With `force`, one that is not there is removed already. */
async function remove({ services: { volumes }, query, params }: Call): Promise<Response> {
  const name = params.name!;
  if (!query.flag("force") || volumes.has(name)) await volumes.remove(name);
  return noContent();
}

/** Anonymous ones; with `all=true` the named ones too. */
async function prune({ services: { volumes, runtime }, query }: Call): Promise<Response> {
  const tests: FilterTests<Volume> = { ...labels, all: (values) => pruneAll(volumes, yesOrNo("all", values)) };
  const isWanted = selector(query, tests);
  const saysWhich = query.filters(Object.keys(tests)).has("all");
  const isAnonymous = pruneAll(volumes, false);
  const pruned = volumes
    .list()
    .filter((volume) => !volumes.isUsed(volume.Name) && isWanted(volume) && (saysWhich || isAnonymous(volume)));
  let SpaceReclaimed = 0;
  for (const { Name } of pruned) {
    SpaceReclaimed += (await volumes.usage(Name)).Size;
    await volumes.remove(Name);
  }
  runtime.events.tell("volume", "prune", "", { reclaimed: String(SpaceReclaimed) });
  return json({ VolumesDeleted: pruned.map(({ Name }) => Name), SpaceReclaimed } satisfies VolumesPruneResponse);
}

const pruneAll = (volumes: VolumeStore, all: boolean) => (volume: Volume) => all || volumes.isAnonymous(volume.Name);
