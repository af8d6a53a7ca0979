import { expect, test } from "vitest";
import type { Params } from "../../protocol/commands.js";
import { type ReadCall, readList } from "../../shared/calls/testfiles/read-list.js";
import { fakeEngineParts } from "../fakes/fake-engine-parts.js";
import type { FakeMachine } from "../fakes/fake-machine.js";
import { gather } from "../fakes/gather.js";
import type { Container } from "./container.js";
import type { Containers } from "./containers.js";

const text = (chunks: { bytes: Uint8Array }[]) => chunks.map(({ bytes }) => new TextDecoder().decode(bytes)).join("");
const logged = async (container: Container) =>
  text(await gather(container.log.read({ stdout: true, stderr: true, follow: false })));

async function run(containers: Containers, command: string[], more: object = {}) {
  const { container } = await containers.create({ Image: "busybox", Cmd: command, ...more }, undefined);
  const exit = containers.waitFor(container, "next-exit");
  await containers.start(container);
  return { container, exitCode: await exit };
}

test("create, start, exit: status, log, exit code, events; the guest keeps the snapshot only", async () => {
  const parts = fakeEngineParts({
    hello: async ({ print }) => {
      await print("hello\n");
      await print("oops\n", "stderr");
      return 7;
    },
  });
  const { containers, machine, runtime, events } = parts;
  const { container, exitCode } = await run(containers, ["hello"]);
  expect(exitCode).toBe(7);
  expect(container.state).toMatchObject({ status: "exited", exitCode: 7, pid: 0 });
  expect(await logged(container)).toBe("hello\noops\n");
  await runtime.idle();
  expect(machine.containers.size).toBe(0);
  expect([...machine.snapshots]).toEqual([[container.sandbox.id, [expect.stringMatching(/^init-/), "b0"]]]);
  expect(machine.asked.map(({ command }) => command)).toEqual([
    "machine.kinds",
    "container.create",
    "container.delete",
  ]);
  expect(events.filter(({ type }) => type === "container").map((event) => "action" in event && event.action)).toEqual([
    "create",
    "start",
    "die",
  ]);
});

test("a removed container leaves nothing, in any map or in the guest", async () => {
  const { containers, machine, runtime, store, execs } = fakeEngineParts({ true: () => 0 });
  for (let i = 0; i < 20; i++) await run(containers, ["true"], { HostConfig: { AutoRemove: true } });
  await runtime.idle();
  expect(store.list()).toEqual([]);
  expect(machine.snapshots.size + machine.containers.size + execs.size + runtime.exits.size).toBe(0);
  expect((machine.agent as unknown as { streams: number }).streams).toBe(0);
  // One layer of mount points, kept for the next container.
  expect(machine.shelf.size).toBe(1);
});

test("restarting mounts the root again and keeps the log", async () => {
  const { containers, machine, runtime } = fakeEngineParts({ hi: ({ print }) => print("hi\n").then(() => 0) });
  const { container } = await run(containers, ["hi"]);
  const exit = containers.waitFor(container, "next-exit");
  expect(await containers.start(container)).toBe(true);
  await exit;
  expect(await logged(container)).toBe("hi\nhi\n");
  await runtime.idle();
  const made = creations(machine).map((calls) =>
    calls.filter(({ name }) => name === "mkdir").map(({ args }) => args[0]),
  );
  expect(made.map((paths) => paths.includes(`${container.sandbox.directory}/upper`))).toEqual([true, false]);
  expect(made.map((paths) => paths.includes(`${container.sandbox.directory}/work`))).toEqual([true, true]);
});

test("a missing executable: Docker's words, code 127, and --rm removes", async () => {
  const { containers, runtime, machine, store } = fakeEngineParts();
  const { container } = await containers.create({ Image: "busybox", Cmd: ["nosuch"] }, "c1");
  await expect(containers.start(container)).rejects.toMatchObject({
    code: "invalid",
    message:
      'failed to create task for container: failed to create shim task: OCI runtime create failed: unable to start container process: exec: "nosuch": executable file not found in $PATH: unknown',
  });
  expect(container.state).toMatchObject({ status: "created", exitCode: 127 });
  const removed = await containers.create(
    { Image: "busybox", Cmd: ["nosuch"], HostConfig: { AutoRemove: true } },
    undefined,
  );
  await expect(containers.start(removed.container)).rejects.toThrow("executable file not found");
  await runtime.idle();
  expect(store.list()).toEqual([container]);
  expect(machine.snapshots.size).toBe(0);
  expect(runtime.exits.size).toBe(0);
});

