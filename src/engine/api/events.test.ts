import { expect, test } from "vitest";
import { tarOf } from "../fakes/fake-build.js";
import { type FakeEngine, fakeEngine } from "../fakes/fake-engine.js";
import type { EventMessage } from "./types.js";

const sleep = async ({ signalled }: { signalled: Promise<number> }) => 128 + (await signalled);

async function pulled(programs: Parameters<typeof fakeEngine>[0] = {}): Promise<FakeEngine> {
  const fake = await fakeEngine({ sleep, ...programs });
  await fake.ask("POST", "/images/create?fromImage=busybox&tag=latest");
  return fake;
}

/** All so far. */
async function told({ ask }: FakeEngine, filters: object = {}): Promise<EventMessage[]> {
  const until = Date.now() / 1000 + 0.01;
  const query = `since=1&until=${until}&filters=${encodeURIComponent(JSON.stringify(filters))}`;
  const { body } = await ask("GET", `/events?${query}`);
  return [body ?? []].flat();
}

const brief = ({ Type, Action, Actor }: EventMessage) => {
  const { image, name, ...attributes } = Actor.Attributes;
  return [Type, Action, attributes];
};

test("a container's life, as moby tells it", async () => {
  const fake = await pulled();
  const { ask } = fake;
  const request = { Image: "busybox", Cmd: ["sleep"], Labels: { a: "b" }, HostConfig: { Binds: ["vol:/v"] } };
  const { Id } = (await ask("POST", "/containers/create?name=c1", request)).body;
  await ask("POST", `/containers/${Id}/start`);
  await ask("POST", `/containers/${Id}/pause`);
  await ask("POST", `/containers/${Id}/unpause`);
  await ask("POST", `/containers/${Id}/rename?name=c2`);
  await ask("POST", `/containers/${Id}/stop`);
  await ask("DELETE", `/containers/${Id}`);
  const events = await told(fake, { type: ["container", "volume"] });
  const mine = { a: "b" };
  expect(events.map(brief)).toEqual([
    ["volume", "create", { driver: "local" }],
    ["container", "create", mine],
    ["volume", "mount", { container: Id, destination: "/v", driver: "local", propagation: "", "read/write": "true" }],
    ["container", "start", mine],
    ["container", "pause", mine],
    ["container", "unpause", mine],
    ["container", "rename", { ...mine, oldName: "/c1" }],
    ["container", "kill", { ...mine, signal: "15" }],
    ["container", "die", { ...mine, exitCode: "143", execDuration: "0" }],
    ["volume", "unmount", { container: Id, driver: "local" }],
    ["container", "stop", mine],
    ["container", "destroy", mine],
  ]);
  expect(events.at(-1)).toMatchObject({
    status: "destroy",
    id: Id,
    from: "busybox",
    Actor: { ID: Id, Attributes: { image: "busybox", name: "c2" } },
    scope: "local",
  });
  expect(events[0]).not.toHaveProperty("status");
});

test("restart, execs, attach and resize", async () => {
  const fake = await pulled();
  const { ask } = fake;
  const { Id } = (await ask("POST", "/containers/create", { Image: "busybox", Cmd: ["sleep"], Tty: true })).body;
  const attached = await fake.upgrade(`/containers/${Id}/attach?stream=1&stdout=1`);
  if (attached instanceof Response) throw new Error(await attached.text());
  await ask("POST", `/containers/${Id}/start`);
  await ask("POST", `/containers/${Id}/resize?h=24&w=80`);
  for (const Cmd of [["true"], ["nosuch", "x"]]) {
    const exec = (await ask("POST", `/containers/${Id}/exec`, { Cmd })).body.Id;
    await ask("POST", `/exec/${exec}/start`, { Detach: true });
  }
  await ask("POST", `/containers/${Id}/restart`);
  await ask("DELETE", `/containers/${Id}?force=1`);
  const events = (await told(fake, { container: [Id] })).map(brief);
  const execID = expect.any(String);
  expect(events).toEqual([
    ["container", "create", {}],
    ["container", "attach", {}],
    ["container", "start", {}],
    ["container", "resize", { height: "24", width: "80" }],
    ["container", "exec_create: true ", { execID }],
    ["container", "exec_start: true ", { execID }],
    ["container", "exec_die", { execID, exitCode: "0" }],
    ["container", "exec_create: nosuch x", { execID }],
    ["container", "exec_die", { execID, exitCode: "127" }],
    ["container", "kill", { signal: "15" }],
    ["container", "die", { exitCode: "143", execDuration: "0" }],
    ["container", "stop", {}],
    ["container", "start", {}],
    ["container", "restart", {}],
    ["container", "kill", { signal: "9" }],
    // The fake machine takes this exit code for a memory limit's doing.
    ["container", "oom", {}],
    ["container", "die", { exitCode: "137", execDuration: "0" }],
    ["container", "destroy", {}],
  ]);
});

test("an image's events are of its id, with the name as an attribute", async () => {
  const fake = await pulled();
  const { ask } = fake;
  const image = (await ask("GET", "/images/busybox/json")).body.Id;
  await ask("POST", "/images/busybox/tag?repo=mine/box&tag=v1");
  await ask("DELETE", "/images/mine/box:v1");
  await ask("GET", "/images/busybox/get");
  await ask("POST", "/build?t=app", tarOf({ Dockerfile: "FROM busybox\nLABEL l=m\n" }));
  const app = (await ask("GET", "/images/app/json")).body.Id;
  await ask("DELETE", "/images/app");
  const events = await told(fake, { type: ["image"] });
  expect(events.map(({ Action, Actor }) => [Action, Actor.ID, Actor.Attributes])).toEqual([
    ["pull", "busybox:latest", { name: "busybox" }],
    ["tag", image, { name: "mine/box:v1" }],
    ["untag", image, { name: image }],
    ["save", image, { name: image }],
    ["create", app, { l: "m", name: app }],
    ["tag", app, { l: "m", name: "app:latest" }],
    ["untag", app, { l: "m", name: app }],
    ["delete", app, { l: "m", name: app }],
  ]);
});

test("prunes tell what they gave back; filters hold for what is gone, too", async () => {
  const fake = await pulled();
  const { ask } = fake;
  await ask("POST", "/containers/create?name=c1", { Image: "busybox", Labels: { keep: "" } });
  await ask("POST", "/containers/create?name=c2", { Image: "busybox" });
  await ask("POST", "/containers/prune");
  await ask("POST", "/volumes/prune");
  const of = async (filters: object) => (await told(fake, filters)).map(({ Action }) => Action);
  expect((await told(fake, { event: ["prune"] })).map(brief)).toEqual([
    ["container", "prune", { reclaimed: "0" }],
    ["volume", "prune", { reclaimed: "0" }],
  ]);
  expect(await of({ label: ["keep"] })).toEqual(["create", "destroy"]);
  expect(await of({ container: ["c2"] })).toEqual(["create", "destroy"]);
  expect(await of({ image: ["busybox"], event: ["create", "pull"] })).toEqual(["pull", "create", "create"]);
  expect(await of({ plugin: ["x"] })).toEqual([]);
  expect(await of({ scope: ["swarm"] })).toEqual([]);
});
