import { expect, test } from "vitest";
import { tarOf } from "../fakes/fake-build.js";
import { fakeEngine } from "../fakes/fake-engine.js";

const attributes = { mode: 0o644, uid: 0, gid: 0, mtime: { seconds: 0, nanoseconds: 0 } };

test("system df has what the stock client reads: uses, shared sizes, what containers and volumes hold", async () => {
  const { ask, machine } = await fakeEngine();
  await ask("POST", "/images/create?fromImage=busybox&tag=latest");
  await ask("POST", "/build?t=app", tarOf({ Dockerfile: "FROM busybox\nCOPY Dockerfile /d\n" }));
  const request = { Image: "app", Cmd: ["true"], HostConfig: { Binds: ["data:/data"] } };
  const { Id } = (await ask("POST", "/containers/create", request)).body;
  await ask("POST", "/volumes/create", { Name: "unused" });
  await ask("POST", `/containers/${Id}/start`);
  machine.diff.entries = [{ ...attributes, path: "f", type: "file", size: 700, offset: 0 }];
  const { body } = await ask("GET", "/system/df");
  const base = (await ask("GET", "/images/busybox/json")).body.Size;
  const own = body.Images.find(({ RepoTags }: { RepoTags: string[] }) => RepoTags[0] === "app:latest");
  expect(own).toMatchObject({ Containers: 1, SharedSize: base });
  expect(own.Size).toBeGreaterThan(base);
  expect(body.LayersSize).toBe(own.Size);
  expect(body.Containers).toMatchObject([{ Id, SizeRw: 700, SizeRootFs: own.Size + 700 }]);
  expect(body.Volumes).toMatchObject([
    { Name: "data", UsageData: { Size: 700, RefCount: 1 } },
    { Name: "unused", UsageData: { Size: 0, RefCount: 0 } },
  ]);
  expect(body.BuildCache).toMatchObject([
    { ID: expect.stringMatching(/^[0-9a-f]{25}$/), Type: "regular", Shared: true },
  ]);
  expect(body.BuildCache[0].CreatedAt).toMatch(/^20/);
  expect(Object.keys((await ask("GET", "/system/df?type=volume")).body)).toEqual(["Volumes"]);
  expect((await ask("GET", "/system/df?type=nope")).status).toBe(400);
  await ask("DELETE", `/containers/${Id}`);
  expect((await ask("POST", '/volumes/prune?filters={"all":["1"]}')).body.SpaceReclaimed).toBe(700);
});
