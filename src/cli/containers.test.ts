import { expect, test } from "vitest";
import { Emitter } from "../shared/disposable.js";
import { docker, failure, nothing, type Script, upgraded } from "./fakes/scripted-engine.js";

const missing = (name: string) => () => failure(404, `No such container: ${name}`);
const missingText = (name: string) => `Error response from daemon: No such container: ${name}\n`;

test.each([
  ["stop -t 1 a1", "POST /containers/a1/stop?t=1"],
  ["stop -s KILL a1", "POST /containers/a1/stop?signal=KILL"],
  ["restart a1", "POST /containers/a1/restart"],
  ["kill a1", "POST /containers/a1/kill"],
  ["kill -s HUP a1", "POST /containers/a1/kill?signal=HUP"],
  ["pause a1", "POST /containers/a1/pause"],
  ["unpause a1", "POST /containers/a1/unpause"],
  ["start a1", "POST /containers/a1/start"],
  ["rm -fv a1", "DELETE /containers/a1?force=1&v=1"],
])("docker %s", async (argv, request) => {
  expect(await docker(argv, { [request]: nothing })).toMatchObject({
    status: 0,
    stdout: "a1\n",
    stderr: "",
    requests: [request],
  });
});

test("one of two fails: both are done, the status is 1", async () => {
  const script: Script = { "POST /containers/a1/stop": nothing, "POST /containers/nope/stop": missing("nope") };
  expect(await docker("stop nope a1", script)).toMatchObject({
    status: 1,
    stdout: "a1\n",
    stderr: missingText("nope"),
  });
});

test("start says what it could not start", async () => {
  const script = { "POST /containers/nope/start": missing("nope") };
  expect(await docker("start nope", script)).toMatchObject({
    status: 1,
    stderr: `${missingText("nope")}Error: failed to start containers: nope\n`,
  });
});

test("rm -f of what is not there is no failure", async () => {
  const script = { "DELETE /containers/nope": missing("nope") };
  expect(await docker("rm -f nope", script)).toMatchObject({ status: 0, stdout: "", stderr: missingText("nope") });
  expect((await docker("rm nope", script)).status).toBe(1);
});

test("wait prints statuses in the order of the names", async () => {
  const script = { "POST /containers/a/wait": { StatusCode: 137 }, "POST /containers/b/wait": { StatusCode: 0 } };
  expect(await docker("wait a b", script)).toMatchObject({ status: 0, stdout: "137\n0\n" });
});

test("a signal ends a command that waits", async () => {
  const signals = new Emitter<number>();
  const script = {
    "POST /containers/a/wait": () => {
      setTimeout(() => signals.fire(2), 1);
      return new Promise<Response>(() => {});
    },
  };
  expect(await docker("wait a", script, { signals })).toMatchObject({ status: 130, stdout: "", stderr: "" });
});

test("rename", async () => {
  expect(await docker("rename a b", { "POST /containers/a/rename?name=b": nothing })).toMatchObject({ status: 0 });
  const script = {
    "POST /containers/c2/rename": () => failure(400, "Renaming a container with the same name as its current name"),
  };
  expect((await docker("rename c2 c2", script)).stderr).toBe(
    "Error response from daemon: Renaming a container with the same name as its current name\nError: failed to rename container named c2\n",
  );
});

test("diff", async () => {
  const script = {
    "GET /containers/a1/changes": [
      { Path: "/etc", Kind: 0 },
      { Path: "/etc/passwd", Kind: 2 },
      { Path: "/tmp/new", Kind: 1 },
    ],
  };
  expect((await docker("diff a1", script)).stdout).toBe("C /etc\nD /etc/passwd\nA /tmp/new\n");
});

