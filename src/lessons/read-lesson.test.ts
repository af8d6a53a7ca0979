import { expect, test } from "vitest";
import { encodeUtf8 } from "../shared/text/utf8.js";
import type { Lesson } from "./lesson.js";
import { plainText } from "./markdown/nodes.js";
import { readCourses, scenarioFolders } from "./read-courses.js";
import { readLesson } from "./read-lesson.js";

type Texts = Record<string, string>;

const files = (texts: Texts) => new Map(Object.entries(texts).map(([path, text]) => [path, encodeUtf8(text)]));
const read = (texts: Texts): Lesson => readLesson(files(texts), { images: ["busybox"] });
const told = ({ warnings }: Lesson) =>
  warnings.map(({ file, line, column, message }) => `${[file, line, column].filter(Boolean).join(":")} ${message}`);

const STEP = { text: "step1.md" };

/** A folder whose index.json has these steps, on its third line, and what else its details say. */
function scenario(steps: unknown, more: object = {}): Texts {
  const details = JSON.stringify({ steps, ...more });
  return {
    "index.json": `{\n"title": "T",\n"details": ${details}\n}`,
    "step1.md": "# One\n\n`ls`{{exec}}",
    "v.sh": "true",
  };
}

test("a Killercoda scenario", () => {
  const lesson = read({
    "index.json": JSON.stringify({
      title: "Pods",
      description: "About pods",
      details: {
        intro: { text: "intro.md", background: "intro/bg.sh", foreground: "intro/fg.sh" },
        steps: [{ title: "First", text: "step1/text.md", verify: "step1/verify.sh", solution: "s.md", hint: "h.md" }],
        finish: { text: "finish.md" },
        assets: {
          host01: [
            { file: "*.sh", target: "/opt/", chmod: "+x" },
            { file: "conf", target: "~/etc" },
          ],
        },
      },
      backend: { imageid: "ubuntu" },
      environment: { terminals: [{ name: "Terminal 1" }] },
    }),
    "intro.md": "hello",
    "intro/bg.sh": "sleep 1",
    "intro/fg.sh": "echo hi",
    "step1/text.md": "do `ls`{{exec}}",
    "step1/verify.sh": "#!/bin/bash\r\ntrue\r\n",
    "s.md": "`touch a`{{exec}} then\n```\ntouch b\n```{{execute}}",
    "h.md": "think",
    "finish.md": "done",
    "assets/a.sh": "a",
    "assets/conf": "c",
  });
  expect(told(lesson)).toEqual([]);
  expect(lesson.steps[0]).toMatchObject({
    title: "First",
    verify: { file: "step1/verify.sh", text: "#!/bin/bash\ntrue\n" },
    solution: { file: "s.md", text: "touch a\ntouch b" },
  });
  expect(plainText(lesson.steps[0]!.hint!)).toBe("think");
  expect(lesson.intro).toMatchObject({ background: { text: "sleep 1" }, foreground: { text: "echo hi" } });
  expect(lesson.assets.map(({ target, chmod }) => [target, chmod])).toEqual([
    ["/opt/a.sh", "+x"],
    ["/root/etc/conf", undefined],
  ]);
});

test("assets by a pattern, in any folder", () => {
  const assets = {
    host01: [
      { file: "**/*.json", target: "/x" },
      { file: "a/*", target: "/y" },
    ],
  };
  const lesson = read({
    ...scenario([STEP], { assets }),
    "assets/a/b/c.json": "c",
    "assets/d.json": "d",
    "assets/a/e": "e",
  });
  expect(told(lesson)).toEqual([]);
  expect(lesson.assets.map(({ target }) => target)).toEqual(["/x/c.json", "/x/d.json", "/y/e"]);
});

test("Katacoda's names for scripts and answers", () => {
  const lesson = read({
    ...scenario([{ text: "step1.md", code: "fg.sh", courseData: "bg.sh", answer: "a.md" }]),
    "fg.sh": "f",
    "bg.sh": "b",
    "a.md": "`x`{{execute}}",
  });
  expect(told(lesson)).toEqual([]);
  expect(lesson.steps[0]).toMatchObject({
    title: "One",
    foreground: { text: "f" },
    background: { text: "b" },
    solution: { text: "x" },
  });
});

