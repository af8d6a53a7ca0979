import { expect, test } from "vitest";
import type { AgentEvents } from "../../protocol/commands.js";
import { S_IFCHR, S_IFREG } from "../../shared/linux/constants.js";
import type { FakeDescriptor } from "../system/fake-descriptors.js";
import { FakeSystem } from "../system/fake-system.js";
import { FedStream, WrittenStream } from "../testfiles/page-streams.js";
import { Sessions } from "./sessions.js";

const OPEN = (argv: string[], cwd = "/root") => {
  const strings = [...argv, cwd, "A=1"].map((text) => `${text}\0`).join("");
  const bytes = new Uint8Array(16 + strings.length);
  bytes.set([1, 1]);
  new DataView(bytes.buffer).setUint32(4, argv.length, true);
  new DataView(bytes.buffer).setUint32(8, 1, true);
  bytes.set(
    Array.from(strings, (character) => character.charCodeAt(0)),
    16,
  );
  return bytes;
};

/** A `docker` program whose descriptors are pipes, as the agent and the test see it. */
function guest({ terminal = false } = {}) {
  const system = new FakeSystem();
  const told: [string, unknown][] = [];
  const sessions = new Sessions({
    system,
    tell: (event, value) => told.push([event, value]),
  });
  system.modeOf = () => (terminal ? S_IFCHR : S_IFREG);
  sessions.listen("/agent.sock");
  const listener = [...system.descriptors.open].find(([, { incoming, peer }]) => incoming && !peer)!;
  const input = system.pipe();
  const output = system.pipe();
  const errors = system.pipe();
  const [ours, theirs] = system.socketpair();
  const before = system.descriptors.open.size - 4;
  (listener[1] as FakeDescriptor).incoming!.push({ bytes: new Uint8Array(), fds: [theirs] });
  system.turn();
  const send = (bytes: Uint8Array, fds: number[] = []) => {
    system.sendFds(ours, bytes, fds);
    system.turn();
  };
  const open = (argv = ["docker", "ps"]) => {
    if (terminal) system.descriptors.get("test", input.read).terminal = { columns: 0, rows: 0 };
    send(OPEN(argv), [input.read, output.write, errors.write]);
  };
  return { system, sessions, told, ours, input, output, errors, send, open, before };
}

const settle = () => new Promise((resolve) => setTimeout(resolve));

test("a command is told to the page", () => {
  const { told, open } = guest();
  open(["docker", "run", "it"]);
  expect(told).toEqual([
    [
      "session.opened",
      {
        session: 1,
        argv: ["docker", "run", "it"],
        env: { A: "1" },
        cwd: "/root",
        terminal: { stdin: false, stdout: false, stderr: false },
        columns: 80,
        rows: 24,
      } satisfies AgentEvents["session.opened"],
    ],
  ]);
});

test("streams reach its descriptors before its exit status does", async () => {
  const { system, sessions, ours, output, errors, open, before } = guest();
  open();
  const [stdout, stderr] = [new FedStream(), new FedStream()];
  sessions.get(1).accept(stdout, stderr);
  stdout.feed("out");
  const closed = sessions.close(1, 5);
  stdout.feed("put");
  stderr.feed("err");
  stdout.feed(null);
  stderr.feed(null);
  await closed;
  expect(system.utf8Decode(system.read(output.read, 99)!)).toBe("out");
  expect(system.utf8Decode(system.read(output.read, 99)!)).toBe("put");
  expect(system.utf8Decode(system.read(errors.read, 99)!)).toBe("err");
  expect([...system.recvFds(ours, 99)!.bytes]).toEqual([4, 5]);
  expect(sessions.size).toBe(0);
  // The test's own ends of three pipes and of the socket, and the listener.
  expect(system.descriptors.open.size).toBe(before);
});

test("what a command prints last comes with its end", async () => {
  const { system, sessions, ours, output, open } = guest();
  open();
  await sessions.close(1, 3, { stdout: system.utf8Encode("last") });
  expect(system.utf8Decode(system.read(output.read, 99)!)).toBe("last");
  expect([...system.recvFds(ours, 99)!.bytes]).toEqual([4, 3]);
});

