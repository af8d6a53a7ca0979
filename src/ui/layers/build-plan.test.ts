import { expect, test } from "vitest";
import { buildPlan } from "./build-plan.js";

test("a plan has the instructions of all stages, each with what it is for", () => {
  const plan = buildPlan("from busybox AS a\nRUN echo \\\n  hello\nFROM a\nCOPY x /\n");
  expect(plan).toMatchObject({
    steps: [
      { keyword: "FROM", rest: "busybox AS a", summary: expect.stringContaining("base image") },
      { keyword: "RUN", rest: expect.stringContaining("hello"), summary: expect.stringContaining("becomes a layer") },
      { keyword: "FROM", rest: "a" },
      { keyword: "COPY", rest: "x /" },
    ],
  });
});

test("a Dockerfile that cannot be built says so in the build's words", () => {
  expect(buildPlan("FROM busybox\nFOO bar\n")).toEqual({
    error: "dockerfile parse error on line 2: unknown instruction: FOO (did you mean FROM?)",
  });
  expect(buildPlan("")).toMatchObject({ error: expect.any(String) });
});
