import { expect, test } from "vitest";
import { readList } from "../../shared/calls/testfiles/read-list.js";
import { type FakeEngine, fakeEngine } from "../fakes/fake-engine.js";

async function around(): Promise<FakeEngine> {
  const fake = await fakeEngine({
    sleep: async ({ signalled }) => 128 + (await signalled),
  });
  await fake.ask("POST", "/images/create?fromImage=docker.io/library/busybox&tag=latest");
  return fake;
}

/** Runs until it is killed. */
async function started({ ask }: FakeEngine, name: string, more: object = {}): Promise<string> {
  const { body } = await ask("POST", `/containers/create?name=${name}`, { Image: "busybox", Cmd: ["sleep"], ...more });
  expect(await ask("POST", `/containers/${body.Id}/start`)).toMatchObject({ status: 204 });
  return body.Id;
}

async function end({ ask }: FakeEngine, id: string): Promise<void> {
  await ask("POST", `/containers/${id}/kill`);
  await ask("POST", `/containers/${id}/wait`);
}

const networksOf = async ({ ask }: FakeEngine, id: string) =>
  (await ask("GET", `/containers/${id}/json`)).body.NetworkSettings;

test("Docker's three networks", async () => {
  const { ask } = await around();
  const { body } = await ask("GET", "/v1.47/networks");
  expect(body.map(({ Name, Driver, Scope }: Record<string, string>) => [Name, Driver, Scope])).toEqual([
    ["bridge", "bridge", "local"],
    ["host", "host", "local"],
    ["none", "null", "local"],
  ]);
  expect(body[0]).toMatchObject({
    Id: expect.stringMatching(/^[0-9a-f]{64}$/),
    Created: expect.stringMatching(/^\d{4}-/),
    EnableIPv4: true,
    EnableIPv6: false,
    IPAM: { Driver: "default", Options: null, Config: [{ Subnet: "172.17.0.0/16", Gateway: "172.17.0.1" }] },
    Internal: false,
    Containers: {},
    Options: { "com.docker.network.bridge.name": "docker0" },
    Labels: {},
  });
  expect((await ask("GET", `/networks/${body[1].Id.slice(0, 8)}`)).body.Name).toBe("host");
});

test("made, listed by filters, inspected, removed, pruned", async () => {
  const { ask, machine } = await around();
  const create = (Name: string, more: object = {}) => ask("POST", "/networks/create", { Name, ...more });
  const made = await create("own", {
    ...{ Internal: true, Labels: { a: "b" } },
    IPAM: { Config: [{ Subnet: "10.1.0.0/16", IPRange: "10.1.2.0/24", Gateway: "10.1.0.9" }] },
  });
  expect(made).toMatchObject({ status: 201, body: { Id: expect.stringMatching(/^[0-9a-f]{64}$/), Warning: "" } });
  await create("other");
  const lists = machine.asked.filter(({ command }) => command === "network.configure");
  expect(readList((lists[0]!.params as { calls: Uint8Array }).calls).map(({ name }) => name)).toContain("load");
  const inspected = (await ask("GET", "/networks/own")).body;
  expect(inspected).toMatchObject({
    Name: "own",
    Internal: true,
    Labels: { a: "b" },
    IPAM: { Options: {}, Config: [{ Subnet: "10.1.0.0/16", IPRange: "10.1.2.0/24", Gateway: "10.1.0.9" }] },
  });
  const names = async (filters: object) =>
    [(await ask("GET", `/networks?filters=${JSON.stringify(filters)}`)).body].flat().map(({ Name }) => Name);
  expect(await names({ label: ["a=b"] })).toEqual(["own"]);
  expect(await names({ type: ["builtin"], driver: ["bridge"] })).toEqual(["bridge"]);
  expect(await names({ dangling: ["true"] })).toEqual(["own", "other"]);
  expect((await ask("GET", '/networks?filters={"nope":["x"]}')).status).toBe(400);
  expect((await ask("DELETE", "/networks/own")).status).toBe(204);
  expect((await ask("POST", "/networks/prune")).body).toEqual({ NetworksDeleted: ["other"] });
  expect((await ask("POST", "/networks/prune")).body).toEqual({ NetworksDeleted: null });
});

