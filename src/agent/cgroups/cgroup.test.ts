import { expect, test } from "vitest";
import { FakeSystem } from "../system/fake-system.js";
import { CgroupTree } from "./cgroup.js";
import { counter } from "./flat-keyed.js";
import { readUsage } from "./usage.js";

const ROOT = "/sys/fs/cgroup";

/** The kernel offers the control files of a directory as soon as it is made. */
function hierarchy(): FakeSystem {
  const system = new FakeSystem();
  system.put(`${ROOT}/drydock/cgroup.controllers`, "cpuset cpu io memory pids\n");
  system.put(`${ROOT}/drydock/cgroup.subtree_control`, "");
  const mkdir = system.mkdir.bind(system);
  system.mkdir = (path, mode) => {
    mkdir(path, mode);
    for (const name of ["memory.max", "memory.swap.max", "cpu.weight", "pids.max", "cgroup.procs", "cgroup.kill"])
      system.put(`${path}/${name}`, "");
  };
  return system;
}

const LIMITS = { memory: { limit: 200 << 20, swap: 400 << 20 }, pids: { limit: 5 } };

test("limits are written before anything joins; controllers are handed down once", () => {
  const system = hierarchy();
  const tree = new CgroupTree(system);
  tree.create(system, "/drydock/a", LIMITS);
  tree.create(system, "/drydock/b", {});
  expect(system.calls).toEqual([
    "mkdir /sys/fs/cgroup/drydock",
    "write cgroup.subtree_control +cpu +memory +pids +io",
    "mkdir /sys/fs/cgroup/drydock/a",
    "write memory.max 209715200",
    "write memory.swap.max 209715200",
    "write pids.max 5",
    "mkdir /sys/fs/cgroup/drydock",
    "mkdir /sys/fs/cgroup/drydock/b",
  ]);
});

test("a limit that the kernel refuses leaves no group behind", () => {
  const system = hierarchy();
  system.failNext("write memory.swap.max", "EINVAL");
  expect(() => new CgroupTree(system).create(system, "/drydock/a", LIMITS)).toThrow("EINVAL");
  expect(system.files.has(`${ROOT}/drydock/a`)).toBe(false);
});

test.each(["", "/", "../x", "/a//b", "/a/../b"])("cgroupsPath %j is refused", (path) => {
  const system = hierarchy();
  expect(() => new CgroupTree(system).create(system, path, {})).toThrow("cgroupsPath");
});

test("a group is removed once its last process has left", async () => {
  const system = hierarchy();
  const cgroup = new CgroupTree(system).create(system, "/drydock/a", {});
  system.failNext("rmdir", "EBUSY");
  const removed = cgroup.remove();
  expect(system.files.has(`${ROOT}/drydock/a`)).toBe(true);
  system.advance(10);
  await removed;
  expect(system.files.has(`${ROOT}/drydock/a`)).toBe(false);
  await cgroup.remove();
});

test("usage from the group's files", () => {
  const system = hierarchy();
  const cgroup = new CgroupTree(system).create(system, "/drydock/a", {});
  const files = {
    "memory.current": "1048576\n",
    "memory.max": "max\n",
    "memory.swap.current": "4096\n",
    "memory.stat": "anon 5\nfile 9\nactive_file 6\ninactive_file 3\n",
    "memory.events": "low 0\noom 2\noom_kill 1\n",
    "cpu.stat": "usage_usec 30\nuser_usec 20\nsystem_usec 10\nnr_periods 0\nthrottled_usec 7\n",
    "pids.current": "2\n",
    "pids.max": "5\n",
  };
  for (const [name, content] of Object.entries(files)) system.put(`${cgroup.directory}/${name}`, content);
  system.micros = 99;
  expect(readUsage("a", cgroup)).toEqual({
    id: "a",
    memoryBytes: 1048576,
    memoryLimitBytes: null,
    memorySwapBytes: 4096,
    inactiveFileBytes: 3,
    cpuMicros: 30,
    cpuUserMicros: 20,
    cpuSystemMicros: 10,
    throttledMicros: 7,
    pids: 2,
    pidsLimit: 5,
    oomKills: 1,
    atMicros: 99,
  });
});

test("counters by their whole key", () => {
  expect(counter("oom_kill 3\noom 1\n", "oom")).toBe(1);
  expect(counter("oom_kill 3\noom 1\n", "oom_kill")).toBe(3);
  expect(counter("", "oom")).toBe(0);
});
