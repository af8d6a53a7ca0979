import { expect, test } from "vitest";
import { EngineError } from "../engine-error.js";
import { referenceMatcher } from "./reference-filter.js";

const image = { tags: ["busybox:latest", "user/app:v1"], digests: [] };

test.each([
  ["busy*", true],
  ["*:latest", true],
  ["user/*", true],
  ["user/app:v[^0]", true],
  ["[a-b]usybox", true],
  ["*app*", false],
  ["busybox:[^l]*", false],
])("%s: %s", (pattern, expected) => expect(referenceMatcher(pattern)(image)).toBe(expected));

test("a pattern that is none", () => {
  expect(() => referenceMatcher("[")).toThrow(new EngineError("invalid", "syntax error in pattern"));
});