test("stop asks, then kills", async () => {
  const { containers, machine, clock } = fakeEngineParts({
    polite: async ({ signalled }) => 128 + (await signalled),
    stubborn: async ({ signalled }) => {
      await signalled;
      return new Promise<number>(() => {});
    },
  });
  const polite = await containers.create({ Image: "busybox", Cmd: ["polite"] }, undefined);
  await containers.start(polite.container);
  expect(await containers.stop(polite.container)).toBe(true);
  expect(polite.container.state.exitCode).toBe(143);
  expect(await containers.stop(polite.container)).toBe(false);

  const stubborn = await containers.create({ Image: "busybox", Cmd: ["stubborn"], StopSignal: "USR1" }, undefined);
  await containers.start(stubborn.container);
  void containers.stop(stubborn.container, 3);
  await new Promise((resolve) => setTimeout(resolve, 20));
  const signals = machine.asked.filter(({ command }) => command === "container.kill").map(({ params }) => params);
  expect(signals).toMatchObject([{ signal: 15 }, { signal: 10 }, { signal: 9 }]);
  expect(clock.sleeps).toContain(3000);
});

test("attached before the start: output from the first byte, stdin until it is closed", async () => {
  const { containers } = fakeEngineParts({
    cat: async ({ print, readAll }) => {
      await print(await readAll());
      return 0;
    },
  });
  const { container } = await containers.create(
    { Image: "busybox", Cmd: ["cat"], OpenStdin: true, StdinOnce: true },
    undefined,
  );
  const output = gather(container.io.output());
  const writer = container.io.input().getWriter();
  void writer.write(new TextEncoder().encode("over "));
  void writer.write(new TextEncoder().encode("there")).then(() => writer.close());
  await containers.start(container);
  expect(text(await output)).toBe("over there");
});

test("a guest session is joined instead of stdin being streamed", async () => {
  const { containers, machine } = fakeEngineParts({ true: () => 0 });
  const { container } = await containers.create({ Image: "busybox", Cmd: ["true"], OpenStdin: true }, undefined);
  expect(container.io.join(4, true, [])).toBe(true);
  expect(container.io.join(5, true, [])).toBe(false);
  const said = gather(container.io.said());
  await containers.start(container);
  expect(await said).toEqual([]);
  const create = machine.asked.find(({ command }) => command === "container.create")!;
  expect(create.params).toMatchObject({ stdio: { session: 4, joinStdin: true, stdout: expect.any(Number) } });
  expect(create.params).not.toHaveProperty("stdio.stdin");
});

test("names: conflict, invalid, rename, lookup by prefix", async () => {
  const { containers } = fakeEngineParts();
  const { container } = await containers.create({ Image: "busybox" }, "web");
  await expect(containers.create({ Image: "busybox" }, "web")).rejects.toThrow(
    `Conflict. The container name "/web" is already in use by container "${container.id}". You have to remove (or rename) that container to be able to reuse that name.`,
  );
  await expect(containers.create({ Image: "busybox" }, "z")).rejects.toThrow(
    "Invalid container name (z), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed",
  );
  containers.rename(container, "www");
  expect(containers.resolve("www")).toBe(container);
  expect(containers.resolve(container.id.slice(0, 5))).toBe(container);
  expect(() => containers.resolve("web")).toThrow("No such container: web");
  await expect(containers.create({ Image: "nope" }, undefined)).rejects.toThrow("No such image: nope:latest");
});

test("a running container is removed only by force", async () => {
  const { containers, machine, runtime } = fakeEngineParts({
    sleep: async ({ signalled }) => 128 + (await signalled),
  });
  const { container } = await containers.create({ Image: "busybox", Cmd: ["sleep"] }, "s1");
  await containers.start(container);
  await expect(containers.remove(container, { force: false, volumes: false })).rejects.toThrow(
    'cannot remove container "/s1": container is running: stop the container before removing or force remove',
  );
  await containers.setPaused(container, true);
  await expect(containers.remove(container, { force: false, volumes: false })).rejects.toThrow("must be unpaused");
  const removed = containers.waitFor(container, "removed");
  await containers.remove(container, { force: true, volumes: false });
  expect(await removed).toBe(137);
  await runtime.idle();
  expect(machine.snapshots.size).toBe(0);
});

