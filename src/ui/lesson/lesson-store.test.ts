import { expect, test } from "vitest";
import { readLesson } from "../../lessons/read-lesson.js";
import { FakeSession } from "../../session/fake-session.js";
import { fetchLesson } from "./fetch-lesson.js";
import { LessonStore } from "./lesson-store.js";

const FILES: Record<string, string> = {
  "index.json": JSON.stringify({
    title: "T",
    details: {
      intro: { text: "intro.md", background: "bg.sh" },
      steps: [
        { text: "s/one.md", verify: "s/v.sh" },
        { text: "s/two.md", foreground: "fg.sh" },
      ],
      assets: { host01: [{ file: "tool.sh", target: "/opt" }] },
    },
  }),
  "intro.md": "hello",
  "bg.sh": "background",
  "fg.sh": "foreground",
  "s/one.md": "`ls`{{exec}}",
  "s/v.sh": "verify",
  "s/two.md": "two ![a](../assets/p.png) ![b](https://x/y.png)",
  "assets/p.png": "png",
  "assets/tool.sh": "tool",
};

const encode = (text: string) => new TextEncoder().encode(text);

function open() {
  const session = new FakeSession(() => undefined);
  const files = new Map(Object.entries(FILES).map(([path, text]) => [path, encode(text)]));
  return {
    session,
    store: new LessonStore({ lesson: readLesson(files, { images: [] }), folder: "http://page/" }, session),
  };
}

test("a lesson is fetched with the files that it names, and no other", async () => {
  const asked: string[] = [];
  const { lesson } = await fetchLesson("http://page/site/", "a b", async (input) => {
    const path = String(input).replace("http://page/site/lessons/a%20b/", "");
    asked.push(path);
    return FILES[path] === undefined ? new Response("", { status: 404 }) : new Response(FILES[path]);
  });
  expect(lesson.warnings.map(({ message }) => message)).toEqual([
    'the picture "https://x/y.png" is not in the folder, and not shown',
  ]);
  expect(lesson.steps[1]!.text[0]).toMatchObject({ children: [{}, { type: "image", path: "assets/p.png" }, {}, {}] });
  expect(lesson.steps.length).toBe(2);
  expect(lesson.assets.map(({ target }) => target)).toEqual(["/opt/tool.sh"]);
  expect(asked.filter((path) => path.includes(":") || path.startsWith(".."))).toEqual([]);
  await expect(fetchLesson("http://page/", "none", async () => new Response("", { status: 404 }))).rejects.toThrow(
    "There is no lesson named none here.",
  );
});

test("assets come first, then a page's scripts, once", async () => {
  const { session, store } = open();
  await store.begin();
  expect(session.scripts).toEqual(["mkdir -p \"$(dirname '/opt/tool.sh')\" && cat >'/opt/tool.sh'", "background"]);
  store.go(2);
  store.go(0);
  store.go(2);
  store.go(7);
  expect(session.scripts.slice(2)).toEqual(["foreground"]);
  expect(store.value.at).toBe(2);
});

test("a check says why it fails, that it passes, or that it did not end", async () => {
  const { session, store } = open();
  await store.check();
  expect(session.scripts).toEqual([]);
  store.go(1);
  session.script = () => ({ status: 1, output: "There is no image yet.\n", timedOut: false });
  await store.check();
  expect(store.value.checks[1]).toEqual({ state: "failed", reason: "There is no image yet." });
  session.script = () => ({ status: 137, output: "", timedOut: true });
  await store.check();
  expect(store.value.checks[1]).toMatchObject({ reason: expect.stringContaining("had not ended after 60 seconds") });
  session.script = () => {
    throw new Error("the machine is not running");
  };
  await store.check();
  expect(store.value.checks[1]).toMatchObject({ reason: "The check could not be run: the machine is not running" });
  session.script = () => ({ status: 0, output: "", timedOut: false });
  await store.check();
  expect(store.value.checks[1]).toEqual({ state: "passed" });
});

test("a page that cannot be made ready says why", async () => {
  const { session, store } = open();
  session.script = (script) => ({ status: script === "background" ? 2 : 0, output: "no such thing", timedOut: false });
  await store.begin();
  expect(store.value.trouble).toBe("bg.sh could not make this page ready: no such thing");
});

test("a command is typed into the terminal, line by line", () => {
  const { session, store } = open();
  store.act({ kind: "execute", terminal: 1, interrupt: false }, "cd /tmp\nls\n");
  store.act({ kind: "execute", terminal: 1, interrupt: true }, "top");
  expect(session.written).toEqual(["cd /tmp\rls\r", "\x03top\r"]);
});
