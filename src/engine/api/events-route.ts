/** GET /events: what happened to the engine's objects, past and to come, in moby's shape. */
import type { EngineEvent } from "../events/event-log.js";
import { Channel } from "./channel.js";
import { type FilterTests, matchesLabels, selector } from "./filters.js";
import { abortWith, jsonLines } from "./respond.js";
import type { Call, Route } from "./router.js";
import type { EventMessage } from "./types.js";

export const eventRoutes: Route[] = [
  { method: "GET", path: "/events", parameters: "since until filters", handle: events },
];

function events({ services: { runtime }, query, request }: Call): Response {
  const since = query.time("since");
  const until = query.time("until");
  const isWanted = selector(query, TESTS);
  const abort = abortWith(request);
  const channel = new Channel<EventMessage>();
  const pass = (event: EngineEvent) => {
    if ((since !== undefined && event.at < since) || (until !== undefined && event.at > until)) return;
    if (isWanted(event)) channel.push(messageOf(event));
  };
  if (since !== undefined) for (const event of runtime.events.past()) pass(event);
  const subscription = runtime.events.onEvent(pass);
  const end = () => {
    subscription.dispose();
    channel.end();
  };
  abort.signal.addEventListener("abort", end);
  if (abort.signal.aborted) end();
  if (until !== undefined) void runtime.clock.sleep(Math.max(0, until - runtime.clock.now()), abort.signal).then(end);
  return jsonLines(channel, abort);
}

/** Containers and images have the older spelling besides. */
function messageOf({ kind, action, id, attributes, at }: EngineEvent): EventMessage {
  const older = {
    status: action,
    ...(id !== "" && { id }),
    ...(attributes.image !== undefined && { from: attributes.image }),
  };
  return {
    ...((kind === "container" || kind === "image") && older),
    Type: kind,
    Action: action,
    Actor: { ID: id, Attributes: attributes },
    scope: "local",
    time: Math.floor(at / 1000),
    timeNano: Math.round(at * 1e6),
  };
}

const TESTS: FilterTests<EngineEvent> = {
  type:
    (values) =>
    ({ kind }) =>
      values.includes(kind),
  // `exec_create` names every exec_create, whatever it executes.
  event:
    (values) =>
    ({ action }) =>
      values.some((value) => value === action || action.startsWith(`${value}:`)),
  container: named("container"),
  volume: named("volume"),
  network: named("network"),
  plugin: named("plugin"),
  daemon: named("daemon"),
  image: (values) => (event) => values.some((value) => imagesOf(event).has(value)),
  label:
    (values) =>
    ({ attributes }) =>
      matchesLabels(values, attributes),
  scope: (values) => () => values.includes("local"),
};

/** Events of that kind of object alone, by the beginning of an id or a name. */
function named(kind: string): FilterTests<EngineEvent>[string] {
  return (values) => (event) =>
    event.kind === kind &&
    values.some((value) => event.id.startsWith(value) || event.attributes.name?.startsWith(value));
}

/** The image's id and name, or the name of the container's image, each with and without its tag. */
function imagesOf({ kind, id, attributes }: EngineEvent): Set<string> {
  const names = kind === "image" ? [id, attributes.name ?? ""] : [attributes.image ?? ""];
  return new Set(names.flatMap((name) => [name, name.replace(/:[^/:]*$/, "")]));
}
