import { expect, test } from "vitest";
import { CALL_BYTES } from "../../shared/calls/list-format.js";
import { readList, wordsAt } from "../../shared/calls/testfiles/read-list.js";
import { FakeSystem } from "../system/fake-system.js";
import { NetworkNamespaces } from "./network-namespaces.js";

const UNUSED = "Inter-|   Receive\n    lo:       0       0    0    0    0     0\n";
const USED = "Inter-|   Receive\n    lo:      84       1    0    0    0     0\n";

const NO_SOCKETS = "sockets: used 0\nTCP: inuse 0 orphan 0 tw 0 alloc 0 mem 0\n";

/** `counters` and `sockets`: what the namespaces that are looked into show. */
function around({ counters = UNUSED, sockets = NO_SOCKETS } = {}) {
  const system = new FakeSystem();
  const shown = new Map([
    ["/proc/self/net/dev", counters],
    ["/proc/self/net/sockstat", sockets],
  ]);
  const carryOut = system.carryOut.bind(system);
  system.carryOut = (list) => {
    carryOut(list);
    const calls = readList(list);
    for (const [index, { name, args, offset }] of calls.entries()) {
      if (name !== "read") continue;
      const text = shown.get(String(calls[index - 1]!.args[1]))!;
      const bytes = system.utf8Encode(text).subarray(0, Number(args[2]));
      list.set(bytes, wordsAt(list, offset + CALL_BYTES + 4, 1)[0]);
    }
  };
  const namespaces = new NetworkNamespaces(system, system.open("/proc/self/ns/net", 0, 0));
  const make = () => {
    namespaces.prepareSoon();
    system.advance(300);
    system.takeCalls();
    return namespaces.take()!;
  };
  return { system, namespaces, make };
}

/** A kernel file that is set. */
const ipv6 = ["openat", "write", "close"];

test("one is made when nobody asks, and the agent comes back from it", () => {
  const { system, namespaces } = around();
  expect(namespaces.take()).toBeUndefined();
  system.advance(299);
  expect(namespaces.take()).toBeUndefined();
  system.takeCalls();
  system.advance(300);
  expect(system.calls.at(-1)).toMatch(/^setns \$ownNetwork /);
  expect(system.takeCalls()).toEqual(["unshare", "socket", "ioctl", "close", ...ipv6, "openat", "setns"]);
  const open = system.descriptors.open.size;
  const taken = namespaces.take()!;
  expect(system.descriptors.open.get(taken)!.file).toBe("/proc/self/ns/net");
  expect(namespaces.take()).toBeUndefined();
  namespaces.giveBack(taken, false);
  expect(system.descriptors.open.size).toBe(open - 1);
});

test("whatever fails, the agent is in its own namespace afterwards", () => {
  const { system, namespaces } = around();
  system.failNext("ioctl", "EPERM");
  namespaces.prepareSoon();
  system.advance(300);
  expect(system.takeCalls()).toEqual(["open", "unshare", "socket", "ioctl", "setns"]);
  expect(namespaces.take()).toBeUndefined();
});

test.each([
  ["unused", {}, true, true],
  ["used", { counters: USED }, true, false],
  ["a socket of it lives elsewhere", { sockets: NO_SOCKETS.replace("used 0", "used 1") }, true, false],
  ["many do", { sockets: NO_SOCKETS.replace("used 0", "used 10") }, true, false],
  ["nothing is shown", { sockets: "" }, true, false],
  ["one that could be changed", {}, false, false],
])("%s: taken again or not", (_, shown, reusable, again) => {
  const { system, namespaces, make } = around(shown);
  const fd = make();
  namespaces.giveBack(fd, reusable);
  const looks = ["openat", "read", "close"];
  expect(system.takeCalls()).toEqual(reusable ? ["setns", ...looks, ...looks, "setns"] : []);
  expect(namespaces.take()).toBe(again ? fd : undefined);
  expect(system.descriptors.open.has(fd)).toBe(again);
});

test.each([
  ["counters", "openat -100 /proc/self/net/dev", ["setns", "openat", "setns"]],
  ["sockets", "openat -100 /proc/self/net/sockstat", ["setns", "openat", "read", "close", "openat", "setns"]],
])("one whose %s cannot be looked at is not kept, and the agent comes back from it", (_, call, calls) => {
  const { system, namespaces, make } = around();
  const fd = make();
  const open = system.descriptors.open.size;
  system.failNext(call, "EIO");
  namespaces.giveBack(fd, true);
  expect(system.calls.at(-1)).toMatch(/^setns \$ownNetwork /);
  expect(system.takeCalls()).toEqual(calls);
  expect(namespaces.take()).toBeUndefined();
  expect(system.descriptors.open.has(fd)).toBe(false);
  expect(system.descriptors.open.size).toBe(open - 1);
});
