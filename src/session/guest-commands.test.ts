import { expect, test } from "vitest";
import type { Command } from "../cli/command.js";
import type { EngineHandler } from "../engine/api/handler.js";
import type { FilesMachine } from "./caller-files.js";
import { serveGuestCommands } from "./guest-commands.js";

/** A guest whose one `docker` command is scripted by the test. */
function fakeGuest(stdin: string[] = []) {
  const listeners = new Map<string, (value: never) => void>();
  const calls: [string, Record<string, unknown>][] = [];
  const written = new Map<number, string>();
  let closed: (() => void) | undefined;
  const done = new Promise<void>((resolve) => {
    closed = resolve;
  });
  let streams = 0;
  const agent = {
    on(event: string, listener: (value: never) => void) {
      listeners.set(event, listener);
      return { dispose: () => listeners.delete(event) };
    },
    openOutput() {
      const id = ++streams;
      written.set(id, "");
      return {
        id,
        write: async (bytes: Uint8Array) => {
          if (written.get(id) === undefined) throw new Error("reader gone");
          written.set(id, written.get(id) + new TextDecoder().decode(bytes));
        },
        end: async () => void calls.push([`end ${id}`, {}]),
        reset() {},
      };
    },
    openInput: () => ({
      id: ++streams,
      read: async () => {
        const chunk = stdin.shift();
        return chunk === undefined ? null : new TextEncoder().encode(chunk);
      },
      cancel: (reason: string) => void calls.push(["cancel", { reason }]),
    }),
    async call(command: string, params: Record<string, unknown>) {
      calls.push([command, params]);
      if (command === "session.close") closed?.();
      return {};
    },
  };
  const fire = (event: string, value: unknown) => listeners.get(event)?.(value as never);
  const open = (argv: string[]) =>
    fire("session.opened", {
      session: 9,
      argv,
      env: { HOME: "/root" },
      cwd: "/root/work",
      terminal: { stdin: true, stdout: true, stderr: false },
      columns: 100,
      rows: 30,
    });
  return { machine: { agent } as unknown as FilesMachine, calls, written, fire, open, done, listeners };
}

const engine = {} as EngineHandler;
const encode = (text: string) => new TextEncoder().encode(text);
const decode = (bytes: unknown) => new TextDecoder().decode(bytes as Uint8Array | undefined);

test("text goes to the command's descriptors and its status ends it, after both streams", async () => {
  const guest = fakeGuest();
  const run: Command = async ({ argv, stdout, stderr, size, joinSession }) => {
    await stdout.write(`${argv.join(" ")} ${size().columns} ${joinSession?.()}\n`);
    await stderr.write("warning\n");
    return 7;
  };
  serveGuestCommands({ machine: guest.machine, engine, run });
  guest.open(["docker", "ps", "-a"]);
  await guest.done;
  expect([...guest.written.values()]).toEqual(["ps -a 100 9\n", "warning\n"]);
  expect(guest.calls).toEqual([
    ["session.accept", { session: 9, stdout: 1, stderr: 2 }],
    ["end 1", {}],
    ["end 2", {}],
    ["session.close", { session: 9, exitCode: 7 }],
  ]);
});

test("what is printed right before the end goes with it", async () => {
  const guest = fakeGuest();
  const run: Command = async ({ stdout }) => {
    await stdout.write("CONTAINER ID\n");
    await stdout.write("cafe\n");
    return 0;
  };
  serveGuestCommands({ machine: guest.machine, engine, run });
  guest.open(["docker", "ps"]);
  await guest.done;
  expect(guest.calls).toEqual([["session.close", { session: 9, exitCode: 0, stdout: encode("CONTAINER ID\ncafe\n") }]]);
});

test.each(["stdout", "stderr"] as const)("what was printed to %s is out before anything else happens", async (name) => {
  const guest = fakeGuest();
  const seen: unknown[] = [];
  const run: Command = async ({ [name]: sink, joinSession }) => {
    await sink.write("pulling\n");
    joinSession?.();
    seen.push(...guest.written.values());
    return 0;
  };
  serveGuestCommands({ machine: guest.machine, engine, run });
  guest.open(["docker", "run", "busybox"]);
  await guest.done;
  expect(seen).toContain("pulling\n");
});

test("a question is asked before its answer is waited for", async () => {
  const guest = fakeGuest();
  const run: Command = async ({ stdout, onSignal }) => {
    await stdout.write("sure? ");
    return new Promise((resolve) => onSignal(resolve));
  };
  serveGuestCommands({ machine: guest.machine, engine, run });
  guest.open(["docker", "system", "prune"]);
  await expect.poll(() => [...guest.written.values()]).toEqual(["sure? ", ""]);
  guest.fire("session.signal", { session: 9, signal: 2 });
  await guest.done;
});

test("stdin is not read unless the command asks", async () => {
  const guest = fakeGuest(["hello ", "there"]);
  const run: Command = async ({ stdin, stdout }) => {
    for await (const chunk of stdin()) await stdout.write(chunk);
    return 0;
  };
  serveGuestCommands({ machine: guest.machine, engine, run });
  guest.open(["docker", "load"]);
  await guest.done;
  expect(guest.calls[0]).toEqual(["session.read", { session: 9, stdin: 1 }]);
  expect([...guest.written.values()].join("") + decode(guest.calls.at(-1)![1].stdout)).toBe("hello there");
});

test("signals and sizes reach the command they are for", async () => {
  const guest = fakeGuest();
  const run: Command = ({ onSignal, size }) =>
    new Promise((resolve) => onSignal((signal) => resolve(signal + size().rows)));
  serveGuestCommands({ machine: guest.machine, engine, run });
  guest.open(["docker", "run"]);
  await Promise.resolve();
  await Promise.resolve();
  guest.fire("session.signal", { session: 8, signal: 1 });
  guest.fire("session.resized", { session: 9, columns: 10, rows: 20 });
  guest.fire("session.signal", { session: 9, signal: 2 });
  await guest.done;
  expect(guest.calls.at(-1)).toEqual(["session.close", { session: 9, exitCode: 22 }]);
});

test("a command hears that its joined terminal was left", async () => {
  const guest = fakeGuest();
  const run: Command = ({ onDetach }) => new Promise((resolve) => onDetach?.(() => resolve(3)));
  serveGuestCommands({ machine: guest.machine, engine, run });
  guest.open(["docker", "run", "-it", "busybox"]);
  guest.fire("session.detached", { session: 9 });
  await guest.done;
  expect(guest.calls).toEqual([["session.close", { session: 9, exitCode: 3 }]]);
});

test("a command that throws says so and ends with 1", async () => {
  const guest = fakeGuest();
  const run: Command = async () => {
    throw new Error("engine gone");
  };
  serveGuestCommands({ machine: guest.machine, engine, run });
  guest.open(["docker", "ps"]);
  await guest.done;
  expect(guest.calls).toEqual([
    ["session.close", { session: 9, exitCode: 1, stderr: encode("docker: engine gone\n") }],
  ]);
});

test("disposing stops serving", () => {
  const guest = fakeGuest();
  serveGuestCommands({ machine: guest.machine, engine, run: async () => 0 }).dispose();
  expect(guest.listeners.size).toBe(0);
});
