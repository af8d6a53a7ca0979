import { expect, test } from "vitest";
import { tarOf } from "../fakes/fake-build.js";
import { type FakeEngine, fakeEngine } from "../fakes/fake-engine.js";
import { gather } from "../fakes/gather.js";
import { outputOf } from "../fakes/parse-frames.js";

const text = (chunks: { bytes: Uint8Array }[]) => chunks.map(({ bytes }) => new TextDecoder().decode(bytes)).join("");

async function pulled(programs: Parameters<typeof fakeEngine>[0] = {}): Promise<FakeEngine> {
  const fake = await fakeEngine(programs);
  await fake.ask("POST", "/images/create?fromImage=docker.io/library/busybox&tag=latest");
  return fake;
}

async function created({ ask }: FakeEngine, Cmd: string[], more: object = {}): Promise<string> {
  const { body } = await ask("POST", "/containers/create", { Image: "busybox", Cmd, ...more });
  return body.Id;
}

test("ping, version, info; paths with and without a version; what is not there", async () => {
  const { ask } = await fakeEngine();
  expect((await ask("GET", "/_ping")).text).toBe("OK");
  expect((await ask("HEAD", "/v1.47/_ping")).status).toBe(200);
  expect((await ask("GET", "/v1.47/version")).body).toMatchObject({
    ApiVersion: "1.47",
    Arch: "386",
    KernelVersion: "6.1.0",
  });
  expect((await ask("GET", "/info")).body).toMatchObject({ Containers: 0, NCPU: 1, MemTotal: 512 << 20 });
  expect(await ask("GET", "/nothing")).toMatchObject({ status: 404, body: { message: "page not found" } });
  expect((await ask("GET", "/containers/%ff/json")).status).toBe(400);
});

test("pull tells of its progress as Docker does, or refuses with a status", async () => {
  const { ask } = await fakeEngine();
  const { status, body } = await ask("POST", "/v1.47/images/create?fromImage=docker.io/library/busybox&tag=latest");
  expect(status).toBe(200);
  const statuses = body.map((message: { status: string }) => message.status);
  expect(statuses[0]).toBe("Pulling from library/busybox");
  expect(statuses).toContain("Pull complete");
  expect(statuses.at(-2)).toMatch(/^Digest: sha256:/);
  expect(statuses.at(-1)).toBe("Status: Downloaded newer image for busybox:latest");
  const again = await ask("POST", "/images/create?fromImage=busybox&tag=latest");
  expect(again.body.at(-1).status).toBe("Status: Image is up to date for busybox:latest");
  const refused = await ask("POST", "/images/create?fromImage=nosuch&tag=latest");
  expect(refused.status).toBe(404);
  expect(refused.body.message).toContain("pull access denied for nosuch");
});

test("images: list, inspect, history, tag, layers, save and load, remove", async () => {
  const { ask } = await pulled();
  await ask("POST", "/images/busybox/tag?repo=mine/box&tag=v1");
  const [image] = [(await ask("GET", "/images/json")).body].flat();
  expect(image).toMatchObject({ RepoTags: ["busybox:latest", "mine/box:v1"], Created: 1704067200 });
  expect((await ask("GET", "/images/mine/box:v1/json")).body).toMatchObject({
    Id: image.Id,
    Config: { Cmd: ["sh"] },
    RootFS: { Type: "layers" },
    GraphDriver: { Name: "overlay2" },
  });
  expect((await ask("GET", "/images/busybox/history")).body).toMatchObject([{ CreatedBy: "base", Id: image.Id }]);
  expect((await ask("GET", "/drydock/images/busybox/layers")).body[0]).toMatchObject({ instruction: "base" });
  const { engine } = await pulled();
  const archive = await (await engine.fetch(new Request("http://d/images/busybox/get"))).arrayBuffer();
  const fresh = await fakeEngine();
  const loaded = await fresh.ask("POST", "/images/load", new Uint8Array(archive));
  expect(loaded.body).toEqual({ stream: "Loaded image: busybox:latest\n" });
  expect((await ask("DELETE", "/images/mine/box:v1")).body).toEqual([{ Untagged: "mine/box:v1" }]);
  expect((await ask("DELETE", "/images/busybox")).status).toBe(200);
  expect(await ask("GET", "/images/busybox/json")).toMatchObject({
    status: 404,
    body: { message: "No such image: busybox:latest" },
  });
});

