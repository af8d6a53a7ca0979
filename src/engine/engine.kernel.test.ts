/** The engine's API on the real kernel: what the guest makes of builds, layers, processes and their ends. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Headless, openHeadless } from "../node/headless.js";
import { tarOf } from "./fakes/fake-build.js";
import { outputOf } from "./fakes/parse-frames.js";
import type { LayerReport } from "./layers/layer-report.js";

let headless: Headless;
beforeAll(async () => {
  headless = await openHeadless();
  expect((await ask("POST", "/images/create?fromImage=busybox&tag=latest")).status).toBe(200);
});
afterAll(() => headless?.dispose());

async function ask(method: string, path: string, body?: unknown, signal?: AbortSignal) {
  const content = body instanceof Uint8Array ? body : body === undefined ? undefined : JSON.stringify(body);
  const request = new Request(`http://drydock${path}`, { method, body: content as BodyInit | undefined, signal });
  const response = await headless.core.engine.fetch(request);
  const text = response.headers.get("Content-Type")?.includes("stream") ? "" : await response.clone().text();
  const lines = text.trim().split("\n");
  return { status: response.status, response, lines: lines.filter(Boolean), json: () => JSON.parse(text) };
}

/** Output (both streams), exit code, and State of a container that is run and removed. */
async function run(command: string[], more: object = {}) {
  const create = await ask("POST", "/containers/create", { Image: "busybox", Cmd: command, ...more });
  expect(create.lines.join()).toContain('"Id"');
  const { Id } = create.json();
  const waiting = ask("POST", `/containers/${Id}/wait?condition=next-exit`);
  const started = await ask("POST", `/containers/${Id}/start`);
  if (started.status !== 204) throw new Error(started.json().message);
  const { StatusCode } = (await waiting).json();
  const { response } = await ask("GET", `/containers/${Id}/logs?stdout=1&stderr=1`);
  let output = "";
  for await (const { bytes } of outputOf(response)) output += new TextDecoder().decode(bytes);
  const { State } = (await ask("GET", `/containers/${Id}/json`)).json();
  await ask("DELETE", `/containers/${Id}`);
  return { output, StatusCode, State };
}

async function build(tag: string, files: Parameters<typeof tarOf>[0], signal?: AbortSignal) {
  const { lines } = await ask("POST", `/build?trace=1&t=${tag}`, tarOf(files), signal);
  const messages = lines.map((line) => JSON.parse(line));
  const last = messages.at(-1);
  return { id: last.aux?.ID as string | undefined, error: last.error as string | undefined, messages };
}

const layersOf = async (image: string): Promise<LayerReport[]> =>
  (await ask("GET", `/drydock/images/${image}/layers`)).json();

