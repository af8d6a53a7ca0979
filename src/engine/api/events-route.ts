/** GET /events: the trace's containers and images, in Docker's shape. */
import type { TraceEvent } from "../trace/events.js";
import { Channel } from "./channel.js";
import type { Filters } from "./query.js";
import { matchesLabels } from "./query.js";
import { abortWith, jsonLines } from "./respond.js";
import type { Call, Route } from "./router.js";
import type { EngineServices } from "./services.js";
import type { EventMessage } from "./types.js";

export const eventRoutes: Route[] = [{ method: "GET", path: "/events", handle: events }];

const FILTERS = ["container", "event", "image", "label", "type", "volume", "daemon", "scope", "network", "plugin"];

function events({ services, query, request }: Call): Response {
  const since = query.time("since");
  const until = query.time("until");
  const filters = query.filters(FILTERS);
  const abort = abortWith(request);
  const channel = new Channel<EventMessage>();
  const pass = (event: TraceEvent) => {
    if ((since !== undefined && event.at < since) || (until !== undefined && event.at > until)) return;
    const message = messageOf(event);
    if (message && isWanted(message, filters, services)) channel.push(message);
  };
  if (since !== undefined) for (const event of services.history.events()) pass(event);
  const subscription = services.history.onTrace(pass);
  const end = () => {
    subscription.dispose();
    channel.end();
  };
  abort.signal.addEventListener("abort", end);
  if (abort.signal.aborted) end();
  if (until !== undefined)
    void services.runtime.clock.sleep(Math.max(0, until - services.runtime.clock.now()), abort.signal).then(end);
  return jsonLines(channel, abort);
}

function messageOf(event: TraceEvent): EventMessage | undefined {
  if (event.type === "container") {
    const { container, action, image, name, exitCode } = event;
    const attributes = { image, name, ...(exitCode !== undefined && { exitCode: String(exitCode) }) };
    return message("container", action, container, attributes, event.at, image);
  }
  if (event.type === "image" && event.action !== "build")
    return message("image", event.action, event.reference ?? event.imageID, { name: event.reference ?? "" }, event.at);
  return undefined;
}

function message(
  Type: EventMessage["Type"],
  action: string,
  id: string,
  Attributes: Record<string, string>,
  at: number,
  from?: string,
): EventMessage {
  return {
    status: action,
    id,
    ...(from !== undefined && { from }),
    Type,
    Action: action,
    Actor: { ID: id, Attributes },
    scope: "local",
    time: Math.floor(at / 1000),
    timeNano: Math.round(at * 1e6),
  };
}

function isWanted({ Type, Action, Actor }: EventMessage, filters: Filters, { containers }: EngineServices): boolean {
  const { name = "", image = "" } = Actor.Attributes;
  const of = (filter: string) => filters.get(filter);
  const among = (filter: string, test: (value: string) => boolean) => of(filter)?.some(test) ?? true;
  return (
    among("type", (value) => value === Type) &&
    among("event", (value) => value === Action) &&
    among("container", (value) => Type === "container" && (Actor.ID.startsWith(value) || name === value)) &&
    among("image", (value) => (Type === "image" ? [Actor.ID, name] : [image]).includes(value)) &&
    (!filters.has("volume") || Type === "volume") &&
    (!filters.has("label") ||
      matchesLabels(of("label"), containers.list().find(({ id }) => id === Actor.ID)?.config.Labels ?? {}))
  );
}
