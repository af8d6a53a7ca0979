/** What a request asks for and would not be done is refused by its name; what clients send for nothing is taken. */
import { expect, test } from "vitest";
import { fakeEngine } from "../fakes/fake-engine.js";

async function pulled() {
  const fake = await fakeEngine({ sleep: async ({ signalled }) => 128 + (await signalled) });
  await fake.ask("POST", "/images/create?fromImage=busybox&tag=latest");
  return fake;
}

test.each([
  [{ Healthcheck: { Test: ["CMD", "true"], Interval: 5 } }, "Interval in Healthcheck cannot be less than 1ms"],
  [{ Healthcheck: { Test: ["OTHER"] } }, 'Unknown type in Healthcheck: "OTHER": expected NONE, CMD or CMD-SHELL'],
  [{ MacAddress: "02:42:ac:11:00:02" }, 'MacAddress is not supported: "02:42:ac:11:00:02"'],
  [{ NetworkDisabled: true }, "NetworkDisabled is not supported: true"],
  [{ HostConfig: { CgroupParent: "/x" } }, 'HostConfig.CgroupParent is not supported: "/x"'],
  [{ HostConfig: { BlkioWeight: 300 } }, "HostConfig.BlkioWeight is not supported: 300"],
  [{ HostConfig: { DeviceRequests: [{ Count: -1 }] } }, 'HostConfig.DeviceRequests is not supported: [{"Count":-1}]'],
  [{ HostConfig: { StorageOpt: { size: "1G" } } }, 'HostConfig.StorageOpt is not supported: {"size":"1G"}'],
  [
    { NetworkingConfig: { EndpointsConfig: { web: { GwPriority: 5 } } } },
    "NetworkingConfig.EndpointsConfig.web.GwPriority is not supported: 5",
  ],
  [
    { HostConfig: { Mounts: [{ Type: "bind", Source: "/x", Target: "/y", BindOptions: { NonRecursive: true } }] } },
    'HostConfig.Mounts.0.BindOptions is not supported: {"NonRecursive":true}',
  ],
  [
    { HostConfig: { LogConfig: { Type: "json-file", Config: { tag: "x" } } } },
    "unknown log opt 'tag' for json-file log driver",
  ],
  [{ NoSuchThing: "x" }, 'NoSuchThing is not supported: "x"'],
])("create with %o", async (more, message) => {
  const { ask } = await pulled();
  expect(await ask("POST", "/containers/create", { Image: "busybox", ...more })).toMatchObject({
    status: 400,
    body: { message },
  });
});

test("what the stock client sends for nothing is taken", async () => {
  const { ask } = await pulled();
  const request = {
    Image: "busybox",
    Healthcheck: { Test: ["NONE"] },
    MacAddress: "",
    NetworkDisabled: false,
    HostConfig: {
      ...{
        BlkioWeight: 0,
        BlkioWeightDevice: [],
        CgroupParent: "",
        DeviceRequests: null,
        Isolation: "",
        StorageOpt: {},
      },
      ...{ MemorySwappiness: -1, OomKillDisable: false, ConsoleSize: [0, 0], LogConfig: { Type: "", Config: {} } },
    },
    NetworkingConfig: {
      EndpointsConfig: { default: { IPAMConfig: null, Aliases: null, MacAddress: "", GwPriority: 0 } },
    },
  };
  expect(await ask("POST", "/containers/create", request)).toMatchObject({ status: 201, body: { Warnings: [] } });
});

test("exec and volumes, too", async () => {
  const { ask } = await pulled();
  const { Id } = (await ask("POST", "/containers/create", { Image: "busybox", Cmd: ["sleep"] })).body;
  await ask("POST", `/containers/${Id}/start`);
  const exec = await ask("POST", `/containers/${Id}/exec`, { Cmd: ["x"], Cgroup: "y" });
  expect(exec).toMatchObject({ status: 400, body: { message: 'Cgroup is not supported: "y"' } });
  const volume = await ask("POST", "/volumes/create", { Name: "vol", ClusterVolumeSpec: { Group: "g" } });
  expect(volume).toMatchObject({ status: 400, body: { message: 'ClusterVolumeSpec is not supported: {"Group":"g"}' } });
});

test("a volume made by a mount has the labels that were asked for, and no other driver's", async () => {
  const { ask } = await pulled();
  const mount = (VolumeOptions: object) =>
    ask("POST", "/containers/create", {
      Image: "busybox",
      HostConfig: { Mounts: [{ Type: "volume", Source: "data", Target: "/d", VolumeOptions }] },
    });
  expect((await mount({ DriverConfig: { Name: "nfs" } })).body.message).toBe('volume driver "nfs" is not there');
  expect((await mount({ Labels: { a: "b" }, DriverConfig: { Name: "local" } })).status).toBe(201);
  expect((await ask("GET", "/volumes/data")).body.Labels).toEqual({ a: "b" });
});

test("groups are added by name, in the container's words", async () => {
  const { ask, machine } = await pulled();
  const create = async (GroupAdd: string[]) =>
    (await ask("POST", "/containers/create", { Image: "busybox", Cmd: ["sleep"], HostConfig: { GroupAdd } })).body.Id;
  const refused = await ask("POST", `/containers/${await create(["nosuch"])}/start`);
  expect(refused.body.message).toContain("unable to find group nosuch");
  expect(machine.containers.size).toBe(0);
  expect((await ask("POST", `/containers/${await create(["77"])}/start`)).status).toBe(204);
});

test.each([
  ["POST", "/containers/x/start?checkpoint=c1", "checkpoint is not supported: c1"],
  ["POST", "/images/create?fromImage=a&inputContext=x", "inputContext is not supported: x"],
  ["POST", "/images/load?platform=%7B%22os%22%3A%22x%22%7D", 'platform is not supported: {"os":"x"}'],
  ["GET", "/images/json?manifests=1", "manifests is not supported: 1"],
  ["POST", "/build/prune?keep-storage=5", "keep-storage is not supported: 5"],
])("a query's parameter: %s %s", async (method, path, message) => {
  const { ask } = await fakeEngine();
  expect(await ask(method, path)).toMatchObject({ status: 400, body: { message } });
});