describe("builds", () => {
  const bigFile = {
    Dockerfile:
      'FROM busybox\nRUN dd if=/dev/zero of=/big bs=1M count=20\nRUN rm /big\nCOPY hello /usr/bin/hello\nCMD ["hello"]\n',
    hello: { contents: new TextEncoder().encode("#!/bin/sh\necho hi\n"), mode: 0o755 },
  };

  test("a removed file is absent in the container and its bytes are in the layer; again, all is cached", async () => {
    const first = await build("big", bigFile);
    expect(first.error).toBeUndefined();
    const history = (await ask("GET", "/images/big/history")).json();
    expect(history.map(({ Size }: { Size: number }) => Size).slice(0, 4)).toEqual([0, 18, 0, 20 << 20]);
    const report = await layersOf("big");
    expect(report.map(({ size }) => size).reverse()).toEqual(history.map(({ Size }: { Size: number }) => Size));
    expect(report.find(({ hiddenBytes }) => hiddenBytes > 0)).toMatchObject({ hiddenBytes: 20 << 20 });
    expect(await run(["sh", "-c", "ls /big; hello"], { Image: "big" })).toMatchObject({
      output: "ls: /big: No such file or directory\nhi\n",
    });
    const second = await build("big", bigFile);
    expect(second.id).toBe(first.id);
    const steps = second.messages.flatMap(({ aux }) => (aux?.type === "span-start" && aux.step ? [aux.span] : []));
    const ends = second.messages.filter(({ aux }) => aux?.type === "span-end" && steps.includes(aux.span));
    expect(ends.map(({ aux }) => aux.outcome)).toEqual(["cached", "cached", "cached", "cached"]);
  });

  test("whiteouts, opaque directories, links, owners, modes and devices survive the way to a layer and back", async () => {
    const { error } = await build("tricky", {
      Dockerfile: `FROM busybox
RUN mkdir -p /d/sub && echo 1 > /d/sub/one && echo x > /gone && echo keep > /kept
RUN rm /gone && rm -r /d && mkdir -m 0751 /d && echo 2 > /d/two && ln -s two /d/link && ln /d/two /d/hard \
 && chown 7:8 /d/two && chmod 4755 /kept && mkfifo /d/pipe && mknod /d/null c 1 3
`,
    });
    expect(error).toBeUndefined();
    const changes = (await layersOf("tricky")).at(-1)!.changes.map(({ path, action }) => `${action} ${path}`);
    expect(changes).toContain("deleted /gone");
    expect(changes).toContain("opaque /d");
    const script = "ls /gone /d/sub; cat /d/link; stat -c '%n %a %u:%g %h %F' /d /d/two /d/hard /kept /d/pipe /d/null";
    const { output } = await run(["sh", "-c", script], { Image: "tricky" });
    expect(output.split("\n")).toEqual(
      expect.arrayContaining([
        "ls: /gone: No such file or directory",
        "ls: /d/sub: No such file or directory",
        "2",
        "/d 751 0:0 1 directory",
        "/d/two 644 7:8 2 regular file",
        "/kept 4755 0:0 1 regular file",
        "/d/pipe 644 0:0 1 fifo",
        "/d/null 644 0:0 1 character special file",
      ]),
    );
  });

  test("a RUN changes what it changes and nothing else", async () => {
    await build("plain", { Dockerfile: "FROM busybox\nRUN echo 1 > /one\nRUN true\n" });
    const [, one, nothing] = await layersOf("plain");
    expect(one!.changes.map(({ path }) => path)).toEqual(["/one"]);
    expect(nothing!.changes).toEqual([]);
  });

  test("from scratch, and files copied between stages, with the owner asked for", async () => {
    const { error } = await build("static", {
      Dockerfile:
        'FROM busybox AS tools\nFROM scratch\nCOPY --from=tools --chown=5:6 /bin/busybox /busybox\nRUN ["/busybox", "touch", "/made"]\nENTRYPOINT ["/busybox"]\n',
    });
    expect(error).toBeUndefined();
    const { output } = await run(["stat", "-c", "%u:%g %n", "/busybox", "/made"], { Image: "static" });
    expect(output).toBe("5:6 /busybox\n0:0 /made\n");
  });

  test("a failing step is told with its code; a build given up ends its process", async () => {
    expect((await build("bad", { Dockerfile: "FROM busybox\nRUN exit 3\n" })).error).toBe(
      'process "/bin/sh -c exit 3" did not complete successfully: exit code: 3',
    );
    const abort = new AbortController();
    const started = new Promise<void>((resolve) => {
      const subscription = headless.core.onTrace((event) => {
        if (event.type !== "output" || event.text !== "on\n") return;
        subscription.dispose();
        resolve();
      });
    });
    const given = build("slow", { Dockerfile: "FROM busybox\nRUN echo on; sleep 1000\n" }, abort.signal);
    await started;
    abort.abort();
    expect((await given).error).toBeDefined();
    await headless.core.engine.idle();
    expect(
      (await ask("GET", "/images/json")).json().map(({ RepoTags }: { RepoTags: string[] }) => RepoTags[0]),
    ).not.toContain("slow:latest");
  });
});