test("port", async () => {
  const script = {
    "GET /containers/c/json": { NetworkSettings: { Ports: { "80/tcp": [{ HostIp: "0.0.0.0", HostPort: "8080" }] } } },
  };
  expect((await docker("port c", script)).stdout).toBe("80/tcp -> 0.0.0.0:8080\n");
  expect((await docker("port c 80", script)).stdout).toBe("0.0.0.0:8080\n");
  expect(await docker("port c 81", script)).toMatchObject({
    status: 1,
    stderr: "Error: No public port '81' published for c\n",
  });
});

function frames(...chunks: [stream: number, text: string][]): Uint8Array<ArrayBuffer> {
  const parts = chunks.flatMap(([stream, text]) => {
    const bytes = new TextEncoder().encode(text);
    return [stream, 0, 0, 0, 0, 0, bytes.length >> 8, bytes.length & 255, ...bytes];
  });
  return new Uint8Array(parts);
}

test("logs parts the streams, wherever the frames are cut", async () => {
  const all = frames([1, "out\n"], [2, "err\n"], [1, "more\n"]);
  const pieces = [all.subarray(0, 3), all.subarray(3, 15), all.subarray(15)];
  const script = {
    "GET /containers/a1/logs": () =>
      new Response(
        new ReadableStream({
          start(controller) {
            for (const piece of pieces) controller.enqueue(piece);
            controller.close();
          },
        }),
        { headers: { "Content-Type": "application/vnd.docker.multiplexed-stream" } },
      ),
  };
  const run = await docker("logs -ft --tail 5 --since 2026-01-02T00:00:00Z a1", script);
  expect(run).toMatchObject({ status: 0, stdout: "out\nmore\n", stderr: "err\n" });
  expect(run.requests).toEqual([
    "GET /containers/a1/logs?stdout=1&stderr=1&follow=1&timestamps=1&tail=5&since=1767312000",
  ]);
});

test("logs of a container with a terminal are plain", async () => {
  const headers = { "Content-Type": "application/vnd.docker.raw-stream" };
  const script = { "GET /containers/a1/logs": () => new Response("text\r\n", { headers }) };
  expect((await docker("logs a1", script)).stdout).toBe("text\r\n");
});

const inspected = (state: object) => ({
  Id: "1",
  State: { Running: true, Paused: false, Restarting: false, ...state },
  Config: { Tty: false, OpenStdin: false },
  HostConfig: { AutoRemove: false },
});

test("attach follows a running container to its end", async () => {
  const script = {
    "GET /containers/a1/json": inspected({}),
    "POST /containers/1/wait": { StatusCode: 137 },
    "POST /containers/1/attach": () => upgraded({ stdout: "x\n", stderr: "" }),
  };
  expect(await docker("attach a1", script)).toMatchObject({ status: 137, stdout: "x\n" });
});

test("attach to what does not run", async () => {
  const script = { "GET /containers/a1/json": inspected({ Running: false }) };
  expect(await docker("attach a1", script)).toMatchObject({
    status: 1,
    stderr: "You cannot attach to a stopped container, start it first\n",
  });
});

test("start -a", async () => {
  const script = {
    "GET /containers/a1/json": inspected({ Running: false }),
    "POST /containers/1/attach": () => upgraded({ stdout: "x\n", stderr: "" }),
    "POST /containers/1/wait?condition=next-exit": { StatusCode: 4 },
    "POST /containers/1/start": nothing,
  };
  expect(await docker("start -a a1", script)).toMatchObject({ status: 4, stdout: "x\n" });
});

test("update", async () => {
  const script = { "POST /containers/a1/update": { Warnings: [] } };
  const run = await docker("update -m 10m --restart always a1", script);
  expect(run).toMatchObject({ status: 0, stdout: "a1\n" });
  expect(run.requests).toEqual([
    'POST /containers/a1/update {"Memory":10485760,"RestartPolicy":{"Name":"always","MaximumRetryCount":0}}',
  ]);
});

test("a reader that is gone ends the command without a word", async () => {
  const script = { "GET /containers/json": [] };
  expect(await docker("ps", script, { brokenStdout: true })).toMatchObject({ status: 141, stderr: "" });
});
