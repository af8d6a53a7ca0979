/** What happens to an image, told twice: to those who watch the engine's objects, and on the trace. */
import type { Image } from "../images/image-store.js";
import type { ImageEvent } from "../trace/events.js";
import type { Trace } from "../trace/span.js";
import type { EventLog } from "./event-log.js";

export interface ImageTeller {
  events: EventLog;
  trace: Trace;
}

/** @param name what the event calls the image: a reference where it is about one, else the image's id. */
export function tellImage(
  { events, trace }: ImageTeller,
  action: Exclude<ImageEvent["action"], "build">,
  { id, config }: Image,
  { actor = id as string, name = id as string, reference }: { actor?: string; name?: string; reference?: string } = {},
): void {
  events.tell("image", action, actor, { ...config.config?.Labels, name });
  trace.sink({ type: "image", at: trace.clock.now(), action, imageID: id, ...(reference && { reference }) });
}
