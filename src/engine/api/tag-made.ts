/** The name of an image that was made, from a request's `repo` and `tag`. */
import type { ImageID } from "../../shared/oci/digest.js";
import type { Query } from "./query.js";
import type { EngineServices } from "./services.js";

/** Without a `repo` it has none. */
export function tagMade({ images, runtime }: EngineServices, imageID: ImageID, query: Query): void {
  const repository = query.text("repo");
  if (!repository) return;
  const reference = `${repository}:${query.text("tag") || "latest"}`;
  images.tag(imageID, reference);
  runtime.trace.sink({ type: "image", at: runtime.clock.now(), action: "tag", imageID, reference });
}
