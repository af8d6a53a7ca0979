import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { NodeSystem } from "../../testfiles/node-system.js";
import { FakeSystem } from "../system/fake-system.js";
import { Cgroup } from "./cgroup.js";
import { counter } from "./flat-keyed.js";
import { readUsage } from "./usage.js";

const PATH = "/sys/fs/cgroup/docker/a";
const work = mkdtempSync(join(tmpdir(), "drydock-cgroup-"));
afterAll(() => rmSync(work, { recursive: true }));

const settle = () => new Promise((resolve) => setTimeout(resolve));

/** A cgroup whose processes leave when the test says so. */
function populated() {
  const system = new FakeSystem();
  const events = (text: string) => system.files.set(`${PATH}/cgroup.events`, text);
  events("populated 1\nfrozen 0\n");
  return { system, cgroup: new Cgroup(system, PATH), events };
}

test("an empty cgroup is removed with one call; so is one that is not there", async () => {
  const { system, cgroup } = populated();
  await cgroup.remove();
  system.failNext("rmdir", "ENOENT");
  await cgroup.remove();
  expect(system.calls).toEqual([`rmdir ${PATH}`, `rmdir ${PATH}`]);
});

test("what lives in it is killed, and it is removed when that has left", async () => {
  const { system, cgroup, events } = populated();
  system.failNext("rmdir", "EBUSY");
  let removed = false;
  const removing = cgroup.remove().then(() => {
    removed = true;
  });
  for (let i = 0; i < 3; i++) {
    system.advance(5);
    await settle();
  }
  expect(removed).toBe(false);
  expect(system.calls).toEqual([`rmdir ${PATH}`, `write ${PATH}/cgroup.kill 1`]);
  events("populated 0\nfrozen 0\n");
  system.advance(5);
  await removing;
  expect(system.calls.slice(2)).toEqual([`rmdir ${PATH}`]);
});

test("processes that do not leave are an error, and it can be asked again", async () => {
  const { system, cgroup, events } = populated();
  system.failNext("rmdir", "EBUSY");
  const removing = cgroup.remove();
  const failed = expect(removing).rejects.toThrow(`rmdir ${PATH}: EBUSY`);
  for (let i = 0; i < 400; i++) {
    system.advance(5);
    await null;
    await null;
  }
  await failed;
  events("populated 0\n");
  await cgroup.remove();
  expect(system.calls.at(-1)).toBe(`rmdir ${PATH}`);
});

test("another error is not waited for", async () => {
  const { system, cgroup } = populated();
  system.failNext("rmdir", "EPERM");
  await expect(cgroup.remove()).rejects.toThrow("EPERM");
});

test("cgroups that its processes have made go first, the deepest of them before the others", async () => {
  const system = new NodeSystem();
  const path = join(work, "c");
  mkdirSync(join(path, "a/b/c"), { recursive: true });
  mkdirSync(join(path, "d"));
  await new Cgroup(system, path).remove();
  expect(existsSync(path)).toBe(false);
  const removed = system.calls.filter((call) => call.startsWith("rmdir")).map((call) => call.slice(6 + work.length));
  expect(removed[0]).toBe("/c");
  expect(removed.slice(1).filter((each) => each !== "/c/d")).toEqual(["/c/a/b/c", "/c/a/b", "/c/a", "/c"]);
});

test("one below that is busy is waited for", async () => {
  const system = new NodeSystem();
  const path = join(work, "busy");
  mkdirSync(join(path, "below"), { recursive: true });
  system.failNext(`rmdir ${path}/below`, "EBUSY");
  const removing = new Cgroup(system, path).remove();
  expect(existsSync(path)).toBe(true);
  system.advance(5);
  await removing;
  expect(existsSync(path)).toBe(false);
});

test("freezing is over when the kernel says so", async () => {
  const { system, cgroup, events } = populated();
  const heard: string[] = [];
  const frozen = cgroup.freeze(true).then(() => heard.push("frozen"));
  system.advance(5);
  await settle();
  events("populated 1\nfrozen 1\n");
  heard.push("events");
  system.advance(5);
  await frozen;
  expect(heard).toEqual(["events", "frozen"]);
  events("populated 1\nfrozen 0\n");
  await cgroup.freeze(false);
  expect(system.calls).toEqual([`write ${PATH}/cgroup.freeze 1`, `write ${PATH}/cgroup.freeze 0`]);
});

test("what is not frozen in time is told", async () => {
  const { system, cgroup } = populated();
  const failed = expect(cgroup.freeze(true)).rejects.toThrow("ETIMEDOUT");
  for (let i = 0; i < 400; i++) {
    system.advance(5);
    await null;
    await null;
  }
  await failed;
});

test("its processes", () => {
  const { system, cgroup } = populated();
  expect(cgroup.pids()).toEqual([]);
  system.files.set(`${PATH}/cgroup.procs`, "12\n345\n");
  expect(cgroup.pids()).toEqual([12, 345]);
  expect(cgroup.populated()).toBe(true);
});

test("usage from the group's files", () => {
  const { system, cgroup } = populated();
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
  for (const [name, content] of Object.entries(files)) system.files.set(`${PATH}/${name}`, content);
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
