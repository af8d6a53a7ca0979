/** POST /build, with the trace of the build on its answer. */
import { familiarString, parseReference, withDefaultTag } from "../../shared/reference/reference.js";
import { build } from "../build/build.js";
import type { BuildRequest } from "../build/build-request.js";
import { gunzip, isGzip } from "../content/gunzip.js";
import { EngineError } from "../engine-error.js";
import type { TraceEvent } from "../trace/events.js";
import { Channel } from "./channel.js";
import { abortWith, json, jsonLines } from "./respond.js";
import type { Call, Route } from "./router.js";
import { type ProgressMessage, SECRETS_HEADER, TRACE_ID } from "./types.js";

export const buildRoutes: Route[] = [
  { method: "POST", path: "/build", handle: startBuild },
  { method: "POST", path: "/build/prune", handle: prune },
];

/** Most bytes of a context, unpacked. */
const MAX_CONTEXT_BYTES = 2 ** 30;

async function startBuild(call: Call): Promise<Response> {
  const { services } = call;
  const abort = abortWith(call.request);
  const request = await buildRequest(call, abort.signal);
  const channel = new Channel<ProgressMessage>();
  const filter = new BuildFilter();
  const { trace } = services.runtime;
  const sink = (event: TraceEvent) => {
    if (filter.isOfBuild(event)) channel.push({ id: TRACE_ID, aux: event });
    trace.sink(event);
  };
  const runtime = { ...services.runtime, trace: { ...trace, sink } };
  const done = services.whileWorking(() => build({ ...services.build, runtime }, request));
  done.then(
    ({ id, warnings }) => {
      for (const warning of warnings) channel.push({ stream: `${warning}\n` });
      channel.end({ aux: { ID: id } });
    },
    (error: Error) => channel.end({ errorDetail: { message: error.message }, error: error.message }),
  );
  return jsonLines(channel, abort);
}

/** Events of this build and no other: those of its spans. */
class BuildFilter {
  readonly #spans = new Set<string>();

  isOfBuild(event: TraceEvent): boolean {
    if (event.type === "span-start") {
      if (event.kind !== "build" && !(event.parent && this.#spans.has(event.parent))) return false;
      this.#spans.add(event.span);
      return true;
    }
    return "span" in event && event.span !== undefined && this.#spans.has(event.span);
  }
}

async function buildRequest({ query, request }: Call, signal: AbortSignal): Promise<BuildRequest> {
  const remote = query.text("remote");
  if (remote) throw new EngineError("invalid", `building from a remote context is not supported: ${remote}`);
  const platform = query.text("platform");
  if (platform && platform !== "linux/386" && platform !== "linux")
    throw new EngineError("invalid", `platform ${platform} is not supported: the machine runs linux/386`);
  const network = query.text("networkmode");
  if (network && network !== "default" && network !== "none")
    throw new EngineError("invalid", `network mode "${network}" is not supported for a build`);
  const labels = query.map("labels");
  return {
    context: await contextOf(request),
    dockerfile: query.text("dockerfile") || "Dockerfile",
    tags: query.all("t").filter(Boolean).map(tagOf),
    buildArgs: query.map("buildargs"),
    labels: Object.fromEntries(Object.entries(labels).map(([name, value]) => [name, value ?? ""])),
    target: query.text("target") ?? "",
    noCache: query.flag("nocache"),
    noCacheFilter: query
      .all("nocachefilter")
      .flatMap((names) => names.split(","))
      .filter(Boolean),
    secrets: secretsOf(request),
    network: network === "none" ? "none" : "default",
    pull: query.flag("pull"),
    signal,
  };
}

/** @throws {InvalidReference} in Docker's words. */
function tagOf(text: string): string {
  const reference = parseReference(text);
  if (reference.digest) throw new EngineError("invalid", "refusing to create a tag with a digest reference");
  return familiarString(withDefaultTag(reference));
}

async function contextOf(request: Request): Promise<Uint8Array> {
  const bytes = new Uint8Array(await request.arrayBuffer());
  if (bytes.length === 0) throw new EngineError("invalid", "no build context: the request's body is empty");
  return isGzip(bytes) ? gunzip(bytes, MAX_CONTEXT_BYTES) : bytes;
}

/** As header, for they are no part of the context. @throws {EngineError} `invalid`. */
function secretsOf({ headers }: Request): Map<string, Uint8Array> {
  const header = headers.get(SECRETS_HEADER);
  if (!header) return new Map();
  try {
    const secrets = Object.entries(JSON.parse(header) as Record<string, string>);
    return new Map(secrets.map(([id, text]) => [id, Uint8Array.from(atob(text), (char) => char.charCodeAt(0))]));
  } catch {
    throw new EngineError("invalid", `${SECRETS_HEADER} is no JSON object of base64 texts`);
  }
}

async function prune({ services }: Call): Promise<Response> {
  await services.build.cacheMounts.prune();
  const CachesDeleted = services.cache.prune();
  return json({ CachesDeleted, SpaceReclaimed: services.collect() });
}