describe("containers", () => {
  test("exec as another user; pause stops time; stats count", async () => {
    const { Id } = (
      await ask("POST", "/containers/create", {
        Image: "busybox",
        Cmd: ["sleep", "1000"],
        HostConfig: { Memory: 64 << 20 },
      })
    ).json();
    await ask("POST", `/containers/${Id}/start`);
    const exec = async (Cmd: string[], User = "") => {
      const made = (
        await ask("POST", `/containers/${Id}/exec`, { Cmd, User, AttachStdout: true, AttachStderr: true })
      ).json();
      const { response } = await ask("POST", `/exec/${made.Id}/start`, { Detach: false });
      let output = "";
      for await (const { bytes } of outputOf(response)) output += new TextDecoder().decode(bytes);
      return { output, code: (await ask("GET", `/exec/${made.Id}/json`)).json().ExitCode };
    };
    expect(await exec(["sh", "-c", "id -u; exit 4"], "nobody")).toEqual({ output: "65534\n", code: 4 });
    expect(await exec(["nosuch"])).toMatchObject({ code: 127 });
    const stats = (await ask("GET", `/containers/${Id}/stats?stream=0&one-shot=1`)).json();
    expect(stats.memory_stats.limit).toBe(64 << 20);
    expect(stats.memory_stats.usage).toBeGreaterThan(0);
    expect(stats.pids_stats.current).toBe(1);
    expect((await ask("POST", `/containers/${Id}/pause`)).status).toBe(204);
    expect((await ask("GET", `/containers/${Id}/json`)).json().State.Status).toBe("paused");
    expect((await ask("POST", `/containers/${Id}/unpause`)).status).toBe(204);
    expect((await ask("DELETE", `/containers/${Id}?force=1`)).status).toBe(204);
  });

  test("its own hosts, hostname and resolv.conf, writable, and no change of the container", async () => {
    const { Id } = (
      await ask("POST", "/containers/create", {
        Image: "busybox",
        Hostname: "box",
        Cmd: ["sh", "-c", "echo 10.0.0.1 db >> /etc/hosts; tail -1 /etc/hosts; cat /etc/hostname; touch /tmp/x"],
      })
    ).json();
    const waiting = ask("POST", `/containers/${Id}/wait?condition=next-exit`);
    await ask("POST", `/containers/${Id}/start`);
    await waiting;
    const { response } = await ask("GET", `/containers/${Id}/logs?stdout=1&stderr=1`);
    let output = "";
    for await (const { bytes } of outputOf(response)) output += new TextDecoder().decode(bytes);
    expect(output).toBe("10.0.0.1 db\nbox\n");
    expect((await ask("GET", `/containers/${Id}/changes`)).json()).toEqual([
      { Path: "/tmp", Kind: 0 },
      { Path: "/tmp/x", Kind: 1 },
    ]);
    await ask("DELETE", `/containers/${Id}`);
  });

  test("restarted, it has what it wrote before", async () => {
    const script = "cat /count 2>/dev/null; echo run >> /count";
    const { Id } = (await ask("POST", "/containers/create", { Image: "busybox", Cmd: ["sh", "-c", script] })).json();
    for (let i = 0; i < 2; i++) {
      const waiting = ask("POST", `/containers/${Id}/wait?condition=next-exit`);
      await ask("POST", `/containers/${Id}/start`);
      await waiting;
    }
    const { response } = await ask("GET", `/containers/${Id}/logs?stdout=1&stderr=1`);
    let output = "";
    for await (const { bytes } of outputOf(response)) output += new TextDecoder().decode(bytes);
    expect(output).toBe("run\n");
    await ask("DELETE", `/containers/${Id}`);
  });

  test("thirty containers one after another leave no more than the first", async () => {
    const figures = async () => {
      await headless.core.engine.idle();
      const { fids, streams } = headless.machine.figures();
      return { ...headless.core.engine.figures(), fids, streams };
    };
    for (let i = 0; i < 3; i++) await run(["true"]);
    const before = await figures();
    for (let i = 0; i < 30; i++) await run(["true"]);
    const after = await figures();
    expect(after).toEqual({ ...before, fids: expect.any(Number) });
    expect(after.fids).toBeLessThanOrEqual(before.fids + 3);
  });
});
