/** POST /build. */
import type { ImageID } from "../../shared/oci/digest.js";
import { familiarString, parseReference, withDefaultTag } from "../../shared/reference/reference.js";
import { build } from "../build/build.js";
import type { BuildRequest } from "../build/build-request.js";
import { gunzip, isGzip } from "../content/gunzip.js";
import { EngineError } from "../engine-error.js";
import type { TraceEvent } from "../trace/events.js";
import { type BuildAnswer, BuildEvents, ClassicAnswer, QuietAnswer, TraceAnswer } from "./build-answer.js";
import { Channel } from "./channel.js";
import type { Query } from "./query.js";
import { abortWith, jsonLines } from "./respond.js";
import type { Call, Route } from "./router.js";
import type { EngineServices } from "./services.js";
import { type ProgressMessage, SECRETS_HEADER } from "./types.js";

const PARAMETERS =
  "dockerfile t buildargs labels target nocache nocachefilter pull platform networkmode remote version q trace rm forcerm";

export const buildRoutes: Route[] = [{ method: "POST", path: "/build", parameters: PARAMETERS, handle: startBuild }];

/** Most bytes of a context, unpacked. */
const MAX_CONTEXT_BYTES = 2 ** 30;

async function startBuild(call: Call): Promise<Response> {
  const { services, query } = call;
  const abort = abortWith(call.request);
  const request = await buildRequest(call, abort.signal);
  const channel = new Channel<ProgressMessage>();
  const answer = answerAs(query, (message) => channel.push(message));
  const events = new BuildEvents((event) => answer.tell(event));
  const { trace } = services.runtime;
  const sink = (event: TraceEvent) => {
    events.receive(event);
    trace.sink(event);
  };
  const runtime = { ...services.runtime, trace: { ...trace, sink } };
  const done = services.whileWorking(() => build({ ...services.build, runtime }, request));
  done
    .then((result) => {
      tellBuilt(services, result.id, request.tags);
      answer.made(result, request.tags);
      channel.end();
    })
    .catch((error: Error) => channel.end({ errorDetail: { message: error.message }, error: error.message }));
  return jsonLines(channel, abort);
}

/** `trace=1` for Drydock's own clients, `q=1` for the image's id alone. */
function answerAs(query: Query, say: (message: ProgressMessage) => void): BuildAnswer {
  if (query.flag("trace")) return new TraceAnswer(say);
  return query.flag("q") ? new QuietAnswer(say) : new ClassicAnswer(say);
}

function tellBuilt({ images, runtime }: EngineServices, id: ImageID, tags: readonly string[]): void {
  const { config } = images.resolve(id);
  const tell = (action: string, name: string) =>
    runtime.events.tell("image", action, id, { ...config.config?.Labels, name });
  tell("create", id);
  for (const tag of tags) tell("tag", tag);
}

function checkParameters(query: Query): void {
  if (!["1", ""].includes(query.text("version") ?? ""))
    throw new EngineError("invalid", `version=${query.text("version")} is not supported: BuildKit's sessions are not`);
  if (!query.flag("rm", true)) throw new EngineError("invalid", "rm=0 is not supported: a build keeps no containers");
}

async function buildRequest({ query, request }: Call, signal: AbortSignal): Promise<BuildRequest> {
  checkParameters(query);
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