test("run over the API: create, attach, wait, start; then inspect, logs, ps, remove", async () => {
  const fake = await pulled({
    hello: async ({ print }) => {
      await print("out\n");
      await print("err\n", "stderr");
      return 3;
    },
  });
  const { ask, engine } = fake;
  const id = await created(fake, ["hello", "a b"]);
  const attached = await fake.upgrade(`/containers/${id}/attach?stream=1&stdout=1&stderr=1`);
  if (attached instanceof Response) throw new Error(await attached.text());
  expect(attached.joined).toBe(false);
  const output = gather(attached.output);
  const waiting = engine.fetch(new Request(`http://d/containers/${id}/wait?condition=next-exit`, { method: "POST" }));
  expect((await ask("POST", `/containers/${id}/start`)).status).toBe(204);
  expect(await (await waiting).json()).toEqual({ StatusCode: 3 });
  expect((await output).map(({ stream }) => stream)).toEqual(["stdout", "stderr"]);

  const inspected = (await ask("GET", `/containers/${id}/json`)).body;
  expect(inspected).toMatchObject({
    State: { Status: "exited", ExitCode: 3, OOMKilled: false, Running: false },
    Path: "hello",
    Args: ["a b"],
    GraphDriver: {
      Data: { MergedDir: expect.stringMatching(`/snapshots/${id.slice(0, 12)}/merged$`) },
    },
  });
  expect(inspected.GraphDriver.Data.LowerDir).toMatch(
    /^\/run\/drydock\/page\/layers\/init-\w+:\/run\/drydock\/page\/layers\/\w+$/,
  );
  const logs = await engine.fetch(new Request(`http://d/containers/${id}/logs?stdout=1&stderr=1&tail=1`));
  expect(text(await gather(outputOf(logs)))).toBe("err\n");
  const [listed] = [(await ask("GET", "/containers/json?all=1")).body].flat();
  expect(listed).toMatchObject({ Command: "hello 'a b'", Image: "busybox", State: "exited" });
  expect(listed.Status).toMatch(/^Exited \(3\) .* ago$/);
  expect((await ask("GET", "/containers/json")).body).toEqual([]);
  expect((await ask("DELETE", `/containers/${id}`)).status).toBe(204);
  expect(await ask("GET", `/containers/${id}/json`)).toMatchObject({
    status: 404,
    body: { message: `No such container: ${id}` },
  });
  await engine.idle();
  expect(engine.figures()).toMatchObject({ containers: 0, execs: 0, expectedExits: 0 });
});

test("filters of ps", async () => {
  const fake = await pulled();
  await created(fake, ["true"], { Labels: { app: "web" } });
  const named = (await fake.ask("POST", "/containers/create?name=db", { Image: "busybox" })).body.Id;
  const list = async (filters: object) =>
    [
      (await fake.ask("GET", `/containers/json?all=1&filters=${encodeURIComponent(JSON.stringify(filters))}`)).body,
    ].flat();
  expect(await list({ label: ["app=web"] })).toHaveLength(1);
  expect(await list({ name: { db: true } })).toMatchObject([{ Id: named }]);
  expect(await list({ status: ["created"], ancestor: ["busybox"] })).toHaveLength(2);
  expect(await list({ exited: ["0"] })).toEqual([]);
  expect(await list({ nope: ["1"] })).toMatchObject([{ message: "invalid filter 'nope'" }]);
  expect(await list({ status: ["odd"] })).toMatchObject([{ message: "invalid filter 'status=odd'" }]);
});

