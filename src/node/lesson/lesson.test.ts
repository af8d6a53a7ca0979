import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { HERE } from "../../lessons/lacks.js";
import { readLesson } from "../../lessons/read-lesson.js";
import { projectDir } from "../paths.js";
import { lessonFolders } from "./lesson-folders.js";
import { writeNewLesson } from "./new-lesson.js";
import { reportLines } from "./report.js";

const directory = mkdtempSync(join(tmpdir(), "lesson-"));
afterAll(() => rmSync(directory, { recursive: true }));

test("a new lesson is a lesson, and is not written over another", () => {
  writeNewLesson(join(directory, "new"));
  symlinkSync("/etc/passwd", join(directory, "new/link"));
  const [found] = lessonFolders(join(directory, "new"));
  expect(found!.name).toBe("new");
  expect(found!.files.has("link")).toBe(false);
  const lesson = readLesson(found!.files, HERE);
  expect(lesson.warnings).toEqual([]);
  expect(lesson.steps.map(({ verify, solution }) => [verify?.file, solution?.file])).toEqual([
    ["step1/verify.sh", "step1/solution.sh"],
  ]);
  expect(() => writeNewLesson(join(directory, "new"))).toThrow("an index.json is there already");
});

test("a directory without a lesson is told", () => {
  expect(() => lessonFolders(join(directory, "none"))).toThrow("no such directory");
  expect(() => lessonFolders(join(directory, "new/step1"))).toThrow("no index.json is there");
});

test("the course's lessons come in its order, whole, and need nothing that is not here", () => {
  const lessons = lessonFolders(join(projectDir, "public/lessons")).map(({ name, files }) => ({
    name,
    ...readLesson(files, HERE),
  }));
  expect(lessons.map(({ name }) => name)).toEqual([
    "what-an-image-is",
    "layers-and-the-overlay",
    "the-deleted-bigfile",
    "a-dockerfile",
    "cache-and-order",
  ]);
  for (const { warnings, lacks, steps } of lessons)
    expect([...warnings, ...lacks, ...steps.flatMap((step) => step.lacks)]).toEqual([]);
});

test("the report names each step, why it failed, and what the folder lacks; nothing of it moves the cursor", () => {
  const lesson = readLesson(new Map(), HERE);
  const steps = [
    { title: "One", outcome: "proved", reason: "not yet", durationMs: 1234 },
    { title: "Second", outcome: "failed", reason: "a\u001b[2Jb", durationMs: 20 },
  ] as const;
  const lack = { kind: "cluster", message: "there is no cluster here", file: "index.json", line: 2 } as const;
  expect(reportLines("x", { lesson: { ...lesson, lacks: [lack] }, steps: [...steps], passed: false })).toEqual([
    "x: Untitled",
    "  ok      One       1.2 s  not yet",
    "  FAILED  Second    0.0 s  a [2Jb",
    '  warning  index.json: "index.json" is missing',
    "  warning  index.json: there is no title",
    "  warning  index.json: there are no steps",
    "  lacks    index.json:2: there is no cluster here",
    "  FAILED: 1 ok, 1 failed, 0 unchecked, 3 warnings",
  ]);
});
