import { expect, test } from "vitest";
import type { Stdio } from "../../protocol/commands.js";
import { FakeSystem } from "../system/fake-system.js";
import { FedStream, WrittenStream } from "../testfiles/page-streams.js";
import { DescriptorPump } from "./descriptor-pump.js";
import { type ByteSink, DescriptorSink } from "./descriptor-sink.js";
import { type JoinedSession, ProcessIo } from "./process-io.js";

/** A page with one stream each way, and a waiting command, session 7. */
function around(stdio: Stdio, terminal = false) {
  const system = new FakeSystem();
  const nullFd = system.open("/dev/null", 0, 0);
  const [fed, written] = [new FedStream(), new WrittenStream()];
  const order: string[] = [];
  const sink = (name: string): ByteSink => ({
    broken: false,
    write: (bytes) => void order.push(`${name} ${system.utf8Decode(bytes)}`),
  });
  const callers = system.pipe();
  const session: JoinedSession = {
    stdout: sink("stdout"),
    stderr: sink("stderr"),
    pumpStdin: (to) => new DescriptorPump(system, callers.read, [to]),
    detach: () => void order.push("detached"),
    makeRaw: () => {
      order.push("raw");
      return { dispose: () => void order.push("cooked") };
    },
  };
  const before = system.descriptors.open.size;
  const streams = { input: () => fed, output: () => written };
  const io = new ProcessIo({ system, streams, session: () => session, nullFd }, stdio, terminal);
  return { system, io, fed, written, order, nullFd, callers, before };
}

const settle = () => new Promise((resolve) => setTimeout(resolve));

test("what is not asked for is /dev/null", async () => {
  const { system, io, nullFd, before } = around({});
  expect(io.childEnds).toEqual([nullFd, nullFd, nullFd]);
  io.closeChildEnds();
  await io.finish();
  expect(system.descriptors.open.size).toBe(before);
});

test("the page's stdin reaches the process, and its end too", async () => {
  const { system, io, fed, before } = around({ stdin: 1 });
  const [stdin] = io.childEnds!;
  fed.feed("abc");
  fed.feed(null);
  await settle();
  expect(system.utf8Decode(system.read(stdin, 9)!)).toBe("abc");
  expect(system.read(stdin, 9)).toHaveLength(0);
  io.closeChildEnds();
  await io.finish();
  expect(system.descriptors.open.size).toBe(before);
});

test("output goes to the waiting command first, and to the page; the stream ends with the process", async () => {
  const { system, io, written, order, before } = around({ stdout: 1, session: 7 });
  const [, stdout] = io.childEnds!;
  system.write(stdout, system.utf8Encode("hi"));
  system.turn();
  expect(order).toEqual(["stdout hi"]);
  expect(written.text).toBe("hi");
  io.closeChildEnds();
  const finished = io.finish();
  await settle();
  system.turn();
  await finished;
  expect(written.ended).toBe(true);
  expect(system.descriptors.open.size).toBe(before);
});

test("output that somebody else holds open is given up after a silence", async () => {
  const { system, io, written } = around({ stdout: 1 });
  const [, stdout] = io.childEnds!;
  let finished = false;
  void io.finish().then(() => {
    finished = true;
  });
  await settle();
  system.write(stdout, system.utf8Encode("late"));
  system.turn();
  await settle();
  system.advance(500);
  await settle();
  expect(finished).toBe(false);
  system.advance(500);
  await settle();
  expect(finished).toBe(true);
  expect(written.text).toBe("late");
});

test("a terminal: both ways through its master, raw mode meanwhile", async () => {
  const { system, io, written, order, callers } = around({ stdout: 1, session: 7, joinStdin: true }, true);
  expect(io.childEnds).toBeUndefined();
  const [master, slave] = system.socketpair();
  io.attachTerminal(master);
  system.write(callers.write, system.utf8Encode("in"));
  system.turn();
  expect(system.utf8Decode(system.read(slave, 9)!)).toBe("in");
  system.write(slave, system.utf8Encode("out"));
  system.turn();
  expect(io.resize({ columns: 100, rows: 30 })).toBe(true);
  expect(system.descriptors.get("test", master).terminal).toEqual({ columns: 100, rows: 30 });
  system.close(slave);
  const finished = io.finish();
  await settle();
  system.turn();
  await finished;
  expect(order).toEqual(["raw", "stdout out", "cooked"]);
  expect(written.text).toBe("out");
  expect(io.resize({ columns: 1, rows: 1 })).toBe(false);
});

test("the keys that leave a terminal are told, and what was typed before them has gone on", async () => {
  const { system, io, order, callers } = around({ session: 7, joinStdin: true, detachKeys: [16, 17] }, true);
  const [master, slave] = system.socketpair();
  io.attachTerminal(master);
  for (const typed of ["ls\x10", "\x11lost"]) {
    system.write(callers.write, system.utf8Encode(typed));
    system.turn();
  }
  expect(system.utf8Decode(system.read(slave, 9)!)).toBe("ls");
  expect(order).toEqual(["raw", "detached"]);
  io.dispose();
});

test("a full descriptor keeps what is written until it takes it", async () => {
  const system = new FakeSystem();
  const { read, write } = system.pipe();
  let room = 2;
  const take = system.write.bind(system);
  system.write = (fd, bytes) => {
    const taken = Math.min(room, bytes.length);
    room -= taken;
    return taken === 0 ? 0 : take(fd, bytes.subarray(0, taken));
  };
  const sink = new DescriptorSink(system, write);
  const written = sink.write(system.utf8Encode("abcd"));
  expect(written).toBeInstanceOf(Promise);
  expect(sink.pending).toBe(true);
  room = 9;
  system.turn();
  await written;
  expect(sink.write(system.utf8Encode("e"))).toBeUndefined();
  const received = [system.read(read, 9), system.read(read, 9), system.read(read, 9)];
  expect(received.map((bytes) => system.utf8Decode(bytes!)).join("")).toBe("abcde");
});

test("a pump reads no further than its slowest reader", async () => {
  const system = new FakeSystem();
  const { read, write } = system.pipe();
  let taken = () => {};
  const slow: ByteSink = { broken: false, write: () => new Promise((resolve) => (taken = resolve)) };
  const pump = new DescriptorPump(system, read, [slow]);
  for (let i = 0; i < 6; i++) system.write(write, new Uint8Array(16384));
  system.turn();
  expect(pump.chunks).toBe(4);
  system.turn();
  expect(pump.chunks).toBe(4);
  expect(pump.reading).toBe(false);
  taken();
  await settle();
  system.turn();
  expect(pump.chunks).toBe(5);
});
