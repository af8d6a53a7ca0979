import { expose } from "comlink";
import { afterEach, expect, test } from "vitest";
import type { Machine, MachineHealth } from "../machine/machine.js";
import { Emitter } from "../shared/disposable.js";
import type { LoadProgress, Session, TraceEvent } from "./client.js";
import type { SessionCore } from "./compose.js";
import { connectSession, keepFiles } from "./connect.js";
import { createRemote } from "./remote.js";

const originalFetch = globalThis.fetch;
const open: Session[] = [];
afterEach(() => {
  globalThis.fetch = originalFetch;
  for (const session of open.splice(0)) session.dispose();
});

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** Both ends over a pair of ports, with a machine and an engine of the test's. */
function connected(
  engine: (request: Request) => Promise<Response> = async () => Response.json({ ok: true }),
  restored: (machine: Machine) => Promise<Machine> = async (machine) => machine,
) {
  const files = new Map<string, Uint8Array>([["Dockerfile", new TextEncoder().encode("FROM busybox\n")]]);
  const terminal = new Emitter<Uint8Array>();
  const health = new Emitter<MachineHealth>();
  const messages = new Emitter<string>();
  const trace = new Emitter<TraceEvent>();
  const typed: string[] = [];
  const machine = {
    terminal: {
      onData: terminal.event,
      write: (bytes: Uint8Array) => typed.push(text(bytes)),
      resize() {},
      renew: async () => {},
    },
    onHealth: health.event,
    onMessage: messages.event,
    workspace: {
      onChange: new Emitter<string[]>().event,
      list: () => [...files].map(([path, { length }]) => ({ path, type: "file", size: length, mode: 0o644 })),
      read: (path: string) => files.get(path),
      write: async (path: string, bytes: Uint8Array) => void files.set(path, bytes),
      remove: async (path: string) => void files.delete(path),
    },
  } as unknown as Machine;
  const core = {
    engine: { fetch: engine },
    onTrace: trace.event,
    docker: (argv: string[], { onOutput, signal }: Parameters<SessionCore["docker"]>[1]) =>
      new Promise<number>((resolve) => {
        onOutput(`docker ${argv.join(" ")}\n`);
        if (argv[0] !== "build") resolve(3);
        signal?.addEventListener("abort", () => resolve(130));
      }),
  } as unknown as SessionCore;
  globalThis.fetch = async (input) =>
    String(input).endsWith("vm.json")
      ? Response.json({ memoryBytes: 1, state: { file: "s", bytes: 2 } })
      : new Response("ok");
  const { port1, port2 } = new MessageChannel();
  expose(createRemote({ restore: () => restored(machine), core: () => core, warmUp: async () => {} }), port2);
  const options = { base: "http://page/", columns: 80, rows: 24, files: [], project: "p" };
  const session = connectSession(port1, options);
  open.push(session);
  return { session, files, terminal, health, messages, trace, typed };
}

function next<T>(event: (listener: (value: T) => void) => unknown): Promise<T> {
  return new Promise((resolve) => event(resolve));
}

test("starts, telling each step", async () => {
  const { session } = connected();
  const steps: LoadProgress["step"][] = [];
  session.onProgress(({ step }) => steps.push(step));
  await session.ready;
  await new Promise((resolve) => setTimeout(resolve));
  expect([...new Set(steps)]).toEqual(["state", "restore", "images", "ready"]);
});

test("a machine that cannot be restored says why", async () => {
  const { session } = connected(undefined, async () => {
    throw new Error("state of v86 0.4, this is 0.5");
  });
  await expect(session.ready).rejects.toMatchObject({
    code: "machine-failed",
    message: "state of v86 0.4, this is 0.5",
  });
});

test("terminal both ways, health and trace", async () => {
  const { session, terminal, health, trace, typed } = connected();
  await session.ready;
  const data = next(session.terminal.onData);
  terminal.fire(new TextEncoder().encode("$ "));
  expect(text(await data)).toBe("$ ");
  session.terminal.write("ls\r");
  await session.workspace.list();
  expect(typed).toEqual(["ls\r"]);
  const told = next(session.onHealth);
  health.fire({ state: "hung", message: "no answer" });
  expect(await told).toEqual({ state: "hung", message: "no answer" });
  const event = next(session.onTrace);
  trace.fire({ type: "layer-read", at: 1, layer: "l", path: "/x" });
  expect(await event).toEqual({ type: "layer-read", at: 1, layer: "l", path: "/x" });
});

test("engine answers keep status, headers and body", async () => {
  const { session } = connected(async (request) => {
    const { pathname, search } = new URL(request.url);
    if (pathname === "/empty") return new Response(null, { status: 204 });
    const body = `${request.method} ${pathname}${search} ${await request.text()}`;
    return new Response(body, { status: 201, headers: { "X-Test": "yes" } });
  });
  await session.ready;
  const response = await session.fetch("/containers/create?name=a", { method: "POST", body: "{}" });
  expect([response.status, response.headers.get("X-Test"), await response.text()]).toEqual([
    201,
    "yes",
    "POST /containers/create?name=a {}",
  ]);
  expect((await session.fetch("/empty")).status).toBe(204);
});

test("a long body crosses chunk by chunk, no faster than it is read, and can be given up", async () => {
  let pulled = 0;
  let cancelled = false;
  const { session } = connected(async () => {
    const body = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          pulled++;
          controller.enqueue(new Uint8Array([pulled]));
        },
        cancel() {
          cancelled = true;
        },
      },
      { highWaterMark: 0 },
    );
    return new Response(body);
  });
  await session.ready;
  const reader = (await session.fetch("/events")).body!.getReader();
  expect([(await reader.read()).value, (await reader.read()).value]).toEqual([
    new Uint8Array([1]),
    new Uint8Array([2]),
  ]);
  expect(pulled).toBeLessThanOrEqual(4);
  await reader.cancel();
  await session.workspace.list();
  expect(cancelled).toBe(true);
});

test("the page's own commands: output, status, abort", async () => {
  const { session } = connected();
  await session.ready;
  const output: string[] = [];
  const onOutput = (chunk: string) => output.push(chunk);
  expect(await session.docker(["ps"], { cwd: "/root/work", onOutput })).toBe(3);
  const abort = new AbortController();
  const build = session.docker(["build", "."], { cwd: "/root/work", onOutput, signal: abort.signal });
  abort.abort();
  expect(await build).toBe(130);
  expect(output).toEqual(["docker ps\n", "docker build .\n"]);
});

test("files can be kept for the next machine", async () => {
  const { session } = connected();
  await session.ready;
  await session.workspace.write("a", new TextEncoder().encode("A"));
  const kept = await keepFiles(session);
  expect(kept?.map(({ path, bytes }) => [path, text(bytes)])).toEqual([
    ["Dockerfile", "FROM busybox\n"],
    ["a", "A"],
  ]);
});