test.each<[string, object, number, string]>([
  ["/networks/create", { Name: "bridge" }, 403, "operation is not permitted on predefined bridge network"],
  ["/networks/create", { Name: "taken" }, 409, "network with name taken already exists"],
  ["/networks/create", { Name: "a/b" }, 400, 'invalid network name: "a/b"'],
  ["/networks/create", { Name: "x", Driver: "overlay" }, 404, 'plugin "overlay" not found'],
  ["/networks/create", { Name: "x", EnableIPv6: true }, 400, "IPv6 networks are not supported"],
  ["/networks/create", { Name: "x", Options: { "com.docker.network.driver.mtu": "9000" } }, 400, "is not supported"],
  ["/networks/create", { Name: "x", IPAM: { Config: [{ Subnet: "nope" }] } }, 400, "invalid subnet nope"],
  ["/networks/create", { Name: "x", IPAM: { Config: [{ Subnet: "172.17.5.0/24" }] } }, 403, "Pool overlaps"],
  ["/networks/create", { Name: "x", IPAM: { Config: [{ Gateway: "10.0.0.1" }] } }, 400, "invalid gateway 10.0.0.1"],
  ["/networks/nosuch/connect", { Container: "c" }, 404, "network nosuch not found"],
  ["/networks/taken/connect", { Container: "c" }, 404, "No such container: c"],
  ["/networks/host/connect", { Container: "web" }, 400, "container cannot be disconnected from host network"],
  ["/networks/bridge/connect", { Container: "web" }, 403, "endpoint with name web already exists in network bridge"],
  ["/networks/taken/disconnect", { Container: "web" }, 403, "is not connected to network taken"],
])("%s %j is refused", async (path, body, status, message) => {
  const fake = await around();
  await fake.ask("POST", "/networks/create", { Name: "taken" });
  await started(fake, "web");
  const answer = await fake.ask("POST", path, body);
  expect(answer).toMatchObject({ status, body: { message: expect.stringContaining(message) } });
});

