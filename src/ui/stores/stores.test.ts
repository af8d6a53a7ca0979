import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { SessionStartError, type TraceEvent } from "../../session/client.js";
import { FakeSession } from "../../session/fake-session.js";
import { BuildStore } from "./build-store.js";
import { ImagesStore } from "./images-store.js";
import { advance, fractionOf, loadStore, msLeft } from "./load-store.js";
import { MessagesStore } from "./messages-store.js";
import { TerminalFeed } from "./terminal-feed.js";
import { WorkspaceStore } from "./workspace-store.js";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const settle = () => vi.advanceTimersByTimeAsync(0);
const bytes = (text: string) => new TextEncoder().encode(text);
const text = (value: Uint8Array | undefined) => value && new TextDecoder().decode(value);

test("loading goes step by step to ready", async () => {
  const session = new FakeSession(() => []);
  const load = loadStore(session);
  session.progress.fire({ step: "restore", label: "" });
  expect(load.value).toMatchObject({ steps: [{ state: "done" }, { state: "active" }, { state: "pending" }] });
  session.start();
  await settle();
  expect(load.value).toEqual({ phase: "ready" });
});

test("what the machine says is kept, each line once, until it is dismissed", () => {
  const session = new FakeSession(() => []);
  const messages = new MessagesStore(session);
  for (const line of ["a", "b", "a", "c", "d"]) session.messages.fire(line);
  expect(messages.value).toEqual(["a", "c", "d"]);
  messages.dismiss();
  expect(messages.value).toEqual([]);
});

test("bytes are counted until they are all there", () => {
  const [state] = advance([{ step: "state", label: "", state: "pending" }], {
    step: "state",
    label: "",
    loadedBytes: 5,
    totalBytes: 20,
  });
  expect(fractionOf(state!)).toBe(0.25);
  expect(advance([state!], { step: "state", label: "", loadedBytes: 20, totalBytes: 20 })[0]!.state).toBe("done");
});

test("what is left is told by the pace so far, and grows while nothing comes", () => {
  const step = { step: "state", label: "", state: "active", loadedBytes: 5, totalBytes: 20, startedAt: 1000 } as const;
  expect(msLeft(step, 1500)).toBeUndefined();
  expect(msLeft(step, 3000)).toBe(6000);
  expect(msLeft(step, 5000)).toBe(12000);
  expect(msLeft({ ...step, loadedBytes: 0 }, 5000)).toBeUndefined();
});

test("a failed start keeps its code; a hung machine may come back", async () => {
  const failed = new FakeSession(() => []);
  const load = loadStore(failed);
  failed.fail(new SessionStartError("vm-missing", "vm.json is not there"));
  await settle();
  expect(load.value).toEqual({ phase: "failed", code: "vm-missing", message: "vm.json is not there" });

  const hung = new FakeSession(() => []);
  const store = loadStore(hung);
  hung.start();
  await settle();
  hung.health.fire({ state: "hung", message: "no answer" });
  expect(store.value).toMatchObject({ phase: "down", health: { state: "hung" } });
  hung.health.fire({ state: "running" });
  expect(store.value).toEqual({ phase: "ready" });
});

const built = (imageID: string): TraceEvent => ({ type: "image", action: "build", imageID, at: 1 }) as TraceEvent;

test("a built image comes up with its layers", async () => {
  let images = [{ Id: "sha256:a" }];
  const session = new FakeSession((path) => (path === "/images/json" ? images : [{ instruction: path }]));
  const store = new ImagesStore(session);
  session.start();
  await settle();
  expect(store.value).toMatchObject({
    selected: "sha256:a",
    layers: [{ instruction: "/drydock/images/sha256:a/layers" }],
  });
  images = [{ Id: "sha256:b" }, { Id: "sha256:a" }];
  session.trace.fire(built("sha256:b"));
  await settle();
  expect(store.value).toMatchObject({ selected: "sha256:b", images: [{ Id: "sha256:b" }, {}] });
});

test("a selected image that is gone gives way to one that is there", async () => {
  let images = [{ Id: "sha256:b" }, { Id: "sha256:a" }];
  const session = new FakeSession((path) => (path === "/images/json" ? images : []));
  const store = new ImagesStore(session);
  session.start();
  await settle();
  images = [{ Id: "sha256:a" }];
  session.trace.fire({ ...built("sha256:b"), action: "delete" } as TraceEvent);
  await settle();
  expect(store.value.selected).toBe("sha256:a");
});

test("what the engine refuses is said", async () => {
  const session = new FakeSession((path) => (path === "/images/json" ? [{ Id: "sha256:a" }] : undefined));
  const store = new ImagesStore(session);
  session.start();
  await settle();
  expect(store.value.error).toBe("no such path: /drydock/images/sha256:a/layers");
});

function instruction(span: string, number: number, outcome: "done" | "cached"): TraceEvent[] {
  const step = { number, total: 2, firstLine: number, lastLine: number };
  return [
    { type: "span-start", span, kind: "instruction", title: `RUN ${number}`, at: 1, step },
    { type: "span-end", span, at: 2, outcome },
  ];
}

