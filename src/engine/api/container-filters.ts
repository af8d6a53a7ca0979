/** Filters of GET /containers/json and POST /containers/prune. */
import type { Container } from "../containers/container.js";
import { EngineError } from "../engine-error.js";
import { ImageError, type ImageStore } from "../images/image-store.js";
import { networksOf } from "./endpoint-json.js";
import { expressions, type FilterTests, labelTests, selector, untilTest, yesOrNo } from "./filters.js";
import type { Query } from "./query.js";
import type { EngineServices } from "./services.js";

const STATUSES = ["created", "running", "paused", "restarting", "removing", "exited", "dead"];
const HEALTH = ["starting", "healthy", "unhealthy", "none"];

const labels = labelTests<Container>(({ config }) => config.Labels);

/** Newest first. `all`: ended ones too; a filter by status or exit code asks for those it names. */
export function listed(services: EngineServices, query: Query): Container[] {
  const tests = listTests(services);
  const isWanted = selector(query, tests);
  const filters = query.filters(Object.keys(tests));
  const limit = query.integer("limit") ?? 0;
  const all = query.flag("all") || filters.has("status") || filters.has("exited") || limit > 0;
  const isShown = ({ state }: Container) => all || state.status === "running" || state.status === "paused";
  const found = services.containers
    .list()
    .toReversed()
    .filter((container) => isShown(container) && isWanted(container));
  return limit > 0 ? found.slice(0, limit) : found;
}

/** Of those that do not run. */
export function pruneTests(now: number): FilterTests<Container> {
  return { ...labels, until: untilTest(now, ({ createdAt }) => createdAt) };
}

function listTests({ containers, images, networks }: EngineServices): FilterTests<Container> {
  return {
    label: labels.label,
    id: (values) => {
      const matches = expressions(
        "id",
        values.map((value) => `^${value}`),
      );
      return ({ id }) => matches(id);
    },
    name: (values) => {
      const matches = expressions("name", values);
      return ({ name }) => matches(name) || matches(`/${name}`);
    },
    status: (values) => {
      checkValues("status", values, STATUSES);
      return ({ state }) => values.includes(state.status);
    },
    exited: (values) => {
      const codes = values.map(exitCodeOf);
      return ({ state }) => state.status === "exited" && codes.includes(state.exitCode);
    },
    volume: (values) => (container) =>
      container.mounts.some(({ Name, Source, Destination }) =>
        [Name || Source, Destination].some((each) => values.includes(each)),
      ),
    network: (values) => {
      const wanted = values.flatMap((value) => networks.find(value)?.name ?? []);
      return (container) => Object.keys(networksOf(container)).some((name) => wanted.includes(name));
    },
    ancestor: (values) => {
      const ancestors = values.flatMap((value) => imageNamed(images, value) ?? []);
      return ({ image }) =>
        ancestors.some(
          ({ id, config }) =>
            id === image.id ||
            config.rootfs.diff_ids.every((diffID, index) => image.config.rootfs.diff_ids[index] === diffID),
        );
    },
    before: ([value = ""]) => {
      const { createdAt } = containers.resolve(value);
      return (container) => container.createdAt < createdAt;
    },
    since: ([value = ""]) => {
      const { createdAt } = containers.resolve(value);
      return (container) => container.createdAt > createdAt;
    },
    expose: (values) => portsTest(values, ({ config }) => config.ExposedPorts),
    publish: (values) => portsTest(values, ({ host }) => host.PortBindings),
    health: (values) => {
      checkValues("health", values, HEALTH);
      return ({ health }) => values.includes(health?.status ?? "none");
    },
    // Of Swarm and of Windows: no container here is a task, and all are isolated in the one way there is.
    "is-task": (values) => {
      const wanted = yesOrNo("is-task", values);
      return () => !wanted;
    },
    isolation: (values) => () => values.includes("default"),
  };
}

function checkValues(name: string, values: readonly string[], known: readonly string[]): void {
  const unknown = values.find((value) => !known.includes(value));
  if (unknown !== undefined) throw new EngineError("invalid", `invalid filter '${name}=${unknown}'`);
}

function exitCodeOf(value: string): number {
  if (!/^-?\d{1,9}$/.test(value)) throw new EngineError("invalid", `invalid filter 'exited=${value}'`);
  return Number(value);
}

/** A name that could be one of several images is, for a list, the name of none. */
export function imageNamed(images: ImageStore, reference: string) {
  try {
    return images.find(reference);
  } catch (error) {
    if (error instanceof ImageError) return undefined;
    throw error;
  }
}

/** `80`, `80/udp`, `8000-8010/tcp`. */
function portsTest(values: readonly string[], portsOf: (container: Container) => object | null | undefined) {
  const wanted = new Set(values.flatMap(portNames));
  return (container: Container) =>
    Object.keys(portsOf(container) ?? {})
      .flatMap(portNames)
      .some((each) => wanted.has(each));
}

function portNames(text: string): string[] {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?(?:\/(tcp|udp|sctp))?$/.exec(text);
  if (!match) throw new EngineError("invalid", `invalid port specification: "${text}"`);
  const [, first, last = first, protocol = "tcp"] = match;
  return Array.from(
    { length: Math.max(0, Number(last) - Number(first) + 1) },
    (_, i) => `${Number(first) + i}/${protocol}`,
  );
}
