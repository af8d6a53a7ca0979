import { expect, test } from "vitest";
import { tarOf } from "../fakes/fake-build.js";
import { type FakeEngine, fakeEngine } from "../fakes/fake-engine.js";

const query = (filters: object) => `filters=${encodeURIComponent(JSON.stringify(filters))}`;

async function pulled(): Promise<FakeEngine> {
  const fake = await fakeEngine();
  await fake.ask("POST", "/images/create?fromImage=busybox&tag=latest");
  return fake;
}

async function created({ ask }: FakeEngine, name: string, more: object = {}): Promise<string> {
  return (await ask("POST", `/containers/create?name=${name}`, { Image: "busybox", ...more })).body.Id;
}

const LISTS = [
  ["GET", "/containers/json"],
  ["GET", "/images/json"],
  ["GET", "/volumes"],
  ["GET", "/events"],
  ["POST", "/containers/prune"],
  ["POST", "/images/prune"],
  ["POST", "/volumes/prune"],
  ["POST", "/build/prune"],
] as const;

test.each(LISTS)("%s %s refuses a filter that it does not apply", async (method, path) => {
  const { ask } = await fakeEngine();
  expect(await ask(method, `${path}?${query({ nope: ["1"] })}`)).toMatchObject({
    status: 400,
    body: { message: "invalid filter 'nope'" },
  });
});

test.each([
  ["GET", "/containers/json", { status: ["odd"] }, "invalid filter 'status=odd'"],
  ["GET", "/containers/json", { exited: ["x"] }, "invalid filter 'exited=x'"],
  ["GET", "/containers/json", { "is-task": ["maybe"] }, "invalid filter 'is-task=[maybe]'"],
  ["GET", "/containers/json", { expose: ["web"] }, 'invalid port specification: "web"'],
  ["GET", "/images/json", { dangling: ["maybe"] }, "invalid filter 'dangling=[maybe]'"],
  ["GET", "/images/json", { reference: ["["] }, "syntax error in pattern"],
  ["GET", "/volumes", { name: ["["] }, "invalid filter 'name=['"],
  ["POST", "/containers/prune", { until: ["xx"] }, 'failed to parse value as time or duration: "xx"'],
  ["POST", "/containers/prune", { until: ["1h", "2h"] }, "more than one until filter specified"],
  ["POST", "/volumes/prune", { all: ["maybe"] }, "invalid filter 'all=[maybe]'"],
])("%s %s refuses %o, though nothing is there", async (method, path, filters, message) => {
  const { ask } = await fakeEngine();
  expect(await ask(method, `${path}?${query(filters)}`)).toMatchObject({ status: 400, body: { message } });
});

test.each([
  [{ label: ["keep"] }, ["plain"]],
  [{ "label!": ["keep"] }, ["kept"]],
  [{ "label!": ["keep=no"] }, []],
  // Of several, as dockerd has it, all must be there.
  [{ "label!": ["keep", "more"] }, []],
])("volumes/prune, all of %o: %o are left", async (filters, left) => {
  const { ask } = await fakeEngine();
  await ask("POST", "/volumes/create", { Name: "plain" });
  await ask("POST", "/volumes/create", { Name: "kept", Labels: { keep: "yes" } });
  await ask("POST", `/volumes/prune?${query({ all: ["true"], ...filters })}`);
  expect((await ask("GET", "/volumes")).body.Volumes.map(({ Name }: { Name: string }) => Name)).toEqual(left);
});

test("container and image prunes go by label and by time", async () => {
  const fake = await pulled();
  const { ask } = fake;
  await created(fake, "plain");
  await created(fake, "kept", { Labels: { keep: "" } });
  const prune = async (path: string, filters: object) => (await ask("POST", `${path}/prune?${query(filters)}`)).body;
  expect((await prune("/containers", { until: ["24h"] })).ContainersDeleted).toBeNull();
  expect((await prune("/containers", { "label!": ["keep"] })).ContainersDeleted).toHaveLength(1);
  expect((await prune("/containers", { label: ["keep"] })).ContainersDeleted).toHaveLength(1);
  expect((await prune("/images", { dangling: ["false"], label: ["none"] })).ImagesDeleted).toBeNull();
  expect((await prune("/images", { dangling: ["false"], until: ["2023-01-01"] })).ImagesDeleted).toBeNull();
  expect((await prune("/images", {})).ImagesDeleted).toBeNull();
  expect((await prune("/images", { dangling: ["false"], until: ["24h"] })).ImagesDeleted).not.toBeNull();
});

test("the build cache is pruned by age", async () => {
  const { ask } = await pulled();
  await ask("POST", "/build?t=app", tarOf({ Dockerfile: "FROM busybox\nCOPY Dockerfile /d\n" }));
  const entries = async () => (await ask("GET", "/system/df?type=build-cache")).body.BuildCache;
  expect(await entries()).toHaveLength(1);
  await ask("POST", `/build/prune?${query({ until: ["24h"] })}`);
  await ask("POST", `/build/prune?${query({ label: ["x"] })}`);
  expect(await entries()).toHaveLength(1);
  expect((await ask("POST", "/build/prune?keep-storage=5")).status).toBe(400);
  await ask("POST", "/build/prune");
  expect(await entries()).toEqual([]);
});

test("ports are filtered by number and protocol, not by how they begin", async () => {
  const fake = await pulled();
  await created(fake, "web", { ExposedPorts: { "8080/tcp": {}, "90-92/udp": {} } });
  const found = async (filters: object) => (await fake.ask("GET", `/containers/json?all=1&${query(filters)}`)).body;
  expect([await found({ expose: ["8080"] })].flat()).toHaveLength(1);
  expect([await found({ expose: ["91/udp"] })].flat()).toHaveLength(1);
  expect(await found({ expose: ["80"] })).toEqual([]);
  expect(await found({ expose: ["91"] })).toEqual([]);
  expect(await found({ publish: ["8080"] })).toEqual([]);
});

test("container prune leaves anonymous volumes, as rm without -v does", async () => {
  const fake = await pulled();
  await created(fake, "c1", { Volumes: { "/data": {} } });
  await fake.ask("POST", "/containers/prune");
  expect((await fake.ask("GET", "/volumes")).body.Volumes).toHaveLength(1);
  const id = await created(fake, "c1", { Volumes: { "/data": {} } });
  await fake.ask("DELETE", `/containers/${id}?v=1`);
  await fake.engine.idle();
  expect((await fake.ask("GET", "/volumes")).body.Volumes).toHaveLength(1);
});
