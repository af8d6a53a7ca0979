import { familiarName } from "../../shared/reference/reference.js";
import { type Image, ImageError, type ImageStore } from "./image-store.js";
import { parseImageReference } from "./references.js";
import { isIDPrefix } from "./remove-image.js";

/** An image to be saved, under the names that were asked for. */
export interface SavedImage {
  image: Image;
  /** Familiar `name:tag`s; none for an image named by its id. */
  tags: string[];
}

/**
 * What `docker save NAME…` saves: `name:tag` that image, `name` all tags of the repository, an id the image unnamed.
 * @throws {ImageError} as the store does.
 */
export function selectForSave(images: ImageStore, names: readonly string[]): SavedImage[] {
  const selected = new Map<string, SavedImage>();
  for (const name of names) {
    for (const { image, tags } of select(images, name)) {
      const there = selected.get(image.id);
      if (there) there.tags = [...new Set([...there.tags, ...tags])];
      else selected.set(image.id, { image, tags });
    }
  }
  return [...selected.values()];
}

function select(images: ImageStore, name: string): SavedImage[] {
  if (/^(sha256:)?[0-9a-f]{64}$/.test(name)) return [{ image: images.resolve(name), tags: [] }];
  const reference = parseImageReference(name);
  if (reference.tag || reference.digest) {
    const image = images.find(name);
    if (!image) throw new ImageError("not-found", "reference does not exist");
    return [{ image, tags: reference.tag ? [`${familiarName(reference)}:${reference.tag}`] : [] }];
  }
  const repository = `${familiarName(reference)}:`;
  const tagged = images
    .list()
    .map((image) => ({ image, tags: image.tags.filter((tag) => tag.startsWith(repository)) }))
    .filter(({ tags }) => tags.length > 0);
  if (tagged.length > 0) return tagged;
  const image = images.resolve(name);
  return [{ image, tags: isIDPrefix(image.id, name) ? [] : [...image.tags] }];
}
