/** What is asked of a container in the moment in which it ends, is removed, or prints. */
import { expect, test } from "vitest";
import { tarOf } from "../fakes/fake-build.js";
import { type FakeEngine, fakeEngine } from "../fakes/fake-engine.js";
import { gather } from "../fakes/gather.js";

const text = (chunks: { bytes: Uint8Array }[]) => chunks.map(({ bytes }) => new TextDecoder().decode(bytes)).join("");

async function started(fake: FakeEngine, more: object = {}): Promise<string> {
  await fake.ask("POST", "/images/create?fromImage=busybox&tag=latest");
  const { Id } = (await fake.ask("POST", "/containers/create", { Image: "busybox", Cmd: ["work"], ...more })).body;
  await fake.ask("POST", `/containers/${Id}/start`);
  return Id;
}

async function attach(fake: FakeEngine, id: string, query: string) {
  const upgraded = await fake.upgrade(`/containers/${id}/attach?${query}`);
  if (upgraded instanceof Response) throw new Error(await upgraded.text());
  return upgraded;
}

test.each([
  ["DELETE", "?force=1"],
  ["POST", "/stop"],
  ["POST", "/kill"],
])("%s %s while the news of the exit is on its way: done", async (method, path) => {
  let end = () => {};
  const ended = new Promise<number>((resolve) => {
    end = () => resolve(0);
  });
  const fake = await fakeEngine({ work: () => ended });
  const id = await started(fake);
  // The agent finds it ended; then comes the news.
  Object.assign(fake.machine.containers, { get: () => queueMicrotask(end) });
  expect((await fake.ask(method, `/containers/${id}${path}`)).status).toBe(204);
});

test.each(["next-exit", "not-running", "removed"])("a wait for %s ends with the removal", async (condition) => {
  const fake = await fakeEngine();
  await fake.ask("POST", "/images/create?fromImage=busybox&tag=latest");
  const { Id } = (await fake.ask("POST", "/containers/create", { Image: "busybox" })).body;
  const waiting = fake.ask("POST", `/containers/${Id}/wait?condition=${condition}`);
  await fake.ask("DELETE", `/containers/${Id}`);
  expect((await waiting).body).toEqual({ StatusCode: 0 });
});

test("attach with the log and the stream has each once", async () => {
  let finish = () => {};
  const finishing = new Promise<void>((resolve) => {
    finish = resolve;
  });
  let print = async (_: string) => {};
  const fake = await fakeEngine({
    work: async (process) => {
      print = process.print;
      await print("before\n");
      await finishing;
      return 0;
    },
  });
  const id = await started(fake);
  await new Promise((resolve) => setTimeout(resolve, 5));
  const { output } = await attach(fake, id, "logs=1&stream=1&stdout=1&stderr=1");
  await print("between\n");
  const printed = gather(output);
  await print("after\n");
  finish();
  expect(text(await printed)).toBe("before\nbetween\nafter\n");
});

test("Ctrl-P Ctrl-Q leaves a terminal, whose process goes on; keys that only begin so are passed on", async () => {
  const fake = await fakeEngine({
    work: async ({ readAll, print }) => {
      await print(await readAll());
      return 0;
    },
  });
  const id = await started(fake, { Tty: true, OpenStdin: true, StdinOnce: true });
  const first = await attach(fake, id, "stream=1&stdin=1&stdout=1");
  const keys = first.stdin.getWriter();
  for (const typed of ["a", "\x10b", "\x10", "\x10", "\x11", "lost"]) await keys.write(new TextEncoder().encode(typed));
  expect(await gather(first.output)).toEqual([]);
  expect((await fake.ask("GET", `/containers/${id}/json`)).body.State.Status).toBe("running");
  const second = await attach(fake, id, "stream=1&stdin=1&stdout=1&detachKeys=x,ctrl-a");
  const writer = second.stdin.getWriter();
  await writer.write(new TextEncoder().encode("x\x11"));
  const printed = gather(second.output);
  await writer.close();
  expect(text(await printed)).toBe("a\x10b\x10x\x11");
  expect((await fake.ask("POST", `/containers/${id}/attach?stream=1&stdin=1&detachKeys=nope`)).status).toBe(400);
});

