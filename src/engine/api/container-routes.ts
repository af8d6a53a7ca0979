/** /containers: list, create, inspect, life, removal. */

import { comparePaths } from "../../shared/text/path-bytes.js";
import { listDiff } from "../containers/collected.js";
import type { Container } from "../containers/container.js";
import type { WaitCondition } from "../containers/containers.js";
import { OWN_FILES } from "../containers/default-spec.js";
import { isRunning } from "../containers/status.js";
import { EngineError } from "../engine-error.js";
import { listed, pruneTests } from "./container-filters.js";
import { inspectOf, summaryOf } from "./container-json.js";
import { sizesOf } from "./container-sizes.js";
import { selector } from "./filters.js";

import { readJSON } from "./read-json.js";
import { abortWith, json, noContent, notModified, streamed } from "./respond.js";
import type { Call, Route } from "./router.js";
import { containerCreate } from "./schemas.js";
import type { ContainerCreateRequest, ContainersPruneResponse, ContainerWaitResponse } from "./types.js";

export const containerRoutes: Route[] = [
  { method: "GET", path: "/containers/json", parameters: "all limit size filters", handle: list },
  { method: "POST", path: "/containers/create", parameters: "name platform", handle: create },
  { method: "POST", path: "/containers/prune", parameters: "filters", handle: prune },
  { method: "GET", path: "/containers/:id/json", parameters: "size", handle: inspect },
  { method: "GET", path: "/containers/:id/changes", parameters: "", handle: changes },
  { method: "GET", path: "/containers/:id/top", handle: () => refuse("top is not supported yet") },
  { method: "POST", path: "/containers/:id/update", handle: () => refuse("update is not supported yet") },
  { method: "POST", path: "/containers/:id/start", parameters: "detachKeys", handle: start },
  { method: "POST", path: "/containers/:id/stop", parameters: "t signal", handle: stop },
  { method: "POST", path: "/containers/:id/restart", parameters: "t signal", handle: restart },
  { method: "POST", path: "/containers/:id/kill", parameters: "signal", handle: kill },
  { method: "POST", path: "/containers/:id/pause", parameters: "", handle: (call) => setPaused(call, true) },
  { method: "POST", path: "/containers/:id/unpause", parameters: "", handle: (call) => setPaused(call, false) },
  { method: "POST", path: "/containers/:id/rename", parameters: "name", handle: rename },
  { method: "POST", path: "/containers/:id/resize", parameters: "h w", handle: resize },
  { method: "POST", path: "/containers/:id/wait", parameters: "condition", handle: wait },
  { method: "DELETE", path: "/containers/:id", parameters: "v force link", handle: remove },
];

export const containerOf = ({ services, params }: Call): Container => services.containers.resolve(params.id!);

async function list({ services, query }: Call): Promise<Response> {
  const found = listed(services, query);
  const now = services.runtime.clock.now();
  const summaries = found.map((container) => summaryOf(container, services.images, now));
  if (query.flag("size"))
    for (const [index, container] of found.entries())
      Object.assign(summaries[index]!, await sizesOf(container, services));
  return json(summaries);
}

async function create({ services, query, request }: Call): Promise<Response> {
  const platform = query.text("platform");
  if (platform && platform !== "linux/386" && platform !== "linux")
    throw new EngineError("not-found", `platform ${platform} is not supported: the machine runs linux/386`);
  const body = await readJSON(request, containerCreate);
  const { container, warnings } = await services.containers.create(body as ContainerCreateRequest, query.text("name"));
  return json({ Id: container.id, Warnings: warnings }, 201);
}

async function inspect(call: Call): Promise<Response> {
  const container = containerOf(call);
  const inspected = await inspectOf(container);
  if (call.query.flag("size")) Object.assign(inspected, await sizesOf(container, call.services));
  return json(inspected);
}

