/** /images: pull, save, load. */
import { EngineError } from "../engine-error.js";
import { tellImage } from "../events/tell-image.js";
import { loadArchive } from "../images/load-archive.js";
import { saveArchive } from "../images/save-archive.js";
import { selectForSave } from "../images/select-for-save.js";
import { Channel } from "./channel.js";
import { importImage } from "./import-route.js";
import { abortWith, jsonLines } from "./respond.js";
import type { Call, Route } from "./router.js";
import type { ProgressMessage } from "./types.js";

export const imageTransferRoutes: Route[] = [
  {
    method: "POST",
    path: "/images/create",
    parameters: "fromImage fromSrc repo tag message changes platform",
    handle: (call) => (call.query.text("fromSrc") ? importImage : pull)(call),
  },
  { method: "POST", path: "/images/load", parameters: "quiet", handle: load },
  { method: "GET", path: "/images/get", parameters: "names", handle: (call) => save(call, call.query.all("names")) },
  { method: "GET", path: "/images/:name*/get", parameters: "", handle: (call) => save(call, [call.params.name!]) },
];

/** What fails before there is progress is answered with a status; after that, on the stream. */
async function pull(call: Call): Promise<Response> {
  const { services, query, request } = call;
  const reference = pulledReference(call);
  checkPlatform(query.text("platform"));
  const abort = abortWith(request);
  const channel = new Channel<ProgressMessage>();
  const pulled = services.pull(reference, { signal: abort.signal, onProgress: (message) => channel.push(message) });
  pulled.then(
    () => channel.end(),
    (error: Error) => channel.end({ errorDetail: { message: error.message }, error: error.message }),
  );
  await Promise.race([pulled, channel.begun]);
  return jsonLines(channel, abort);
}

/** `fromImage` with its tag in `tag`, which may be a digest. */
function pulledReference({ query }: Call): string {
  const image = query.text("fromImage");
  if (!image) throw new EngineError("invalid", "images/create needs fromImage or fromSrc");
  const tag = query.text("tag");
  if (!tag) return image;
  return tag.includes(":") ? `${image.replace(/@.*$/, "")}@${tag}` : `${image}:${tag}`;
}

function checkPlatform(platform: string | undefined): void {
  if (platform && platform !== "linux/386" && platform !== "linux")
    throw new EngineError("invalid", `platform ${platform} is not supported: the machine runs linux/386`);
}

async function save({ services }: Call, names: readonly string[]): Promise<Response> {
  if (names.length === 0) throw new EngineError("invalid", "no images named to save");
  const selected = selectForSave(services.images, names);
  const archive = await saveArchive(selected, services.layers);
  for (const { image } of selected) tellImage(services.runtime, "save", image);
  return new Response(archive as Uint8Array<ArrayBuffer>, { headers: { "Content-Type": "application/x-tar" } });
}

async function load({ services, request }: Call): Promise<Response> {
  const archive = new Uint8Array(await request.arrayBuffer());
  if (archive.length === 0) throw new EngineError("invalid", "no archive to load: the request's body is empty");
  const loaded = await services.whileWorking(() => loadArchive(archive, services));
  const messages: ProgressMessage[] = [];
  for (const { image, tags } of loaded) {
    tellImage(services.runtime, "load", image);
    if (tags.length === 0) messages.push({ stream: `Loaded image ID: ${image.id}\n` });
    for (const tag of tags) messages.push({ stream: `Loaded image: ${tag}\n` });
  }
  return jsonLines(listed(messages));
}

async function* listed<T>(items: readonly T[]): AsyncGenerator<T, void, undefined> {
  yield* items;
}