test("hostile input is refused with the value", async () => {
  const { ask } = await pulled();
  const create = (body: unknown) => ask("POST", "/containers/create", body);
  const refused = async (body: unknown, message: string) =>
    expect(await create(body)).toMatchObject({ status: 400, body: { message: expect.stringContaining(message) } });
  await refused({}, "invalid JSON: Image");
  await refused({ Image: "busybox", Env: [5] }, "Env.0: expected string, received 5");
  await refused(
    { Image: "busybox", HostConfig: { Memory: "32m" } },
    'HostConfig.Memory: expected number, received "32m"',
  );
  await refused({ Image: "busybox", HostConfig: { Memory: 1000 } }, "Minimum memory limit allowed is 6MB");
  await refused(
    { Image: "busybox", HostConfig: { Memory: 32 << 20, MemorySwap: 16 << 20 } },
    "Minimum memoryswap limit should be larger than memory limit, see usage",
  );
  await refused({ Image: "busybox", HostConfig: { NanoCpus: 2e9 } }, "range of CPUs is from 0.01 to 1.00");
  await refused(
    { Image: "busybox", HostConfig: { PortBindings: { "53/udp": [{ HostPort: "53" }] } } },
    "publishing UDP ports is not supported, only TCP: 53/udp",
  );
  await refused({ Image: "busybox", HostConfig: { Binds: ["../x:/y"] } }, "../x");
  await refused({ Image: "busybox", WorkingDir: "rel" }, "the working directory 'rel' is invalid");
  await refused({ Image: "INVALID" }, "must be lowercase");
  expect(await create({ Image: "nosuch" })).toMatchObject({
    status: 404,
    body: { message: "No such image: nosuch:latest" },
  });
  expect((await ask("POST", "/containers/create", new TextEncoder().encode("{"))).body.message).toContain(
    "invalid JSON",
  );
  expect((await ask("POST", "/build", new TextEncoder().encode("not a tar"))).text).toContain("error");
});

test("exec: attached with output and code; a missing program is said on the stream", async () => {
  const fake = await pulled({
    sleep: async ({ signalled }) => 128 + (await signalled),
    cat: async ({ print, readAll }) => print(await readAll()).then(() => 5),
  });
  const { ask } = fake;
  const id = await created(fake, ["sleep"]);
  await ask("POST", `/containers/${id}/start`);
  const run = async (Cmd: string[], input = "") => {
    const exec = (
      await ask("POST", `/containers/${id}/exec`, { Cmd, AttachStdin: true, AttachStdout: true, AttachStderr: true })
    ).body.Id;
    const upgraded = await fake.upgrade(`/exec/${exec}/start`, { Detach: false });
    if (upgraded instanceof Response) throw new Error(await upgraded.text());
    const writer = upgraded.stdin.getWriter();
    await writer.write(new TextEncoder().encode(input)).catch(() => {});
    void writer.close().catch(() => {});
    const printed = text(await gather(upgraded.output));
    return [printed, (await ask("GET", `/exec/${exec}/json`)).body.ExitCode];
  };
  expect(await run(["cat"], "hi")).toEqual(["hi", 5]);
  const [printed, code] = await run(["nosuch"]);
  expect(printed).toContain('exec: "nosuch": executable file not found in $PATH: unknown\r\n');
  expect(code).toBe(127);
  expect(await ask("POST", "/containers/nope/exec", { Cmd: ["x"] })).toMatchObject({ status: 404 });
  expect((await ask("POST", `/containers/${id}/exec`, {})).body.message).toBe("No exec command specified");
});

test("kill, pause, stop and their guards", async () => {
  const fake = await pulled({ sleep: async ({ signalled }) => 128 + (await signalled) });
  const { ask } = fake;
  const id = await created(fake, ["sleep"]);
  expect((await ask("POST", `/containers/${id}/kill`)).body.message).toMatch(
    /^cannot kill container: .* is not running$/,
  );
  expect((await ask("POST", `/containers/${id}/stop`)).status).toBe(304);
  await ask("POST", `/containers/${id}/start`);
  expect((await ask("POST", `/containers/${id}/start`)).status).toBe(304);
  expect((await ask("POST", `/containers/${id}/pause`)).status).toBe(204);
  expect((await ask("POST", `/containers/${id}/pause`)).status).toBe(409);
  expect((await ask("POST", `/containers/${id}/unpause`)).status).toBe(204);
  expect((await ask("POST", `/containers/${id}/kill?signal=NOPE`)).body.message).toBe("invalid signal: NOPE");
  const waiting = ask("POST", `/containers/${id}/wait`);
  expect((await ask("POST", `/containers/${id}/stop`)).status).toBe(204);
  expect((await waiting).body).toEqual({ StatusCode: 143 });
});

