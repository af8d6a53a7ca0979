/** /images: list, inspect, history, names, removal. */
import type { ImageID } from "../../shared/oci/digest.js";
import { layersOf } from "../containers/runtime.js";
import { isRunning } from "../containers/status.js";
import { EngineError } from "../engine-error.js";
import { imageHistory } from "../images/history.js";
import type { Image } from "../images/image-store.js";
import { matchesReference } from "../images/reference-filter.js";
import { isOlder } from "./container-filters.js";
import { imageInspect, imageSummary } from "./image-json.js";
import { type Filters, matchesLabels } from "./query.js";
import { json } from "./respond.js";
import type { Call, Route } from "./router.js";
import type { EngineServices } from "./services.js";
import type { HistoryItem, ImageDeleteItem, ImagesPruneResponse } from "./types.js";

export const imageRoutes: Route[] = [
  { method: "GET", path: "/images/json", handle: list },
  { method: "POST", path: "/images/prune", handle: prune },
  { method: "GET", path: "/images/:name*/json", handle: inspect },
  { method: "GET", path: "/images/:name*/history", handle: history },
  { method: "POST", path: "/images/:name*/tag", handle: tag },
  { method: "POST", path: "/images/:name*/push", handle: () => refuse("push is not supported yet") },
  { method: "DELETE", path: "/images/:name*", handle: remove },
];

const imageOf = ({ services, params }: Call): Image => services.images.resolve(params.name!);

const LIST_FILTERS = ["before", "dangling", "label", "reference", "since", "until"];

function list({ services, query }: Call): Response {
  const filters = query.filters(LIST_FILTERS);
  const now = services.runtime.clock.now();
  const found = services.images.list().filter((image) => matches(image, filters, services, now));
  return json(found.map(imageSummary));
}

function matches(image: Image, filters: Filters, { images }: EngineServices, now: number): boolean {
  const dangling = filters.get("dangling")?.[0];
  const isDangling = image.tags.length === 0;
  const before = filters.get("before")?.[0];
  const since = filters.get("since")?.[0];
  const references = filters.get("reference");
  return (
    (dangling === undefined || isDangling === isTrue(dangling)) &&
    matchesLabels(filters.get("label"), image.config.config?.Labels) &&
    (before === undefined || image.createdSeconds < images.resolve(before).createdSeconds) &&
    (since === undefined || image.createdSeconds > images.resolve(since).createdSeconds) &&
    (!references || references.some((pattern) => matchesReference(image, pattern))) &&
    isOlder(filters, image.createdSeconds * 1000, now)
  );
}

const isTrue = (text: string) => ["1", "true"].includes(text.toLowerCase());

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
  const reference = `${repository}:${query.text("tag") || "latest"}`;
  if (!repository) throw new EngineError("invalid", "repository name must have at least one component");
  services.images.tag(image.id, reference);
  tell(services, image.id, "tag", reference);
  return new Response(null, { status: 201 });
}

function remove(call: Call): Response {
  const { services, query, params } = call;
  const removed = removeImage(services, params.name!, query.flag("force"), !query.flag("noprune"));
  services.collect();
  return json(removed);
}

function removeImage(services: EngineServices, name: string, force: boolean, prune: boolean): ImageDeleteItem[] {
  const { id } = services.images.resolve(name);
  const records = services.images.remove(name, { force, prune, inUse: (image) => userOf(services, image) });
  for (const { untagged, deleted } of records) {
    if (untagged) tell(services, id, "untag", untagged);
    if (deleted && !deleted.startsWith("<")) tell(services, deleted as ImageID, "delete");
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
  const filters = query.filters(["dangling", "label", "label!", "until"]);
  const all = filters.has("dangling") && !isTrue(filters.get("dangling")![0] ?? "");
  const now = services.runtime.clock.now();
  const unused = services.images
    .list()
    .filter(
      ({ id, tags, config, createdSeconds }) =>
        (all || tags.length === 0) &&
        !userOf(services, id) &&
        matchesLabels(filters.get("label"), config.config?.Labels) &&
        !(filters.get("label!") ?? []).some((filter) => matchesLabels([filter], config.config?.Labels)) &&
        isOlder(filters, createdSeconds * 1000, now),
    );
  const removed: ImageDeleteItem[] = [];
  for (const { id } of unused) if (services.images.find(id)) removed.push(...removeImage(services, id, true, true));
  const SpaceReclaimed = services.collect();
  return json({
    ImagesDeleted: removed.length > 0 ? removed : null,
    SpaceReclaimed,
  } satisfies ImagesPruneResponse);
}

function tell(
  { runtime }: EngineServices,
  imageID: ImageID,
  action: "tag" | "untag" | "delete",
  reference?: string,
): void {
  runtime.trace.sink({ type: "image", at: runtime.clock.now(), action, imageID, ...(reference && { reference }) });
}

function refuse(message: string): never {
  throw new EngineError("not-supported", message);
}
