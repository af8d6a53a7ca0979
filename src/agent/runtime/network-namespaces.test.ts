import { expect, test } from "vitest";
import { CALL_BYTES } from "../../shared/calls/list-format.js";
import { readList, wordsAt } from "../../shared/calls/testfiles/read-list.js";
import { FakeSystem } from "../system/fake-system.js";
import { NetworkNamespaces } from "./network-namespaces.js";

const UNUSED = "Inter-|   Receive\n    lo:       0       0    0    0    0     0\n";
const USED = "Inter-|   Receive\n    lo:      84       1    0    0    0     0\n";

/** `counters`: what the namespaces that are looked into show. */
function around({ counters = UNUSED } = {}) {
  const system = new FakeSystem();
  const carryOut = system.carryOut.bind(system);
  system.carryOut = (list) => {
    carryOut(list);
    const read = readList(list).find(({ name }) => name === "read");
    if (read) list.set(system.utf8Encode(counters), wordsAt(list, read.offset + CALL_BYTES + 4, 1)[0]);
  };
  const namespaces = new NetworkNamespaces(system);
  const make = () => {
    namespaces.prepareSoon();
    system.advance(300);
    system.takeCalls();
    return namespaces.take()!;
  };
  return { system, namespaces, make };
}

test("one is made when nobody asks, and the agent comes back from it", () => {
  const { system, namespaces } = around();
  expect(namespaces.take()).toBeUndefined();
  system.advance(299);
  expect(namespaces.take()).toBeUndefined();
  system.takeCalls();
  system.advance(300);
  expect(system.calls.at(-1)).toMatch(/^setns \$10 /);
  expect(system.takeCalls()).toEqual(["unshare", "socket", "ioctl", "close", "openat", "setns"]);
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
  ["unused", UNUSED, true, true],
  ["used", USED, true, false],
  ["one that could be changed", UNUSED, false, false],
])("%s: taken again or not", (_, counters, reusable, again) => {
  const { system, namespaces, make } = around({ counters });
  const fd = make();
  namespaces.giveBack(fd, reusable);
  expect(system.takeCalls()).toEqual(reusable ? ["setns", "openat", "read", "close", "setns"] : []);
  expect(namespaces.take()).toBe(again ? fd : undefined);
  expect(system.descriptors.open.has(fd)).toBe(again);
});

test("one that cannot be looked into is not kept", () => {
  const { system, namespaces, make } = around();
  const fd = make();
  system.failNext("openat", "EIO");
  namespaces.giveBack(fd, true);
  expect(system.takeCalls()).toEqual(["setns", "openat", "setns"]);
  expect(namespaces.take()).toBeUndefined();
  expect(system.descriptors.open.has(fd)).toBe(false);
});