test("stats in Docker's shape", async () => {
  const fake = await pulled({ sleep: async ({ signalled }) => 128 + (await signalled) });
  const id = await created(fake, ["sleep"]);
  fake.machine.usage = { memoryBytes: 5000, inactiveFileBytes: 1000, cpuMicros: 20, atMicros: 100, pids: 2 };
  expect((await fake.ask("GET", `/containers/${id}/stats?stream=0&one-shot=1`)).body.memory_stats).toEqual({});
  await fake.ask("POST", `/containers/${id}/start`);
  expect((await fake.ask("GET", `/containers/${id}/stats?stream=0&one-shot=1`)).body).toMatchObject({
    cpu_stats: { cpu_usage: { total_usage: 20_000 }, system_cpu_usage: 100_000, online_cpus: 1 },
    memory_stats: { usage: 5000, limit: 512 << 20, stats: { inactive_file: 1000 } },
    pids_stats: { current: 2 },
  });
  const response = await fake.engine.fetch(new Request(`http://d/containers/${id}/stats`));
  const reader = response.body!.getReader();
  expect(JSON.parse(new TextDecoder().decode((await reader.read()).value))).toMatchObject({ id });
  await reader.cancel();
});

const DOCKERFILE = "FROM busybox\nRUN hello\nCOPY Dockerfile /d\n";
const hello = { "/bin/sh": ({ print }: { print(text: string): Promise<void> }) => print("hi\n").then(() => 0) };
const texts = (body: unknown) => [body].flat().map((message) => (message as { stream?: string }).stream ?? "");

test("build over the API says what the classic builder says, or the image's id alone", async () => {
  const { ask } = await pulled(hello);
  const { body } = await ask(
    "POST",
    "/build?t=app&version=1&rm=1&memory=0&ulimits=null",
    tarOf({ Dockerfile: DOCKERFILE }),
  );
  const id = body.find(({ aux }: { aux?: object }) => aux).aux.ID;
  const steps = ["FROM docker.io/library/busybox:latest", "RUN hello", "COPY Dockerfile /d"];
  const [from, run, copy] = steps.map((step, index) => `Step ${index + 1}/3 : ${step}\n`);
  const made = [`Successfully built ${id.slice(7, 19)}\n`, "Successfully tagged app:latest\n"].join("");
  expect(texts(body).join("")).toBe(`${from}${run}hi\n${copy}${made}`);
  const again = await ask("POST", "/build?t=app", tarOf({ Dockerfile: DOCKERFILE }));
  const cached = " ---> Using cache\n";
  expect(texts(again.body).join("")).toBe(`${from}${cached}${run}${cached}${copy}${cached}${made}`);
  expect((await ask("POST", "/build?q=1", tarOf({ Dockerfile: DOCKERFILE }))).body).toEqual({ stream: `${id}\n` });
});

test("build over the API: trace lines, the image's id, or an error line", async () => {
  const { ask } = await pulled({ "/bin/sh": () => 1 });
  const good = await ask(
    "POST",
    "/build?trace=1&t=app&buildargs=%7B%7D",
    tarOf({ Dockerfile: "FROM busybox\nCOPY Dockerfile /d\n" }),
  );
  expect(good.body.at(-1).aux.ID).toMatch(/^sha256:/);
  const trace = good.body.slice(0, -1);
  expect(trace.every((line: { id: string }) => line.id === "drydock.trace")).toBe(true);
  expect(trace[0].aux).toMatchObject({ type: "span-start", kind: "build", title: "app:latest" });
  const bad = await ask("POST", "/build", tarOf({ Dockerfile: "FROM busybox\nRUN false\n" }));
  expect(bad.body.at(-1)).toEqual({
    errorDetail: { message: 'process "/bin/sh -c false" did not complete successfully: exit code: 1' },
    error: 'process "/bin/sh -c false" did not complete successfully: exit code: 1',
  });
  expect((await ask("POST", "/build?t=UPPER", tarOf({ Dockerfile: "FROM scratch\n" }))).status).toBe(400);
  expect((await ask("POST", "/build?buildargs=5", tarOf({ Dockerfile: "FROM scratch\n" }))).status).toBe(400);
});

