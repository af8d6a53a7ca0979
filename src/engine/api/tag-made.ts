/** The name of an image that is made, from a request's `repo` and `tag`. */
import type { ImageID } from "../../shared/oci/digest.js";
import { familiarString, parseReference, withDefaultTag } from "../../shared/reference/reference.js";
import { EngineError } from "../engine-error.js";
import { tellImage } from "../events/tell-image.js";
import type { Query } from "./query.js";
import type { EngineServices } from "./services.js";

/** Undefined without a `repo`, which may have a tag with it. @throws {InvalidReference} for what is no name. */
export function nameToMake(query: Query): string | undefined {
  const repository = query.text("repo");
  if (!repository) return undefined;
  const tag = query.text("tag");
  const reference = withDefaultTag({ ...parseReference(repository), ...(tag && { tag }) });
  if (reference.digest) throw new EngineError("invalid", `cannot name an image by a digest: ${repository}`);
  return familiarString(reference);
}

export function tagMade({ images, runtime }: EngineServices, imageID: ImageID, reference: string | undefined): void {
  tellImage(runtime, "create", images.resolve(imageID));
  if (reference === undefined) return;
  images.tag(imageID, reference);
  tellImage(runtime, "tag", images.resolve(imageID), { name: reference, reference });
}