test("a container that is just being started is removed as a running one", async () => {
  const { containers, machine, runtime } = fakeEngineParts({
    sleep: async ({ signalled }) => 128 + (await signalled),
  });
  const { container } = await containers.create({ Image: "busybox", Cmd: ["sleep"] }, undefined);
  const starting = containers.start(container);
  await containers.remove(container, { force: true, volumes: false });
  expect(await starting).toBe(true);
  await runtime.idle();
  expect(container.state.exitCode).toBe(137);
  expect(machine.snapshots.size + machine.containers.size).toBe(0);
});

test("volumes: made once, kept with their name, anonymous ones go with the container", async () => {
  const { containers, machine, runtime, volumes } = fakeEngineParts({ true: () => 0 }, { Volumes: { "/data": {} } });
  const host = { Binds: ["named:/named", "/root/work/src:/src:ro"], AutoRemove: true };
  const { container } = await run(containers, ["true"], { HostConfig: host });
  await runtime.idle();
  const [create] = creations(machine);
  const sources = create!.flatMap(({ name, args }) => (name === "open_tree" ? [args[1]] : []));
  expect(sources).toEqual(expect.arrayContaining(["/var/lib/drydock/volumes/named/_data", "/root/work/src"]));
  expect(container.mounts.find(({ Destination }) => Destination === "/data")).toMatchObject({ anonymous: true });
  expect(volumes.list().map(({ Name }) => Name)).toEqual(["named"]);
  await volumes.remove("named");
  expect(machine.asked.filter(({ command }) => command === "file.remove")).toHaveLength(2);
});

test("exec: in the container's environment, another user by name, code 127 for what is missing", async () => {
  const { containers, execs, machine, runtime } = fakeEngineParts({
    sleep: async ({ signalled }) => 128 + (await signalled),
    env: ({ env, print }) => print(env.join(",")).then(() => 3),
  });
  const { container } = await containers.create({ Image: "busybox", Cmd: ["sleep"], Env: ["A=1"] }, undefined);
  expect(() => execs.create(container, { Cmd: ["env"] })).toThrow(`container ${container.id} is not running`);
  await containers.start(container);
  machine.files["/etc/passwd"] = "nobody:x:65534:65534::/nowhere:/bin/false\n";
  const exec = execs.create(container, { Cmd: ["env"], Env: ["B=2"], AttachStdout: true, User: "nobody" });
  const output = gather(exec.io.output());
  await execs.start(exec, { attached: true });
  expect(text(await output)).toBe(`PATH=/bin,HOSTNAME=${container.id.slice(0, 12)},A=1,HOME=/nowhere,B=2`);
  expect(execs.inspect(exec)).toMatchObject({ Running: false, ExitCode: 3 });
  const { calls } = machine.asked.at(-1)!.params as Params<"container.exec">;
  expect(readList(calls).find(({ name }) => name === "setuid32")!.args).toEqual([65534]);

  const missing = execs.create(container, { Cmd: ["nosuch"] });
  await expect(execs.start(missing, { attached: false })).rejects.toThrow(
    'OCI runtime exec failed: exec failed: unable to start container process: exec: "nosuch": executable file not found in $PATH: unknown',
  );
  expect(missing.exitCode).toBe(127);
  await containers.remove(container, { force: true, volumes: false });
  await runtime.idle();
  expect(execs.size).toBe(0);
});

test("the machine's end ends its containers", async () => {
  const { containers, machine } = fakeEngineParts({ sleep: () => new Promise<number>(() => {}) });
  const { container } = await containers.create({ Image: "busybox", Cmd: ["sleep"] }, undefined);
  await containers.start(container);
  const exit = containers.waitFor(container, "next-exit");
  machine.agent.dispose();
  expect(await exit).toBe(137);
});

function creations({ asked }: FakeMachine): ReadCall[][] {
  return asked.flatMap(({ command, params }) =>
    command === "container.create" ? [readList((params as Params<"container.create">).calls)] : [],
  );
}
