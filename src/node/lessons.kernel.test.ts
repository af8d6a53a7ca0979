/** Lessons on the real kernel: each of the site's is proved, and what proves nothing is told. */
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { HERE } from "../lessons/lacks.js";
import { readLesson } from "../lessons/read-lesson.js";
import { type Headless, openHeadless } from "./headless.js";
import { checkLesson, type LessonResult } from "./lesson/check-lesson.js";
import { lessonFolders } from "./lesson/lesson-folders.js";
import { projectDir } from "./paths.js";

let headless: Headless | undefined;
afterEach(() => headless?.dispose());

async function check(files: ReadonlyMap<string, Uint8Array>, timeoutMs = 120_000): Promise<LessonResult> {
  headless = await openHeadless();
  return checkLesson(headless.machine, readLesson(files, HERE), timeoutMs);
}

describe("the course", () => {
  test.each(lessonFolders(join(projectDir, "public/lessons")))("$name is proved", async ({ files }) => {
    const { lesson, steps, passed } = await check(files);
    expect(steps.filter(({ outcome }) => outcome !== "proved")).toEqual([]);
    expect(lesson.steps.filter(({ verify }) => verify).length).toBeGreaterThanOrEqual(3);
    expect(lesson.warnings).toEqual([]);
    expect(passed).toBe(true);
  });
});

/** A lesson whose steps are these scripts. */
function scripts(steps: { verify?: string; solution?: string; foreground?: string }[], more: object = {}) {
  const files = new Map<string, Uint8Array>([["t.md", new TextEncoder().encode("text")]]);
  const put = (name: string, text: string) => {
    files.set(name, new TextEncoder().encode(text));
    return name;
  };
  const details = steps.map((step, index) => ({
    title: `${index}`,
    text: "t.md",
    ...Object.fromEntries(Object.entries(step).map(([key, text]) => [key, put(`${key}${index}.sh`, text)])),
  }));
  put("index.json", JSON.stringify({ title: "T", details: { steps: details, ...more } }));
  put("assets/tool.sh", "echo $0 works");
  return files;
}

test("a step that proves nothing is told with its reason, and the next are still tried", async () => {
  const { steps, passed } = await check(
    scripts([
      { verify: "true", solution: "true" },
      { verify: "echo not yet; exit 1", solution: "echo oh >&2; exit 3" },
      { verify: "echo not yet; exit 1", solution: "true" },
      { verify: "[ -e /tmp/x ]", solution: "touch /tmp/x" },
      { verify: "echo not yet; exit 1" },
      { solution: "true" },
      { foreground: "exit 4" },
      { verify: "if [", solution: "true" },
    ]),
  );
  expect(steps.map(({ outcome, reason }) => `${outcome}: ${reason}`)).toEqual([
    "failed: verify0.sh passes before anything is done",
    "failed: solution1.sh ends with 3: oh",
    "failed: verify2.sh ends with 1 after the solution: not yet",
    "proved: the check fails without a word",
    "unchecked: there is no solution",
    "unchecked: there is no verify script",
    "failed: foreground6.sh ends with 4: no output",
    expect.stringMatching(/^failed: verify7\.sh ends with 2 after the solution: verify7\.sh: .*syntax error/),
  ]);
  expect(passed).toBe(false);
});

test("a script without end is killed, with what it started, and told; one that leaves something running is not waited for", async () => {
  const { steps } = await check(
    scripts([
      { verify: "sleep 100000 & while :; do :; done" },
      { verify: "yes" },
      {
        verify: "pidof sleep yes >/dev/null && { echo still there; exit 1; }; [ -e /tmp/y ]",
        solution: "touch /tmp/y; setsid sleep 1000 & true",
      },
    ]),
    5000,
  );
  expect(steps.map(({ outcome, reason }) => `${outcome}: ${reason}`)).toEqual([
    "failed: verify0.sh was killed: it had not ended after 5 s",
    "failed: verify1.sh was killed: it had not ended after 5 s",
    "failed: verify2.sh ends with 1 after the solution: still there",
  ]);
});

test("assets are put where they belong, with their modes", async () => {
  const asset = { file: "tool.sh", target: "/opt/it's here", chmod: "+x" };
  const tool = '"/opt/it\'s here/tool.sh"';
  const { steps } = await check(
    scripts([{ verify: `${tool}; [ -e /tmp/z ]`, solution: "touch /tmp/z" }], { assets: { host01: [asset] } }),
  );
  expect(steps.map(({ outcome, reason }) => `${outcome}: ${reason}`)).toEqual([
    "proved: ",
    "proved: /opt/it's here/tool.sh works",
  ]);
});
