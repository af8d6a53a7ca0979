import { goMatch, PatternError } from "../../shared/patternmatcher/go-match.js";
import { EngineError } from "../engine-error.js";
import type { Image } from "./image-store.js";

/**
 * `images --filter reference=…`: `busy*`, `*:latest`, `user/*`, with or without the tag.
 * @throws {EngineError} `invalid` for a pattern that is none.
 */
export function referenceMatcher(pattern: string): (image: Pick<Image, "tags" | "digests">) => boolean {
  const matches = matcherOf(pattern);
  return ({ tags, digests }) =>
    [...tags, ...digests].some((name) => matches(name) || matches(name.replace(/[:@][^/]*$/, "")));
}

function matcherOf(pattern: string): (name: string) => boolean {
  try {
    return goMatch(pattern);
  } catch (error) {
    throw error instanceof PatternError ? new EngineError("invalid", error.message) : error;
  }
}
