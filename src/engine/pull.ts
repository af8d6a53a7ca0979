/** Pulling, with progress in Docker's words and a span of its own. */
import { shortID } from "../shared/oci/digest.js";
import {
  familiarName,
  familiarString,
  type ImageReference,
  parseReference,
  withDefaultTag,
} from "../shared/reference/reference.js";
import { humanSize } from "../shared/units/size.js";
import type { PullOptions } from "./api/services.js";
import type { ProgressMessage } from "./api/types.js";
import type { EventLog } from "./events/event-log.js";
import { tellImage } from "./events/tell-image.js";
import type { Image, ImageStore } from "./images/image-store.js";
import type { LayerStore } from "./layers/layer-store.js";
import { type PullProgress, pullImage } from "./registry-client/pull-image.js";
import type { RegistryClient } from "./registry-client/registry-client.js";
import { inSpan, type Span, type Trace } from "./trace/span.js";

export interface PullServices {
  registry: RegistryClient;
  images: ImageStore;
  layers: LayerStore;
  trace: Trace;
  events: EventLog;
}

/** For `docker pull`: NDJSON messages as dockerd sends them. */
export function pullWithMessages(services: PullServices, text: string, options: PullOptions): Promise<Image> {
  const reference = withDefaultTag(parseReference(text));
  const name = familiarString(reference);
  let saidFrom = false;
  const say = (message: ProgressMessage) => {
    if (!saidFrom) {
      saidFrom = true;
      const id = reference.tag ?? reference.digest;
      options.onProgress({ status: `Pulling from ${reference.path}`, id });
    }
    options.onProgress(message);
  };
  return inSpan(
    services.trace,
    { kind: "pull", title: name },
    async (span) => {
      const onProgress = (progress: PullProgress) => {
        for (const message of messagesOf(progress)) say(message);
        report(span, progress);
      };
      const { image, digest, isNew } = await pullImage(reference, { ...services, onProgress, signal: options.signal });
      say({ status: `Digest: ${digest}` });
      const outcome = isNew ? "Downloaded newer image for" : "Image is up to date for";
      say({
        status: `Status: ${outcome} ${reference.digest ? `${familiarName(reference)}@${reference.digest}` : name}`,
      });
      tellPulled(services, image, reference);
      return image;
    },
    options.signal,
  );
}

/** For FROM: progress on the span of the instruction. */
export async function pullForBuild(
  services: PullServices,
  text: string,
  span: Span,
  signal: AbortSignal,
): Promise<Image> {
  const reference = withDefaultTag(parseReference(text));
  const onProgress = (progress: PullProgress) => report(span, progress);
  const { image } = await pullImage(reference, { ...services, onProgress, signal });
  tellPulled(services, image, reference);
  return image;
}

function tellPulled(services: PullServices, image: Image, reference: ImageReference): void {
  const actor = familiarString(reference);
  tellImage(services, "pull", image, { actor, name: familiarName(reference), reference: actor });
}

function messagesOf({ layer, status, bytes, totalBytes }: PullProgress): ProgressMessage[] {
  const id = shortID(layer);
  const detail = { current: bytes, total: totalBytes };
  switch (status) {
    case "waiting":
      return [{ status: "Pulling fs layer", progressDetail: {}, id }];
    case "exists":
      return [{ status: "Already exists", progressDetail: {}, id }];
    case "downloading":
      return [{ status: "Downloading", progressDetail: detail, id }];
    case "downloaded":
      return [
        { status: "Verifying Checksum", progressDetail: {}, id },
        { status: "Download complete", progressDetail: {}, id },
      ];
    case "extracting":
      return [{ status: "Extracting", progressDetail: detail, id }];
    case "complete":
      return [{ status: "Pull complete", progressDetail: {}, id }];
  }
}

/** Only what a reader of the finished log wants: not each chunk. */
function report(span: Span, { layer, status, bytes, totalBytes }: PullProgress): void {
  if (status === "downloaded")
    span.output("progress", `${layer} ${humanSize(bytes)} / ${humanSize(totalBytes)} done\n`);
  if (status === "complete") span.output("progress", `extracting ${layer} done\n`);
}