const MALFORMED: [name: string, folder: Texts, warning: string, steps: number][] = [
  ["nothing", {}, 'index.json "index.json" is missing', 0],
  ["an empty index", { "index.json": "" }, "index.json:1:1 is no JSON: value expected", 0],
  [
    "an index in capitals",
    { ...scenario([STEP]), "index.json": "", "Index.JSON": "" },
    "index.json:1:1 is no JSON: value expected",
    0,
  ],
  ["no object", { "index.json": "[]" }, "index.json:1:1 a list stands where an object should", 0],
  ["binary", { "index.json": "\u0000\u0001" }, "index.json:1:1 is no JSON: invalid symbol", 0],
  [
    "a cut file",
    { ...scenario([STEP]), "index.json": '{"title": "T",\n"details": {"steps": [{"text": "step1.md"' },
    "index.json:2:42 is no JSON: close brace expected",
    1,
  ],
  [
    "a comma too many",
    { ...scenario([STEP]), "index.json": '{"details": {"steps": [\n{"text": "step1.md"},\n]}}' },
    "index.json:3:1 is no JSON: value expected",
    1,
  ],
  [
    "a comma too few",
    { ...scenario([STEP]), "index.json": '{"title": "T"\n"details": {"steps": [{"text": "step1.md"}]}}' },
    "index.json:2:1 is no JSON: comma expected",
    1,
  ],
  ["nesting without end", { "index.json": "[".repeat(100_000) }, "index.json:1:1 is nested deeper than 64 levels", 0],
  [
    "no title",
    { ...scenario([STEP]), "index.json": '{"details": {"steps": [{"text": "step1.md"}]}}' },
    "index.json:1:1 there is no title",
    1,
  ],
  [
    "a title that is a list",
    { ...scenario([STEP]), "index.json": '{"title": ["T"], "details": {"steps": [{"text": "step1.md"}]}}' },
    'index.json:1:11 "title" is a list, not a string',
    1,
  ],
  [
    "a title that is a number",
    { ...scenario([STEP]), "index.json": '{"title": 7, "details": {"steps": [{"text": "step1.md"}]}}' },
    'index.json:1:11 "title" is a number, not a string',
    1,
  ],
  ["no details", { "index.json": '{"title": "T"}' }, "index.json:1:1 there are no steps", 0],
  [
    "steps without details",
    { ...scenario([STEP]), "index.json": '{"title": "T", "steps": ["step1.md"]}' },
    'index.json:1:26 "step1.md" stands where an object with "text" should',
    1,
  ],
  [
    "detail",
    { ...scenario([STEP]), "index.json": '{"title": "T", "detail": {"steps": [{"text": "step1.md"}]}}' },
    'index.json:1:26 "detail" is taken for "details"',
    1,
  ],
  [
    "details.step",
    { ...scenario([STEP]), "index.json": '{"title": "T", "details": {"step": [{"text": "step1.md"}]}}' },
    'index.json:1:36 "step" is taken for "steps"',
    1,
  ],
  ["one step, no list", scenario(STEP), 'index.json:3:21 "steps" is an object, not a list', 1],
  ["steps by number", scenario({ 1: STEP, 2: STEP }), 'index.json:3:21 "steps" is an object, not a list', 2],
  ["steps null", scenario(null), 'index.json:3:21 "steps" is null, not a list', 1],
  [
    "a step that is a string",
    scenario(["step1.md"]),
    'index.json:3:22 "step1.md" stands where an object with "text" should',
    1,
  ],
  ["a step that is null", scenario([null]), "index.json:3:22 null stands where an object should", 1],
  [
    "an intro that is a string",
    scenario([STEP], { intro: "step1.md" }),
    'index.json:3:51 "step1.md" stands where an object with "text" should',
    1,
  ],
  ["instructions", scenario([{ instructions: "step1.md" }]), 'index.json:3:38 "instructions" is taken for "text"', 1],
  [
    "a key near another",
    scenario([{ ...STEP, verfy: "v.sh" }]),
    'index.json:3:49 "verfy" is not known (did you mean verify?)',
    1,
  ],
  ["a step without text", scenario([{ title: "One" }]), "index.json:3:22 there is no text", 1],
  ["a text that is missing", scenario([{ text: "step2.md" }]), 'index.json:3:30 "step2.md" is missing', 1],
  [
    "a text in the wrong case",
    scenario([{ text: "Step1.MD" }]),
    'index.json:3:30 "Step1.MD" is missing; "step1.md" is taken',
    1,
  ],
  [
    "a text out of the folder",
    scenario([{ text: "../../etc/passwd" }]),
    'index.json:3:30 "../../etc/passwd" leads out of the folder',
    1,
  ],
  [
    "a script out of the folder",
    scenario([{ ...STEP, verify: "a/../../v.sh" }]),
    'index.json:3:50 "a/../../v.sh" leads out of the folder',
    1,
  ],
  ["a verify that is missing", scenario([{ ...STEP, verify: "w.sh" }]), 'index.json:3:50 "w.sh" is missing', 1],
  [
    "a verify that is an object",
    scenario([{ ...STEP, verify: {} }]),
    'index.json:3:50 "verify" is an object, not a string',
    1,
  ],
  [
    "a text without end",
    { ...scenario([STEP]), "step1.md": "a".repeat(1_100_000) },
    "step1.md is larger than 1048576 bytes, and not read",
    1,
  ],
  [
    "assets that are a list",
    scenario([STEP], { assets: [] }),
    "index.json:3:52 a list stands where an object should",
    1,
  ],
  [
    "an asset without a file",
    scenario([STEP], { assets: { host01: [{ target: "/" }] } }),
    "index.json:3:63 the asset has no file",
    1,
  ],
  [
    "an asset that is missing",
    scenario([STEP], { assets: { host01: [{ file: "x" }] } }),
    'index.json:3:63 "x" is missing',
    1,
  ],
  [
    "assets that match nothing",
    scenario([STEP], { assets: { host01: [{ file: "*.x" }] } }),
    'index.json:3:63 no file is named "*.x"',
    1,
  ],
  [
    "an asset out of the folder",
    scenario([STEP], { assets: { host01: [{ file: "../x" }] } }),
    'index.json:3:63 "../x" leads out of the folder',
    1,
  ],
  [
    "a mode that is none",
    scenario([STEP], { assets: { host01: [{ file: "v.sh", chmod: "$(reboot)" }] } }),
    'index.json:3:63 chmod "$(reboot)" is no mode',
    1,
  ],
];

