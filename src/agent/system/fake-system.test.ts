import { expect, test } from "vitest";
import { spawn } from "../../shared/birth/spawn-calls.js";
import { CallList } from "../../shared/calls/call-list.js";
import { reportOf, Slot, slotsOf, withReport } from "../../shared/calls/list-format.js";
import { failureOf } from "../../shared/calls/report.js";
import { FakeSystem } from "./fake-system.js";
import { SystemError } from "./system.js";

function errnoOf(work: () => unknown): string | undefined {
  try {
    work();
  } catch (error) {
    if (error instanceof SystemError) return error.errno;
    throw error;
  }
  return undefined;
}

test("pipes: nothing yet, then bytes, then the end", () => {
  const system = new FakeSystem();
  const { read, write } = system.pipe();
  expect(system.read(read, 10)).toBeNull();
  system.write(write, Uint8Array.of(1, 2, 3));
  expect([...system.read(read, 2)!]).toEqual([1, 2]);
  expect([...system.read(read, 2)!]).toEqual([3]);
  system.close(write);
  expect(system.read(read, 2)).toHaveLength(0);
});

test("sockets pass descriptors", () => {
  const system = new FakeSystem();
  const [one, other] = system.socketpair();
  system.sendFds(one, Uint8Array.of(7), [1, 2]);
  expect(system.recvFds(other, 10)).toEqual({ bytes: Uint8Array.of(7), fds: [1, 2] });
  system.close(other);
  expect(errnoOf(() => system.sendFds(one, Uint8Array.of(7), []))).toBe("EPIPE");
});

test("callbacks of ready descriptors and of timers", () => {
  const system = new FakeSystem();
  const heard: string[] = [];
  const { read, write } = system.pipe();
  system.onReadable(read, () => heard.push("pipe"));
  const cancel = system.setTimer(10, () => heard.push("never"));
  system.setTimer(10, () => heard.push("timer"));
  cancel();
  expect(system.turn()).toBe(0);
  system.write(write, Uint8Array.of(1));
  system.turn();
  system.advance(10);
  expect(heard).toEqual(["pipe", "timer"]);
});

test("calls are recorded and can be made to fail", () => {
  const system = new FakeSystem();
  system.failNext("mkdir /x", "EEXIST");
  expect(errnoOf(() => system.mkdir("/x", 0o755))).toBe("EEXIST");
  system.mkdir("/x", 0o755);
  expect(system.calls).toEqual(["mkdir /x", "mkdir /x"]);
});

/** A child that waits, as composeContainer makes it; but shorter. */
function birth(): CallList {
  const list = new CallList();
  const [parent, failed] = [list.label(), list.label()];
  spawn(list, { namespaces: 0, intoCgroup: false, shared: false }, parent);
  list.call("chdir", [list.text("/x")], { allow: ["ENOENT"] });
  list.call("write", [{ slot: Slot.link }, "report", "report bytes"]);
  list.call("read", [{ slot: Slot.link }, list.room(4), 1], { needsSomething: true });
  list.here(failed);
  list.onChildFailure(failed);
  list.call("write", [{ slot: Slot.link }, "report", "report bytes"], { allow: "any" });
  list.call("exit_group", [127]);
  list.here(parent);
  list.call("close", [{ slot: Slot.stdin }]);
  return list;
}

test("a list is followed in the child up to where it waits, then in the parent", () => {
  const system = new FakeSystem();
  const [ours, theirs] = system.socketpair();
  const heard: unknown[] = [];
  const list = withReport(birth().encode());
  slotsOf(list)[Slot.link] = theirs;
  system.failNext("chdir", "ENOENT");
  system.carryOut(list);
  system.close(theirs);
  expect(system.takeCalls()).toEqual(["spawn", "chdir", "write", "read", "close"]);
  expect(system.recvFds(ours, 999)!.bytes).toHaveLength(reportOf(list).length);
  expect(system.recvFds(ours, 999)).toBeNull();
  const pid = slotsOf(list)[Slot.pid]!;
  const pidfd = slotsOf(list)[Slot.pidfd]!;
  system.onReadable(pidfd, () => heard.push(system.waitpid(pid)));
  expect(system.turn()).toBe(0);
  system.end(pid, { signal: 9 });
  system.turn();
  expect(heard).toEqual([{ signal: 9 }]);
  expect(system.recvFds(ours, 999)!.bytes).toHaveLength(0);
});

test("a list whose child fails tells why", () => {
  const system = new FakeSystem();
  const calls = birth();
  const [, theirs] = system.socketpair();
  const list = withReport(calls.encode());
  slotsOf(list)[Slot.link] = theirs;
  system.failNext("chdir", "EACCES");
  system.carryOut(list);
  expect(system.takeCalls()).toEqual(["spawn", "chdir", "write", "exit_group", "close"]);
  expect(failureOf(calls, reportOf(list))?.message).toBe("chdir: EACCES");
  expect(system.waitpid(slotsOf(list)[Slot.pid]!)).toEqual({ exitCode: 127 });
});