async function changes(call: Call): Promise<Response> {
  const container = containerOf(call);
  const entries = await listDiff(call.services.runtime.machine, container.sandbox);
  const kinds = entries
    .filter(({ path }) => path !== "" && path !== "." && !OWN_FILES.includes(`/${path}`))
    .sort((a, b) => comparePaths(a.path, b.path))
    .map(({ path, type }) => {
      const wasThere = container.tree.lookup(`/${path}`, { follow: false }) !== undefined;
      return { Path: `/${path}`, Kind: type === "whiteout" ? 2 : wasThere ? 0 : 1 };
    });
  return json(kinds.length > 0 ? kinds : null);
}

async function start(call: Call): Promise<Response> {
  return (await call.services.containers.start(containerOf(call))) ? noContent() : notModified();
}

async function stop(call: Call): Promise<Response> {
  const { query, services } = call;
  const stopped = await services.containers.stop(containerOf(call), query.integer("t"), query.text("signal"));
  return stopped ? noContent() : notModified();
}

async function restart(call: Call): Promise<Response> {
  const { query, services } = call;
  await services.containers.restart(containerOf(call), query.integer("t"), query.text("signal"));
  return noContent();
}

async function kill(call: Call): Promise<Response> {
  await call.services.containers.kill(containerOf(call), call.query.text("signal") || "KILL");
  return noContent();
}

async function setPaused(call: Call, paused: boolean): Promise<Response> {
  await call.services.containers.setPaused(containerOf(call), paused);
  return noContent();
}

function rename(call: Call): Response {
  call.services.containers.rename(containerOf(call), call.query.text("name") ?? "");
  return noContent();
}

async function resize(call: Call): Promise<Response> {
  const { rows, columns } = sizeOf(call);
  await call.services.containers.resize(containerOf(call), rows, columns);
  return new Response(null, { status: 200 });
}

export function sizeOf({ query }: Call): { rows: number; columns: number } {
  const rows = query.integer("h");
  const columns = query.integer("w");
  if (rows === undefined || columns === undefined || rows < 0 || columns < 0 || rows > 65535 || columns > 65535)
    throw new EngineError("invalid", `invalid size: h=${query.text("h")} w=${query.text("w")}`);
  return { rows, columns };
}

const CONDITIONS: readonly string[] = ["not-running", "next-exit", "removed"] satisfies WaitCondition[];

/** The headers go out at once: clients wait before they start a container. */
function wait(call: Call): Response {
  const condition = call.query.text("condition") || "not-running";
  if (!CONDITIONS.includes(condition)) throw new EngineError("invalid", `invalid condition: "${condition}"`);
  const container = containerOf(call);
  const abort = abortWith(call.request);
  const exitCode = call.services.containers.waitFor(container, condition as WaitCondition, abort.signal);
  exitCode.catch(() => {});
  return streamed(
    (async function* () {
      const answer: ContainerWaitResponse = { StatusCode: await exitCode };
      yield new TextEncoder().encode(`${JSON.stringify(answer)}\n`);
    })(),
    "application/json",
    abort,
  );
}

async function remove(call: Call): Promise<Response> {
  const { query, services } = call;
  if (query.flag("link")) throw new EngineError("invalid", "links are not supported");
  const options = { force: query.flag("force"), volumes: query.flag("v") };
  await services.containers.remove(containerOf(call), options);
  return noContent();
}

async function prune({ services, query }: Call): Promise<Response> {
  const isWanted = selector(query, pruneTests(services.runtime.clock.now()));
  const pruned = services.containers
    .list()
    .filter((container) => !isRunning(container.state.status) && isWanted(container));
  let SpaceReclaimed = 0;
  for (const container of pruned) {
    SpaceReclaimed += (await sizesOf(container, services)).SizeRw;
    await services.containers.remove(container, { force: false, volumes: false });
  }
  services.runtime.events.tell("container", "prune", "", { reclaimed: String(SpaceReclaimed) });
  const ContainersDeleted = pruned.length > 0 ? pruned.map(({ id }) => id) : null;
  return json({ ContainersDeleted, SpaceReclaimed } satisfies ContainersPruneResponse);
}

function refuse(message: string): never {
  throw new EngineError("not-supported", message);
}