test.each([
  ["memory=5000000", "memory is not supported: 5000000"],
  ['cachefrom=["a"]', 'cachefrom is not supported: ["a"]'],
  ["outputs=[{}]", "outputs is not supported: [{}]"],
  ["version=2", "version=2 is not supported: BuildKit's sessions are not"],
  ["rm=0", "rm=0 is not supported: a build keeps no containers"],
  ["squash=1", "squash is not supported: 1"],
  ["extrahosts=a:1.2.3.4", "extrahosts is not supported: a:1.2.3.4"],
])("a build with %s is refused", async (query, message) => {
  const { ask } = await fakeEngine();
  const answer = await ask("POST", `/build?${encodeURI(query)}`, tarOf({ Dockerfile: "FROM scratch\n" }));
  expect(answer).toMatchObject({ status: 400, body: { message } });
});

test("volumes", async () => {
  const { ask } = await pulled();
  expect((await ask("POST", "/volumes/create", { Name: "v1", Labels: { a: "1" } })).body).toMatchObject({
    Name: "v1",
    Driver: "local",
    Mountpoint: "/var/lib/drydock/volumes/v1/_data",
  });
  expect((await ask("POST", "/volumes/create", { Name: "../up" })).status).toBe(400);
  const { Id } = (await ask("POST", "/containers/create", { Image: "busybox", HostConfig: { Binds: ["v1:/data"] } }))
    .body;
  expect((await ask("DELETE", "/volumes/v1")).body.message).toBe(`remove v1: volume is in use - [${Id}]`);
  await ask("DELETE", `/containers/${Id}`);
  expect((await ask("DELETE", "/volumes/v1")).status).toBe(204);
  expect((await ask("GET", "/volumes/v1")).body.message).toBe("get v1: no such volume");
  expect((await ask("GET", "/volumes")).body).toEqual({ Volumes: [], Warnings: null });
});

test("events, past and to come", async () => {
  const fake = await pulled();
  const id = await created(fake, ["true"]);
  const response = await fake.engine.fetch(new Request("http://d/events?since=1"));
  const reader = response.body!.getReader();
  const next = async () => JSON.parse(new TextDecoder().decode((await reader.read()).value));
  expect(await next()).toMatchObject({ Type: "image", Action: "pull", Actor: { ID: "busybox:latest" } });
  expect(await next()).toMatchObject({ Type: "container", Action: "create", Actor: { ID: id } });
  await fake.ask("POST", `/containers/${id}/start`);
  const attributes = { container: id, name: "bridge", type: "bridge" };
  expect(await next()).toMatchObject({ Type: "network", Action: "connect", Actor: { Attributes: attributes } });
  expect(await next()).toMatchObject({ Action: "start" });
  expect(await next()).toMatchObject({ Action: "die", Actor: { Attributes: { exitCode: "0" } } });
  await reader.cancel();
});

test("changes are told against the image", async () => {
  const fake = await pulled();
  const id = await created(fake, ["true"]);
  await fake.ask("POST", `/containers/${id}/start`);
  const base = { mode: 0o644, uid: 0, gid: 0, mtime: { seconds: 0, nanoseconds: 0 } };
  fake.machine.diff.entries = [
    { ...base, path: "bin", type: "directory" },
    { ...base, path: "bin/new", type: "file", size: 0, offset: 0 },
    { ...base, path: "bin/sh", type: "whiteout" },
  ];
  expect((await fake.ask("GET", `/containers/${id}/changes`)).body).toEqual([
    { Path: "/bin", Kind: 0 },
    { Path: "/bin/new", Kind: 1 },
    { Path: "/bin/sh", Kind: 2 },
  ]);
});
