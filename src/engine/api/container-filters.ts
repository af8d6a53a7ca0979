/** Filters of GET /containers/json and POST /containers/prune. */
import { parseGoDuration } from "../../shared/units/go-duration.js";
import type { Container } from "../containers/container.js";
import { EngineError } from "../engine-error.js";
import { networksOf } from "./endpoint-json.js";
import { type Filters, matchesLabels } from "./query.js";
import type { EngineServices } from "./services.js";

export const LIST_FILTERS = [
  "ancestor",
  "before",
  "exited",
  "expose",
  "health",
  "id",
  "is-task",
  "isolation",
  "label",
  "name",
  "network",
  "publish",
  "since",
  "status",
  "volume",
];

type Test = (container: Container, values: readonly string[], services: EngineServices) => boolean;

const STATUSES = ["created", "running", "paused", "restarting", "removing", "exited", "dead"];

const tests: Record<string, Test> = {
  id: ({ id }, values) => values.some((value) => id.startsWith(value)),
  name: ({ name }, values) => values.some((value) => pattern(value).test(name) || pattern(value).test(`/${name}`)),
  status: ({ state }, values) => values.includes(state.status),
  exited: ({ state }, values) => state.status === "exited" && values.includes(String(state.exitCode)),
  label: ({ config }, values) => matchesLabels(values, config.Labels ?? {}),
  volume: ({ mounts }, values) =>
    mounts.some((mount) => values.includes(mount.Name ?? "") || values.includes(mount.Destination)),
  network: (container, values, { networks }) =>
    Object.keys(networksOf(container)).some((name) => values.some((value) => networks.find(value)?.name === name)),
  ancestor: (container, values, services) => values.some((value) => descendsFrom(container, value, services)),
  before: (container, [value = ""], { containers }) => container.createdAt < containers.resolve(value).createdAt,
  since: (container, [value = ""], { containers }) => container.createdAt > containers.resolve(value).createdAt,
  expose: ({ config }, values) =>
    values.some((value) => Object.keys(config.ExposedPorts ?? {}).some((port) => port.startsWith(value))),
  publish: ({ publications }, values) =>
    publications.some(({ port }) => values.some((value) => Number.parseInt(value, 10) === port)),
  health: (_, values) => values.includes("none"),
  "is-task": (_, values) => values.includes("false"),
  isolation: () => true,
};

/** @throws {EngineError} `invalid` naming a value that cannot be. */
export function matches(container: Container, filters: Filters, services: EngineServices): boolean {
  for (const status of filters.get("status") ?? [])
    if (!STATUSES.includes(status)) throw new EngineError("invalid", `invalid filter 'status=${status}'`);
  return [...filters].every(([name, values]) => tests[name]!(container, values, services));
}

/** Newest first. `all`: ended ones too; a filter by status asks for those it names. */
export function listed(services: EngineServices, filters: Filters, all: boolean, limit: number): Container[] {
  const wanted = services.containers.list().toReversed();
  const namesStatus = filters.has("status") || filters.has("exited");
  const isShown = ({ state }: Container) =>
    all || namesStatus || limit > 0 || state.status === "running" || state.status === "paused";
  const found = wanted.filter((container) => isShown(container) && matches(container, filters, services));
  return limit > 0 ? found.slice(0, limit) : found;
}

/** `until` is a time, or how long ago. */
export function isOlder(filters: Filters, createdAt: number, now: number): boolean {
  return (filters.get("until") ?? []).every((text) => createdAt < momentOf(text, now));
}

function momentOf(text: string, now: number): number {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
  const date = /^\d{4}-/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(date)) return date;
  try {
    return now - parseGoDuration(text) / 1e6;
  } catch {
    throw new EngineError("invalid", `invalid filter 'until=${text}'`);
  }
}

/** The image itself, or one whose layers it begins with. */
function descendsFrom({ image }: Container, reference: string, { images }: EngineServices): boolean {
  const ancestor = images.find(reference);
  if (!ancestor) return false;
  const own = image.config.rootfs.diff_ids;
  return image.id === ancestor.id || ancestor.config.rootfs.diff_ids.every((diffID, index) => own[index] === diffID);
}

function pattern(value: string): RegExp {
  try {
    return new RegExp(value);
  } catch {
    throw new EngineError("invalid", `invalid filter 'name=${value}'`);
  }
}
