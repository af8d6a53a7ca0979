/** /images/create with `fromSrc`: an image of one layer, from a tar of files. */
import { applyChanges } from "../build/apply-changes.js";
import { gunzip, isGzip } from "../content/gunzip.js";
import { EngineError } from "../engine-error.js";
import { makeImage } from "../images/make-image.js";
import { jsonLines } from "./respond.js";
import type { Call } from "./router.js";
import { nameToMake, tagMade } from "./tag-made.js";
import type { ProgressMessage } from "./types.js";

const MAX_LAYER_BYTES = 2 ** 31;

/** The archive is the request's body. @throws {EngineError} `not-supported` for one that is to be fetched. */
export async function importImage({ services, query, request }: Call): Promise<Response> {
  const source = query.text("fromSrc");
  if (source !== "-") throw new EngineError("not-supported", `${source} is not fetched: send the archive itself`);
  const reference = nameToMake(query);
  const config = applyChanges({}, query.all("changes"));
  const body = new Uint8Array(await request.arrayBuffer());
  const id = await services.whileWorking(async () =>
    makeImage(services, {
      config,
      layer: isGzip(body) ? await gunzip(body, MAX_LAYER_BYTES) : body,
      comment: query.text("message") || `Imported from ${source}`,
      createdAt: services.runtime.clock.now(),
    }),
  );
  tagMade(services, id, reference);
  return jsonLines(one({ status: id }));
}

async function* one(message: ProgressMessage): AsyncGenerator<ProgressMessage, void, undefined> {
  yield message;
}