test("names and sizes alone travel for diff, ps -s, inspect -s, df and prune", async () => {
  const fake = await fakeEngine({ work: () => 0 });
  const id = await started(fake);
  const paths = [
    `/containers/${id}/changes`,
    "/containers/json?all=1&size=1",
    `/containers/${id}/json?size=1`,
    "/system/df",
  ];
  for (const path of paths) expect((await fake.ask("GET", path)).status).toBe(200);
  await fake.ask("POST", "/containers/prune");
  const asked = fake.machine.asked.filter(({ command }) => command === "snapshot.diff");
  expect(asked).toHaveLength(5);
  for (const { params } of asked) expect(params).not.toHaveProperty("contents");
});

test("an image's short id that means two images by now does not keep the list from being shown", async () => {
  const fake = await fakeEngine();
  const image = (await started(fake).then(() => fake.ask("GET", "/images/busybox/json"))).body.Id;
  // Some image of many begins with the same digit.
  const short = image.slice(7, 8);
  await fake.ask("POST", "/containers/create?name=by-short-id", { Image: short });
  for (let i = 0; (await fake.ask("GET", `/images/${short}/json`)).status !== 400; i++) {
    await fake.ask("POST", "/build", tarOf({ Dockerfile: `FROM busybox\nLABEL n=${i}\n` }));
  }
  const filters = encodeURIComponent(JSON.stringify({ ancestor: [short] }));
  expect((await fake.ask("GET", `/containers/json?all=1&filters=${filters}`)).body).toEqual([]);
  const { status, body } = await fake.ask("GET", "/containers/json?all=1");
  expect(status).toBe(200);
  expect(body.find(({ Names }: { Names: string[] }) => Names[0] === "/by-short-id").Image).toBe(image);
});

test("volume rm -f of what is not there; the default network by its name", async () => {
  const fake = await fakeEngine();
  expect((await fake.ask("DELETE", "/volumes/none?force=1")).status).toBe(204);
  expect((await fake.ask("DELETE", "/volumes/none")).status).toBe(404);
  const id = await started(fake);
  expect((await fake.ask("GET", `/containers/${id}/json`)).body.HostConfig.NetworkMode).toBe("bridge");
});

test("a program that cannot be executed says so itself, and ends as under runc; CRLF is named", async () => {
  const fake = await fakeEngine({ work: async ({ signalled }) => 128 + (await signalled) });
  fake.machine.unexecutable["/s/crlf"] = "ENOENT";
  fake.machine.files["/s/crlf"] = "#! /bin/sh\r\necho\r\n";
  fake.machine.unexecutable["/bin/sh"] = "ENOEXEC";
  const running = await started(fake);
  const { Id } = (await fake.ask("POST", "/containers/create", { Image: "busybox", Cmd: ["/bin/sh"] })).body;
  const printed = gather((await attach(fake, Id, "stream=1&stdout=1&stderr=1")).output);
  const waiting = fake.ask("POST", `/containers/${Id}/wait?condition=next-exit`);
  expect((await fake.ask("POST", `/containers/${Id}/start`)).status).toBe(204);
  expect((await waiting).body).toEqual({ StatusCode: 255 });
  const said = "exec /bin/sh: exec format error\n";
  expect(await printed).toEqual([{ stream: "stderr", bytes: new TextEncoder().encode(said) }]);
  expect((await fake.ask("GET", `/containers/${Id}/logs?stderr=1`)).text).toContain(said);

  const exec = (await fake.ask("POST", `/containers/${running}/exec`, { Cmd: ["/s/crlf"], AttachStderr: true })).body
    .Id;
  const upgraded = await fake.upgrade(`/exec/${exec}/start`, {});
  if (upgraded instanceof Response) throw new Error(await upgraded.text());
  expect(text(await gather(upgraded.output))).toBe(
    'exec /s/crlf: no such file or directory\ndrydock: /s/crlf has lines that end in \\r\\n: it asks for "/bin/sh\\r"\n',
  );
  expect((await fake.ask("GET", `/exec/${exec}/json`)).body).toMatchObject({ Running: false, ExitCode: 255 });
});

test("a start that fails is told by the start; a wait for the removal has the exit code alone", async () => {
  const fake = await fakeEngine();
  await fake.ask("POST", "/images/create?fromImage=busybox&tag=latest");
  const request = { Image: "busybox", Cmd: ["nosuch"], HostConfig: { AutoRemove: true } };
  const { Id } = (await fake.ask("POST", "/containers/create", request)).body;
  const waiting = fake.ask("POST", `/containers/${Id}/wait?condition=removed`);
  expect((await fake.ask("POST", `/containers/${Id}/start`)).status).toBe(400);
  expect((await waiting).body).toEqual({ StatusCode: 127 });
});