test("a build tells its step, its output and how it went", async () => {
  const session = new FakeSession(() => []);
  const store = new BuildStore(session);
  let finish: (status: number) => void = () => {};
  session.run = (_argv, { onOutput }) => {
    onOutput("#1 DONE\n");
    return new Promise((resolve) => {
      finish = resolve;
    });
  };
  session.start();
  const build = store.build("big", "/root/work");
  await settle();
  for (const event of [...instruction("a", 1, "cached"), ...instruction("b", 2, "done")]) session.trace.fire(event);
  expect(store.value).toMatchObject({ phase: "running", step: { number: 2, total: 2 }, output: "#1 DONE\n" });
  await store.build("again", "/root/work");
  finish(0);
  await build;
  expect(store.value).toMatchObject({ phase: "done", steps: { total: 2, cached: 1 } });
  expect(session.commands).toEqual([["build", "-t", "big", "."]]);
});

test("a build that is asked for early waits for the machine, until it is cancelled or there will be none", async () => {
  const session = new FakeSession(() => []);
  const store = new BuildStore(session);
  const cancelled = store.build("big", "/");
  expect(store.value.phase).toBe("waiting");
  store.cancel();
  await cancelled;
  expect(store.value.phase).toBe("idle");
  const built = store.build("big", "/");
  session.start();
  await built;
  expect(session.commands).toEqual([["build", "-t", "big", "."]]);

  const failing = new FakeSession(() => []);
  const never = new BuildStore(failing);
  const build = never.build("big", "/");
  failing.fail(new SessionStartError("vm-missing", "vm.json is not there"));
  await build;
  expect(never.value.phase).toBe("idle");
});

test("a build fails with its status, and is cancelled by its button", async () => {
  const session = new FakeSession(() => []);
  const store = new BuildStore(session);
  session.run = async () => 1;
  session.start();
  await store.build("big", "/");
  expect(store.value.phase).toBe("failed");
  session.run = (_argv, { signal }) => new Promise((resolve) => signal?.addEventListener("abort", () => resolve(130)));
  const build = store.build("big", "/");
  await settle();
  store.cancel();
  await build;
  expect(store.value.phase).toBe("cancelled");
});

test("edits are written after a pause, or at once when asked", async () => {
  const session = new FakeSession(() => []);
  session.files.set("Dockerfile", bytes("FROM a"));
  const store = new WorkspaceStore(session);
  store.edit("Dockerfile", "FROM b");
  store.edit("Dockerfile", "FROM bc");
  expect(store.isDirty("Dockerfile")).toBe(true);
  await vi.advanceTimersByTimeAsync(300);
  expect(text(session.files.get("Dockerfile"))).toBe("FROM bc");
  expect(store.isDirty("Dockerfile")).toBe(false);
  store.edit("Dockerfile", "FROM d");
  await store.flush();
  expect(text(session.files.get("Dockerfile"))).toBe("FROM d");
});

test("the files to come are shown until the machine tells which there are", async () => {
  const session = new FakeSession(() => []);
  session.files.set("Dockerfile", bytes("FROM guest"));
  const store = new WorkspaceStore(session);
  store.expect([
    { path: "a", bytes: bytes("x") },
    { path: "Dockerfile", bytes: bytes("FROM page") },
  ]);
  expect(store.value).toEqual({
    files: [expect.objectContaining({ path: "Dockerfile" }), expect.anything()],
    selected: "Dockerfile",
  });
  expect(await store.read("Dockerfile")).toEqual({ kind: "text", text: "FROM page" });
  expect(store.dockerfile.value).toBe("FROM page");
  session.start();
  await settle();
  store.expect([{ path: "late", bytes: bytes("x") }]);
  expect(store.value.files?.map(({ path }) => path)).toEqual(["Dockerfile"]);
  expect(store.dockerfile.value).toBe("FROM guest");
  store.edit("Dockerfile", "FROM edited");
  expect(store.dockerfile.value).toBe("FROM edited");
  store.dispose();
});

test("the guest's changes are told, unless an edit waits", async () => {
  const session = new FakeSession(() => []);
  session.files.set("Dockerfile", bytes("FROM a"));
  session.files.set("lib/x", bytes("x"));
  session.files.set("app", bytes("x"));
  const store = new WorkspaceStore(session);
  const told: string[] = [];
  store.onContents(({ path }) => told.push(path));
  store.edit("Dockerfile", "FROM mine");
  session.workspaceChange.fire(["Dockerfile", "app", "gone"]);
  await settle();
  expect(told).toEqual(["app"]);
  expect(store.value.files?.map(({ path }) => path)).toEqual(["Dockerfile", "app", "lib/x"]);
  expect(store.value.selected).toBe("Dockerfile");
  store.dispose();
});

test("terminal output waits for the terminal", () => {
  const session = new FakeSession(() => []);
  const feed = new TerminalFeed(session);
  session.terminalData.fire(bytes("one "));
  session.terminalData.fire(bytes("two "));
  let shown = "";
  feed.consume((chunk) => {
    shown += text(chunk);
  });
  session.terminalData.fire(bytes("three"));
  expect(shown).toBe("one two three");
});