test("a container's part in networks, while it runs and afterwards", async () => {
  const fake = await around();
  await fake.ask("POST", "/networks/create", { Name: "own", IPAM: { Config: [{ Subnet: "10.1.0.0/24" }] } });
  const id = await started(fake, "web", {
    ExposedPorts: { "80/tcp": {}, "81/tcp": {} },
    HostConfig: { NetworkMode: "own", PortBindings: { "80/tcp": [{ HostPort: "8080" }] } },
    NetworkingConfig: { EndpointsConfig: { own: { Aliases: ["shop"], IPAMConfig: { IPv4Address: "10.1.0.77" } } } },
  });
  const settings = await networksOf(fake, id);
  expect(settings).toMatchObject({
    IPAddress: "",
    Ports: {
      "80/tcp": [
        { HostIp: "0.0.0.0", HostPort: "8080" },
        { HostIp: "::", HostPort: "8080" },
      ],
      "81/tcp": null,
    },
    Networks: {
      own: {
        IPAMConfig: { IPv4Address: "10.1.0.77" },
        Aliases: ["shop"],
        Gateway: "10.1.0.1",
        IPAddress: "10.1.0.77",
        IPPrefixLen: 24,
        MacAddress: "02:42:0a:01:00:4d",
        DNSNames: ["web", "shop", id.slice(0, 12)],
      },
    },
  });
  expect((await fake.ask("GET", "/networks/own")).body.Containers).toEqual({
    [id]: {
      Name: "web",
      EndpointID: settings.Networks.own.EndpointID,
      MacAddress: "02:42:0a:01:00:4d",
      IPv4Address: "10.1.0.77/24",
      IPv6Address: "",
    },
  });
  const [listed] = (await fake.ask("GET", "/containers/json")).body;
  expect(listed.Ports).toContainEqual({ IP: "0.0.0.0", PrivatePort: 80, PublicPort: 8080, Type: "tcp" });
  expect((await fake.ask("DELETE", "/networks/own")).body.message).toMatch(/has active endpoints \(name:"web" id:"/);
  await fake.ask("POST", "/networks/bridge/connect", { Container: "web" });
  expect((await networksOf(fake, id)).IPAddress).toBe("172.17.0.2");
  await end(fake, id);
  const ended = await networksOf(fake, id);
  expect(ended).toMatchObject({ IPAddress: "", Ports: {}, Networks: { own: { IPAddress: "" }, bridge: {} } });
  expect((await fake.ask("DELETE", "/networks/own")).status).toBe(204);
  expect((await fake.ask("POST", `/containers/${id}/start`)).body.message).toBe(
    "failed to set up container networking: network own not found",
  );
});

test("what the guest is asked for: links, ports and names of a container", async () => {
  const fake = await around();
  await started(fake, "web", { HostConfig: { PortBindings: { "80/tcp": [{ HostIp: "127.0.0.1", HostPort: "80" }] } } });
  const [asked] = [...fake.machine.containers.values()];
  expect(asked!.holds).toMatchObject({
    network: "own",
    links: [expect.stringMatching(/^veth[0-9a-f]{7}$/)],
    ports: [{ address: "127.0.0.1", port: 80, to: { address: "172.17.0.2", port: 80 } }],
  });
  const calls = readList(asked!.calls).map(({ name, args }) => `${name} ${args[0]}`);
  expect(calls).toContain("setns $network");
  expect(calls).toContain("bind $names");
  const hosts = readList(asked!.calls).find(({ args }) => String(args[1]).includes("172.17.0.2\t"));
  expect(hosts).toBeDefined();
});

test("a port is told to be taken, and free again", async () => {
  const fake = await around();
  const ports = { HostConfig: { PortBindings: { "80/tcp": [{ HostPort: "80" }] } } };
  const id = await started(fake, "web", ports);
  const { body } = await fake.ask("POST", "/containers/create", { Image: "busybox", Cmd: ["sleep"], ...ports });
  const refused = await fake.ask("POST", `/containers/${body.Id}/start`);
  expect(refused.body.message).toContain("Bind for 0.0.0.0:80 failed: port is already allocated");
  await fake.ask("DELETE", `/containers/${id}?force=1`);
  expect((await fake.ask("POST", `/containers/${body.Id}/start`)).status).toBe(204);
});

test("other modes, and what they do not go with", async () => {
  const fake = await around();
  const id = await started(fake, "web", { Hostname: "own" });
  const inside = await started(fake, "inside", { HostConfig: { NetworkMode: "container:web" } });
  expect((await fake.ask("GET", `/containers/${inside}/json`)).body).toMatchObject({
    Config: { Hostname: "own" },
    NetworkSettings: { Networks: {} },
  });
  const create = (HostConfig: object) => fake.ask("POST", "/containers/create", { Image: "busybox", HostConfig });
  const publishing = { NetworkMode: "container:web", PortBindings: { "80/tcp": [{ HostPort: "80" }] } };
  expect(await create(publishing)).toMatchObject({
    status: 400,
    body: { message: "conflicting options: port publishing and the container type network mode" },
  });
  expect((await create({ NetworkMode: "container:nosuch" })).status).toBe(404);
  await end(fake, id);
  await end(fake, inside);
  expect((await fake.ask("POST", `/containers/${inside}/start`)).body.message).toContain(
    `cannot join network of a non running container: ${id}`,
  );
  const host = await started(fake, "host", { HostConfig: { NetworkMode: "host" } });
  expect((await networksOf(fake, host)).Networks).toMatchObject({ host: { IPAddress: "" } });
});

test("names are answered in networks of one's own", async () => {
  const fake = await around();
  await fake.ask("POST", "/networks/create", { Name: "own" });
  await started(fake, "web", { HostConfig: { NetworkMode: "own" } });
  await started(fake, "asker", { HostConfig: { NetworkMode: "own" } });
  await started(fake, "alone");
  const [web, asker, alone] = [...fake.machine.containers.keys()];
  const answers = async (container: string, name: string) => {
    const query = Uint8Array.of(
      ...[0, 9, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0],
      ...[name.length, ...new TextEncoder().encode(name), 0, 0, 1, 0, 1],
    );
    fake.machine.agentServer.tell("network.question", { container, question: 1, query });
    await expect.poll(() => fake.machine.asked.at(-1)?.command).toBe("network.answer");
    const { answer } = fake.machine.asked.pop()!.params as { answer: Uint8Array };
    return [answer[3]! & 15, [...answer.subarray(answer.length - 4)].join(".")];
  };
  expect(web).toBeDefined();
  expect(await answers(asker!, "WEB")).toEqual([0, "172.18.0.2"]);
  expect((await answers(asker!, "nosuch"))[0]).toBe(3);
  expect((await answers(alone!, "web"))[0]).toBe(3);
});