test("the last words of a command that nobody reads end it as SIGPIPE does", async () => {
  const { system, sessions, ours, output, open } = guest();
  open();
  system.close(output.read);
  await sessions.close(1, 0, { stdout: system.utf8Encode("lost") });
  expect([...system.recvFds(ours, 99)!.bytes]).toEqual([4, 141]);
  expect(sessions.size).toBe(0);
});

test("a page that does not end its streams holds the command up for a while only", async () => {
  const { system, sessions, ours, open } = guest();
  open();
  sessions.get(1).accept(new FedStream(), new FedStream());
  const closed = sessions.close(1, 0);
  await settle();
  system.advance(2000);
  await closed;
  expect([...system.recvFds(ours, 99)!.bytes]).toEqual([4, 0]);
});

test("its stdin is read on demand", async () => {
  const { system, sessions, input, open } = guest();
  open();
  const stream = new WrittenStream();
  sessions.get(1).read(stream, false);
  expect(() => sessions.get(1).read(new WrittenStream(), false)).toThrow("stdin of session 1 is being read");
  system.write(input.write, system.utf8Encode("typed"));
  system.turn();
  system.close(input.write);
  system.turn();
  await settle();
  expect(stream.text).toBe("typed");
  expect(stream.ended).toBe(true);
});

test("signals and sizes are passed on; the end of the connection is a hangup", async () => {
  const { system, sessions, told, ours, send, open } = guest();
  open();
  const stdout = new FedStream();
  sessions.get(1).accept(stdout, new FedStream());
  send(Uint8Array.of(2, 15));
  send(Uint8Array.of(3, 0, 100, 0, 30, 0));
  system.close(ours);
  system.turn();
  expect(told.slice(1)).toEqual([
    ["session.signal", { session: 1, signal: 15 }],
    ["session.resized", { session: 1, columns: 100, rows: 30 }],
    ["session.signal", { session: 1, signal: 1 }],
  ]);
  expect(stdout.cancelled).toBe("the command ended");
  await sessions.close(1, 0);
  expect(() => sessions.get(1)).toThrow("session 1 is not there");
});

test("output that nobody reads ends the command as SIGPIPE would", async () => {
  const { system, sessions, told, ours, output, open } = guest();
  open();
  const stdout = new FedStream();
  sessions.get(1).accept(stdout, new FedStream());
  system.close(output.read);
  stdout.feed("lost");
  await settle();
  expect([...system.recvFds(ours, 99)!.bytes]).toEqual([4, 141]);
  expect(told.at(-1)).toEqual(["session.signal", { session: 1, signal: 1 }]);
});

test("raw mode is given back once, also when the command goes", () => {
  const { system, sessions, ours, open } = guest({ terminal: true });
  open();
  const modes = () => system.calls.filter((call) => call.startsWith("ioctl TCSETS")).length;
  const raw = sessions.get(1).makeRaw();
  expect(modes()).toBe(1);
  raw.dispose();
  raw.dispose();
  expect(modes()).toBe(2);
  sessions.get(1).makeRaw();
  system.close(ours);
  system.turn();
  expect(modes()).toBe(4);
});

test("stdin is read in raw mode until the page does not want it any more", () => {
  const { system, sessions, open } = guest({ terminal: true });
  open();
  const modes = () => system.calls.filter((call) => call.startsWith("ioctl TCSETS")).length;
  const stream = new WrittenStream();
  sessions.get(1).read(stream, true);
  expect(modes()).toBe(1);
  stream.cancel();
  expect(modes()).toBe(2);
});

test.each([
  ["no opening message", Uint8Array.of(2, 15)],
  ["another version", Uint8Array.of(1, 9, ...new Uint8Array(14))],
  ["nonsense", Uint8Array.of(77)],
])("%s closes the connection", (_, bytes) => {
  const { system, told, ours, send } = guest();
  send(bytes);
  expect(told).toEqual([]);
  expect(system.recvFds(ours, 99)!.bytes).toHaveLength(0);
});
