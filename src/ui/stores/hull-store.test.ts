import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FakeSession } from "../../session/fake-session.js";
import { HullStore } from "./hull-store.js";

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("document", { hidden: false });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const IMAGE = { Id: "sha256:image", RepoTags: ["busybox:latest"] };
const REPORT = { diffID: "sha256:1", instruction: "COPY busybox", size: 2, hiddenBytes: 0, changes: [] };
const INSPECT = {
  ...{ Id: "c1", Name: "/web", Path: "sleep", Args: [], State: { Pid: 9 }, Image: "sha256:image", HostConfig: {} },
  NetworkSettings: { Networks: {}, Ports: {} },
};

function started() {
  const asked: string[] = [];
  const session = new FakeSession((path) => {
    asked.push(path);
    if (path === "/images/json") return [IMAGE];
    if (path.startsWith("/containers/json")) return [{ Id: "c1", SizeRw: 5 }];
    return path === "/containers/c1/json" ? INSPECT : [REPORT];
  });
  const hull = new HullStore(session);
  session.start();
  return { session, hull, asked };
}

test("nothing is asked until it is looked at, and nothing any more afterwards", async () => {
  const { hull, asked } = started();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(asked).toEqual([]);
  hull.show(true);
  await vi.advanceTimersByTimeAsync(200);
  expect(hull.value.slabs).toMatchObject([{ diffID: "sha256:1", images: ["busybox:latest"] }]);
  expect(hull.value.vessels).toMatchObject([{ name: "web", pid: 9, upperBytes: 5, slabs: ["sha256:1"] }]);
  hull.show(false);
  const before = asked.length;
  await vi.advanceTimersByTimeAsync(10_000);
  expect(asked.length).toBe(before);
});

test("layers of an image are asked for once", async () => {
  const { hull, asked } = started();
  hull.show(true);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(asked.filter((path) => path.startsWith("/drydock/images/"))).toHaveLength(1);
  hull.dispose();
});

test("steps are told with whom they were made for", async () => {
  const { session, hull } = started();
  session.trace.fire({ type: "span-start", span: "s", kind: "container", title: "web", at: 0 });
  session.trace.fire({
    type: "step",
    span: "s",
    at: 1,
    call: "pivot_root",
    detail: ". .",
    startMicros: 0,
    durationMicros: 4,
  });
  session.trace.fire({ type: "step", span: "s", at: 1, call: "close", detail: "3", startMicros: 0, durationMicros: 1 });
  expect(hull.value.steps).toMatchObject([{ call: "pivot_root", part: "root", subject: "web" }]);
  expect(hull.value.narration).toMatch(/^web: the stack of layers became the root directory/);
});

test("a build's instructions are under construction while they run", () => {
  const { session, hull } = started();
  session.trace.fire({ type: "span-start", span: "i", kind: "instruction", title: "RUN rm /x", at: 0 });
  expect(hull.value.building).toEqual([{ span: "i", title: "RUN rm /x" }]);
  session.trace.fire({ type: "span-end", span: "i", outcome: "done", at: 1 });
  expect(hull.value.building).toEqual([]);
});