test.each(MALFORMED)("malformed: %s", (_, folder, warning, steps) => {
  const lesson = read(folder);
  expect(told(lesson)).toContain(warning);
  expect(lesson.steps.length).toBe(steps);
});

const withText = (text: string) => read({ ...scenario([STEP]), "step1.md": text }).steps[0]!.lacks;

test.each([
  ["`kubectl get pods`{{exec}}", "cluster", "kubectl: there is no cluster here"],
  ["`curl https://example.com`{{exec}}", "internet", "curl: there is no internet here"],
  ["`sudo apt-get install -y jq`{{exec}}", "internet", "apt-get: there is no internet here"],
  ["`cd x && git clone https://example.com/x`{{exec}}", "internet", "git: there is no internet here"],
  ["`docker run -d -p 80:80 --name web nginx`{{exec}}", "image", "the image nginx is not here"],
  ["`docker pull ghcr.io/a/b:1`{{exec}}", "image", "the image ghcr.io/a/b is not here"],
  ["`docker compose up`{{exec}}", "program", "docker compose is not here"],
  ["`python3 app.py`{{exec}}", "program", "python3 is not here"],
  ["[see]({{TRAFFIC_HOST1_80}})", "ports", "port 80 of the machine cannot be opened here"],
])("%s lacks %s", (text, kind, message) => {
  expect(withText(text)).toMatchObject([{ kind, message, file: "step1.md" }]);
});

test.each([
  "`docker run --rm -it busybox sh`{{exec}}",
  "`docker run mine`{{exec}}",
  "`wget -qO- http://localhost:80`{{exec}}",
  "`echo kubectl`{{exec}}",
  "`kubectl get pods` is only named",
])("%s lacks nothing", (text) => {
  expect(withText(text)).toEqual([]);
});

test("what a script lacks is told by its line; what the whole lesson lacks by its image", () => {
  const lesson = read({
    "index.json":
      '{"title": "T", "details": {"steps": [{"text": "a.md", "background": "b.sh"}]},\n"backend": {"imageid": "kubernetes-kubeadm-2nodes"}}',
    "a.md": "a",
    "b.sh": "#!/bin/bash\n\nhelm install x",
  });
  expect(lesson.steps[0]!.lacks).toMatchObject([{ kind: "cluster", file: "b.sh", line: 3 }]);
  expect(lesson.lacks).toMatchObject([{ kind: "cluster", file: "index.json", line: 2 }]);
});

test("a course lists its scenarios in order, and tells of those that are not there", () => {
  const [course] = readCourses(
    files({
      "structure.json":
        '{"title": "C", "items": [{"path": "b"}, {"path": "a", "title": "A"},\n{"path": "x"}, {"course_id": "../a"}, {}]}',
      "a/index.json": "{}",
      "b/index.json": "{}",
    }),
  );
  expect(course?.items.map(({ path }) => path)).toEqual(["b", "a"]);
  expect(course?.warnings.map(({ line, message }) => `${line} ${message}`)).toEqual([
    '2 "x" is no scenario folder',
    '2 "../a" is no scenario folder',
    "2 the item has no path",
  ]);
});

test("a Katacoda pathway lists what is in the folder of its name", () => {
  const courses = readCourses(
    files({
      "one-pathway.json": '{"title": "One", "courses": [{"course_id": "a", "title": "A"}]}',
      "two-pathway.json": '{"title": "Two", "courses": [{"course_id": "a"}]}',
      "one/a/index.json": "{}",
    }),
  );
  expect(courses.map(({ title, items }) => [title, items.map(({ path }) => path)])).toEqual([
    ["One", ["one/a"]],
    ["Two", []],
  ]);
});

test("scenario folders are found at any depth", () => {
  expect(scenarioFolders(files({ "b/index.json": "", "a/c/index.json": "", "d/x": "" }))).toEqual(["a/c", "b"]);
});
