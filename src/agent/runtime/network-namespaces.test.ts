import { expect, test } from "vitest";
import { FakeSystem } from "../system/fake-system.js";
import { NetworkNamespaces } from "./network-namespaces.js";

test("one is made when nobody asks, and the agent comes back from it", () => {
  const system = new FakeSystem();
  system.put("/proc/self/ns/net", "");
  const namespaces = new NetworkNamespaces(system);
  expect(namespaces.take()).toBeUndefined();
  system.advance(299);
  expect(namespaces.take()).toBeUndefined();
  system.advance(300);
  expect(system.calls.filter((call) => !call.startsWith("open"))).toEqual([
    "unshare CLONE_NEWNET",
    "ioctl SIOCSIFFLAGS lo",
    expect.stringMatching(/^setns fd \d+ CLONE_NEWNET$/),
  ]);
  const taken = namespaces.take();
  expect([...system.descriptors.open.keys()]).toEqual([taken]);
  expect(namespaces.take()).toBeUndefined();
});
