/** /images: list, inspect, history, names, removal. */
import type { ImageID } from "../../shared/oci/digest.js";
import { familiarString } from "../../shared/reference/reference.js";
import { layersOf } from "../containers/runtime.js";
import { isRunning } from "../containers/status.js";
import { EngineError } from "../engine-error.js";
import { tellImage } from "../events/tell-image.js";
import { imageHistory } from "../images/history.js";
import type { Image, ImageStore } from "../images/image-store.js";
import { referenceMatcher } from "../images/reference-filter.js";
import { parseImageReference } from "../images/references.js";
import { type FilterTests, labelTests, selector, untilTest, yesOrNo } from "./filters.js";
import { imageInspect, imageSummary } from "./image-json.js";
import { json } from "./respond.js";
import type { Call, Route } from "./router.js";
import type { EngineServices } from "./services.js";
import type { HistoryItem, ImageDeleteItem, ImagesPruneResponse } from "./types.js";

export const imageRoutes: Route[] = [
  { method: "GET", path: "/images/json", parameters: "all digests filters", handle: list },
  { method: "POST", path: "/images/prune", parameters: "filters", handle: prune },
  { method: "GET", path: "/images/:name*/json", parameters: "", handle: inspect },
  { method: "GET", path: "/images/:name*/history", parameters: "", handle: history },
  { method: "POST", path: "/images/:name*/tag", parameters: "repo tag", handle: tag },
  { method: "POST", path: "/images/:name*/push", handle: () => refuse("push is not supported yet") },
  { method: "DELETE", path: "/images/:name*", parameters: "force noprune", handle: remove },
];

const imageOf = ({ services, params }: Call): Image => services.images.resolve(params.name!);

const labels = labelTests<Image>(({ config }) => config.config?.Labels);
const isDangling = ({ tags }: Image) => tags.length === 0;

function list({ services, query }: Call): Response {
  const { images, runtime } = services;
  const isWanted = selector(query, listTests(images, runtime.clock.now()));
  return json(images.list().filter(isWanted).map(imageSummary));
}

function listTests(images: ImageStore, now: number): FilterTests<Image> {
  return {
    ...labels,
    until: untilTest(now, ({ createdSeconds }) => createdSeconds * 1000),
    dangling: (values) => {
      const wanted = yesOrNo("dangling", values);
      return (image) => isDangling(image) === wanted;
    },
    before: ([value = ""]) => {
      const { createdSeconds } = images.resolve(value);
      return (image) => image.createdSeconds < createdSeconds;
    },
    since: ([value = ""]) => {
      const { createdSeconds } = images.resolve(value);
      return (image) => image.createdSeconds > createdSeconds;
    },
    reference: (values) => {
      const matchers = values.map(referenceMatcher);
      return (image) => matchers.some((matches) => matches(image));
    },
  };
}

function inspect(call: Call): Response {
  const image = imageOf(call);
  return json(imageInspect(image, layersOf(call.services.layers, image.config.rootfs.diff_ids)));
}

function history(call: Call): Response {
  const lines = imageHistory(imageOf(call), call.services.layers).map(
    (line): HistoryItem => ({
      Id: line.id,
      Created: line.createdSeconds,
      CreatedBy: line.createdBy,
      Tags: line.tags.length > 0 ? [...line.tags] : null,
      Size: line.size,
      Comment: line.comment,
    }),
  );
  return json(lines);
}

function tag(call: Call): Response {
  const { services, query } = call;
  const image = imageOf(call);
  const repository = query.text("repo") ?? "";
  if (!repository) throw new EngineError("invalid", "repository name must have at least one component");
  const reference = familiarString(parseImageReference(`${repository}:${query.text("tag") || "latest"}`));
  services.images.tag(image.id, reference);
  tellImage(services.runtime, "tag", image, { name: reference, reference });
  return new Response(null, { status: 201 });
}

function remove(call: Call): Response {
  const { services, query, params } = call;
  const removed = removeImage(services, params.name!, query.flag("force"), !query.flag("noprune"));
  services.collect();
  return json(removed);
}

function removeImage(services: EngineServices, name: string, force: boolean, prune: boolean): ImageDeleteItem[] {
  const image = services.images.resolve(name);
  const before = new Map<string, Image>(services.images.list().map((each) => [each.id, each]));
  const records = services.images.remove(name, { force, prune, inUse: (image) => userOf(services, image) });
  for (const { untagged, deleted } of records) {
    if (untagged) tellImage(services.runtime, "untag", image, { reference: untagged });
    // Layers are told to the asker as deleted, too.
    const gone = deleted && before.get(deleted);
    if (gone) tellImage(services.runtime, "delete", gone);
  }
  return records.map(({ untagged, deleted }) => (untagged ? { Untagged: untagged } : { Deleted: deleted }));
}

function userOf({ containers }: EngineServices, image: ImageID): { id: string; running: boolean } | undefined {
  const users = containers.list().filter((container) => container.image.id === image);
  const user = users.find(({ state }) => isRunning(state.status)) ?? users[0];
  return user && { id: user.id, running: isRunning(user.state.status) };
}

/** Untagged images that nothing uses; with `dangling=false` all that no container uses. */
function prune({ services, query }: Call): Response {
  const tests = pruneTests(services.runtime.clock.now());
  const isWanted = selector(query, tests);
  const saysWhich = query.filters(Object.keys(tests)).has("dangling");
  const unused = services.images
    .list()
    .filter((image) => isWanted(image) && (saysWhich || isDangling(image)) && !userOf(services, image.id));
  const removed: ImageDeleteItem[] = [];
  for (const { id } of unused) if (services.images.find(id)) removed.push(...removeImage(services, id, true, true));
  const SpaceReclaimed = services.collect();
  services.runtime.events.tell("image", "prune", "", { reclaimed: String(SpaceReclaimed) });
  const ImagesDeleted = removed.length > 0 ? removed : null;
  return json({ ImagesDeleted, SpaceReclaimed } satisfies ImagesPruneResponse);
}

function pruneTests(now: number): FilterTests<Image> {
  return {
    ...labels,
    until: untilTest(now, ({ createdSeconds }) => createdSeconds * 1000),
    dangling: (values) => {
      const onlyDangling = yesOrNo("dangling", values);
      return (image) => !onlyDangling || isDangling(image);
    },
  };
}

function refuse(message: string): never {
  throw new EngineError("not-supported", message);
}
