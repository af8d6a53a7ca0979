import { expect, test } from "vitest";
import type { AgentEvents, Holdings, Params } from "../../protocol/commands.js";
import type { LinkUse } from "../../shared/birth/process-calls.js";
import { spawn } from "../../shared/birth/spawn-calls.js";
import { CallList } from "../../shared/calls/call-list.js";
import { Slot } from "../../shared/calls/list-format.js";
import { failureOf as failureIn } from "../../shared/calls/report.js";
import { SIGKILL, SIGTERM } from "../../shared/linux/constants.js";
import { Dialer } from "../network/dialer.js";
import { NameServers } from "../network/name-servers.js";
import { Ports } from "../network/ports.js";
import { Snapshots } from "../snapshots/snapshots.js";
import { FakeSystem } from "../system/fake-system.js";
import { Containers } from "./containers.js";
import { NetworkNamespaces } from "./network-namespaces.js";

const CGROUP = "/sys/fs/cgroup/docker/c";
const HOLDS: Holdings = {
  cgroup: CGROUP,
  workDirectory: "/snapshots/c/work",
  newDirectory: "/snapshots/c",
};

/** A birth as composeContainer makes it, but shorter. */
function birth(link: LinkUse = "none"): CallList {
  const list = new CallList();
  list.call("mkdir", [list.text(CGROUP), 0o755]);
  list.call("openat", [-100, list.text(CGROUP), 0, 0], { into: { slot: Slot.cgroup } });
  return withChild(list, link);
}

/** The same of composeExec, which always tells. One that stays where it reads is held up by the container's others. */
function execBirth({ heldUp = false } = {}): CallList {
  const list = new CallList();
  list.call("setns", [{ slot: Slot.init }, 0]);
  return withChild(list, heldUp ? "waits" : "tells");
}

function withChild(list: CallList, link: LinkUse): CallList {
  const [parent, failed] = [list.label(), list.label()];
  spawn(list, { namespaces: 0, intoCgroup: true, shared: link === "none" }, parent);
  list.call("mount", [0, list.text("/"), 0, 0, 0], { step: "/" });
  if (link !== "none") list.call("write", [{ slot: Slot.link }, "report", "report bytes"]);
  if (link === "waits") list.call("read", [{ slot: Slot.link }, list.room(4), 1], { needsSomething: true });
  list.call("execve", [list.text("/bin/sh"), list.texts(["sh"]), list.texts([])]);
  if (link !== "none") {
    list.here(failed);
    list.onChildFailure(failed);
    list.call("write", [{ slot: Slot.link }, "report", "report bytes"], { allow: "any" });
    list.call("exit_group", [127]);
  }
  list.here(parent);
  return list;
}

const settle = () => new Promise((resolve) => setTimeout(resolve));

function around() {
  const system = new FakeSystem();
  const told: AgentEvents["container.exited"][] = [];
  const nullFd = system.open("/dev/null", 0, 0);
  const streams = {
    input: (): never => {
      throw new Error("no streams here");
    },
    output: (): never => {
      throw new Error("no streams here");
    },
  };
  const session = streams.input;
  const ownNetwork = system.open("/proc/self/ns/net", 0, 0);
  const containers = new Containers({
    system,
    io: { system, streams, session, nullFd },
    ownPidNamespace: system.open("/proc/self/ns/pid", 0, 0),
    ownNetwork,
    networks: new NetworkNamespaces(system, ownNetwork),
    ports: new Ports(system, new Dialer(system)),
    names: new NameServers(system, () => {}),
    snapshots: new Snapshots(system, "/snapshots"),
    exited: (event) => void told.push(event),
  });
  system.takeCalls();
  system.files.set(HOLDS.workDirectory!, "");
  const before = system.descriptors.open.size;
  const create = (more: Partial<Params<"container.create">> = {}) =>
    containers.create({ id: "c", calls: birth().encode(), stdio: {}, terminal: false, holds: HOLDS, ...more });
  const createWaiting = async () => (await create({ calls: birth("waits").encode(), waits: true })).pid;
  const exec = (list = execBirth()) =>
    containers.exec({ id: "c", exec: "e", calls: list.encode(), stdio: {}, terminal: false });
  /** Until the agent has read all that its processes have told. */
  const hear = async <T>(born: Promise<T>) => {
    for (let turns = 0; turns < 4; turns++) await system.turnWithJobs();
    return born;
  };
  const end = async (pid: number, status: Parameters<FakeSystem["end"]>[1]) => {
    system.end(pid, status);
    system.turn();
    await settle();
  };
  /** How many descriptors are open that were not there before. */
  const held = () => system.descriptors.open.size - before;
  return { system, containers, told, create, createWaiting, exec, hear, end, held };
}

const GIVEN_BACK = [
  `rmdir ${CGROUP}`,
  // The directory of its files is looked for and not there.
  expect.stringMatching(/^rename \/snapshots\/c\/work \/snapshots\/.trash\//),
];
const NEW_DIRECTORY = expect.stringMatching(/^rename \/snapshots\/c \/snapshots\/.trash\//);

test("born, ended, deleted: what it holds is given back in the reverse order", async () => {
  const { system, containers, told, create, end, held } = around();
  const { pid } = await create();
  expect(system.takeCalls()).toEqual(["mkdir", "openat", "store", "spawn", "mount", "execve"]);
  expect(containers.state("c")).toEqual({ id: "c", status: "running", pid, execs: [] });
  await expect(containers.delete({ id: "c" })).rejects.toThrow("container c is running");
  await end(pid, { exitCode: 3 });
  expect(told).toEqual([{ id: "c", exitCode: 3, signal: undefined, oomKilled: false }]);
  expect(containers.list()).toEqual([{ id: "c", status: "exited", pid: 0, exitCode: 3, execs: [] }]);
  expect(system.calls).toEqual([]);
  await containers.delete({ id: "c" });
  expect(system.calls).toEqual(GIVEN_BACK);
  expect(containers.size).toBe(0);
  expect(held()).toBe(0);
  await expect(containers.delete({ id: "c" })).rejects.toThrow("container c is not there");
});

test("its snapshot goes with it when that is asked for", async () => {
  const { system, containers, create, end } = around();
  const { pid } = await create();
  await end(pid, { exitCode: 0 });
  system.takeCalls();
  await containers.delete({ id: "c", snapshot: "c" });
  expect(system.calls).toEqual([NEW_DIRECTORY, ...GIVEN_BACK]);
});

test.each(["mkdir", "openat", "spawn", "mount", "execve"])("a birth whose %s fails leaves nothing", async (call) => {
  const { system, containers, told, create, held } = around();
  system.failNext(`${call} `, "EPERM");
  const creating = create();
  system.turn();
  const { pid, report } = await creating;
  expect(pid).toBe(0);
  expect(failureIn(birth(), report)).toMatchObject({ call: call === "spawn" ? "clone3" : call, errno: "EPERM" });
  expect(system.calls.slice(-3)).toEqual([...GIVEN_BACK, NEW_DIRECTORY]);
  expect(containers.size).toBe(0);
  expect(told).toEqual([]);
  expect(held()).toBe(0);
  await create();
});

test.each(["mount", "execve"])("one that tells, and whose %s fails, leaves nothing", async (call) => {
  const { system, containers, told, create, hear, held } = around();
  system.failNext(`${call} `, "EPERM");
  const { pid, report } = await hear(create({ calls: birth("tells").encode(), tells: true }));
  expect(pid).toBe(0);
  // Of one that was ready, the second report counts.
  expect(failureIn(birth("tells"), report)).toMatchObject({ call, errno: "EPERM" });
  expect(system.calls.slice(-3)).toEqual([...GIVEN_BACK, NEW_DIRECTORY]);
  expect(containers.size).toBe(0);
  expect(told).toEqual([]);
  expect(held()).toBe(0);
});

test("one that tells is there when it has told", async () => {
  const { containers, told, create, hear, end, held } = around();
  const creating = create({ calls: birth("tells").encode(), tells: true });
  expect(containers.list()).toEqual([]);
  const { pid, report } = await hear(creating);
  expect(failureIn(birth("tells"), report)).toBeUndefined();
  expect(containers.state("c")).toEqual({ id: "c", status: "running", pid, execs: [] });
  await end(pid, { exitCode: 3 });
  await containers.delete({ id: "c" });
  expect(told).toEqual([{ id: "c", exitCode: 3, signal: undefined, oomKilled: false }]);
  expect(held()).toBe(0);
});

test("a session that is gone, and what is no list, leave nothing", async () => {
  const { system, create, held } = around();
  await expect(create({ stdio: { session: 1 } })).rejects.toThrow("no streams");
  expect(system.calls).toEqual([...GIVEN_BACK, NEW_DIRECTORY]);
  await expect(create({ calls: new Uint8Array(3) })).rejects.toThrow("a list of calls of 3 bytes");
  expect(held()).toBe(0);
});

test("an id or a cgroup is one container's", async () => {
  const { create } = around();
  await create();
  await expect(create()).rejects.toThrow("container c exists");
  await expect(create({ id: "d" })).rejects.toThrow(`cgroup ${CGROUP} is another container's`);
  await expect(create({ id: "../x" })).rejects.toThrow("container id ../x");
});

test("one that waits goes on when it is started", async () => {
  const { system, containers, told, createWaiting, end } = around();
  const creating = createWaiting();
  system.turn();
  const pid = await creating;
  expect(containers.state("c").status).toBe("created");
  expect(system.received(pid)).toBeUndefined();
  const starting = containers.start("c");
  expect([...system.received(pid)!]).toEqual([1]);
  await expect(containers.start("c")).rejects.toThrow("container c is running");
  system.execs(pid);
  system.turn();
  expect(await starting).toEqual({ pid, report: new Uint8Array(0) });
  await end(pid, { signal: 9 });
  expect(told).toEqual([{ id: "c", exitCode: 137, signal: 9, oomKilled: false }]);
});

test("one that waits and is deleted ends without a word", async () => {
  const { system, containers, told, createWaiting, held } = around();
  const creating = createWaiting();
  system.turn();
  const pid = await creating;
  system.takeCalls();
  const deleting = containers.delete({ id: "c" });
  expect(system.calls).toEqual([`write ${CGROUP}/cgroup.kill 1`]);
  system.end(pid, { signal: SIGKILL });
  system.turn();
  await deleting;
  expect(system.calls.slice(1)).toEqual(GIVEN_BACK);
  expect(told).toEqual([]);
  expect(held()).toBe(0);
});

test("one that waits and fails to start is gone, and its end is not told", async () => {
  const { system, containers, told, createWaiting, held } = around();
  const creating = createWaiting();
  system.turn();
  const pid = await creating;
  system.takeCalls();
  const starting = containers.start("c");
  system.send(pid, Uint8Array.of(1, 2));
  // Both are ready at once, and what follows from the one is done before the other's turn.
  system.end(pid, { exitCode: 127 });
  await system.turnWithJobs();
  expect(await starting).toEqual({ pid: 0, report: Uint8Array.of(1, 2) });
  expect(system.calls).toEqual([...GIVEN_BACK, NEW_DIRECTORY]);
  expect(containers.size).toBe(0);
  expect(told).toEqual([]);
  expect(held()).toBe(0);
});

test("one that is killed while it starts is answered, and holds nothing when it is deleted", async () => {
  const { system, containers, told, createWaiting, held } = around();
  const creating = createWaiting();
  system.turn();
  const pid = await creating;
  const starting = containers.start("c");
  system.end(pid, { signal: SIGKILL });
  await system.turnWithJobs();
  await containers.delete({ id: "c" });
  expect((await starting).report).toHaveLength(0);
  expect(told).toHaveLength(1);
  expect(held()).toBe(0);
});

test("one that waits and is killed is told, and holds nothing when it is deleted", async () => {
  const { system, containers, told, createWaiting, held } = around();
  const creating = createWaiting();
  system.turn();
  system.end(await creating, { signal: SIGKILL });
  await system.turnWithJobs();
  await expect(containers.start("c")).rejects.toThrow("container c is exited");
  expect(told).toHaveLength(1);
  await containers.delete({ id: "c" });
  expect(held()).toBe(0);
});

test("asked to be deleted twice at once, it is deleted once", async () => {
  const { system, containers, create, end, held } = around();
  const { pid } = await create();
  await end(pid, { exitCode: 0 });
  system.takeCalls();
  await Promise.all([containers.delete({ id: "c" }), containers.delete({ id: "c" })]);
  expect(system.calls).toEqual(GIVEN_BACK);
  expect(held()).toBe(0);
});

test("what could not be given back is tried again; the container is there until then", async () => {
  const { system, containers, create, end, held } = around();
  const { pid } = await create();
  await end(pid, { exitCode: 0 });
  system.takeCalls();
  system.failNext("rmdir", "EPERM");
  await expect(containers.delete({ id: "c" })).rejects.toThrow("EPERM");
  expect(containers.list()).toHaveLength(1);
  await containers.delete({ id: "c" });
  expect(system.calls).toEqual([`rmdir ${CGROUP}`, ...GIVEN_BACK]);
  expect(held()).toBe(0);
});

test("where its pid namespace is another's, the others in its cgroup are killed when its first process ends", async () => {
  const { system, create, end } = around();
  const { pid } = await create({ holds: { ...HOLDS, sharesPids: true } });
  system.takeCalls();
  await end(pid, { exitCode: 0 });
  expect(system.calls).toEqual([`write ${CGROUP}/cgroup.kill 1`]);
});

test.each([
  [{ signal: SIGKILL }, true],
  [{ exitCode: 137 }, true],
  [{ exitCode: 1 }, false],
])("an end by %j may be the memory limit's doing", async (status, oomKilled) => {
  const { system, told, create, end } = around();
  const { pid } = await create();
  system.files.set(`${CGROUP}/memory.events`, "oom_kill 1\n");
  await end(pid, status);
  expect(told[0]!.oomKilled).toBe(oomKilled);
});

test("signals to the first process, to an exec, to all", async () => {
  const { system, containers, create, exec, hear, end } = around();
  const { pid } = await create();
  const execPid = (await hear(exec())).pid;
  system.files.set(`${CGROUP}/cgroup.procs`, "5\n6\n");
  system.takeCalls();
  containers.kill({ id: "c", signal: SIGTERM });
  containers.kill({ id: "c", exec: "e", signal: SIGTERM });
  system.failNext("kill 5", "ESRCH");
  containers.kill({ id: "c", signal: SIGTERM, all: true });
  containers.kill({ id: "c", signal: SIGKILL, all: true });
  const kills = [pid, execPid, 5, 6].map((each) => `kill ${each} ${SIGTERM}`);
  expect(system.calls).toEqual([...kills, `write ${CGROUP}/cgroup.kill 1`]);
  expect(() => containers.kill({ id: "c", exec: "none", signal: SIGTERM })).toThrow("exec none of container c");
  await end(pid, { exitCode: 0 });
  expect(() => containers.kill({ id: "c", signal: SIGTERM })).toThrow("container c is not running");
});

test("an exec is there until its end is told", async () => {
  const { system, containers, told, create, exec, hear, end } = around();
  await create();
  const open = system.descriptors.open.size;
  const { pid, report } = await hear(exec());
  expect(failureIn(execBirth(), report)).toBeUndefined();
  expect(containers.state("c").execs).toEqual(["e"]);
  await expect(exec()).rejects.toThrow("exec e of container c exists");
  await end(pid, { exitCode: 4 });
  expect(told).toEqual([{ id: "c", exec: "e", exitCode: 4, signal: undefined, oomKilled: false }]);
  expect(containers.state("c").execs).toEqual([]);
  expect(system.descriptors.open.size).toBe(open);
});

test.each(["setns", "spawn", "mount", "execve"])("an exec whose %s fails leaves nothing", async (call) => {
  const { system, containers, told, create, exec, hear } = around();
  await create();
  const open = system.descriptors.open.size;
  system.failNext(`${call} `, "ENOENT");
  const { pid, report } = await hear(exec());
  expect(pid).toBe(0);
  // Of an exec that was ready, the second report counts.
  expect(failureIn(execBirth(), report)).toMatchObject({ call: call === "spawn" ? "clone3" : call, errno: "ENOENT" });
  expect(containers.state("c").execs).toEqual([]);
  expect(told).toEqual([]);
  expect(system.descriptors.open.size).toBe(open);
  expect((await hear(exec())).pid).toBeGreaterThan(0);
});

test("an exec's id is one exec's from when it is asked for", async () => {
  const { system, containers, create, exec, hear } = around();
  await create();
  const first = exec();
  await expect(exec()).rejects.toThrow("exec e of container c exists");
  const { pid } = await hear(first);
  containers.kill({ id: "c", exec: "e", signal: SIGTERM });
  expect(system.calls.at(-1)).toBe(`kill ${pid} ${SIGTERM}`);
});

test("an exec whose list is none, or whose session is gone, leaves its id free", async () => {
  const { containers, create, exec, hear } = around();
  await create();
  const asked = { id: "c", exec: "e", calls: execBirth().encode(), stdio: {}, terminal: false };
  await expect(containers.exec({ ...asked, calls: new Uint8Array(3) })).rejects.toThrow("a list of calls of 3 bytes");
  await expect(containers.exec({ ...asked, stdio: { session: 1 } })).rejects.toThrow("no streams");
  expect((await hear(exec())).pid).toBeGreaterThan(0);
});

test("an exec that is held up, and killed, holds up nothing else; its end is told", async () => {
  const { system, containers, told, create, exec, hear, end } = around();
  const { pid } = await create();
  const open = system.descriptors.open.size;
  const heldUp = exec(execBirth({ heldUp: true }));
  const other = containers.exec({ id: "c", exec: "f", calls: execBirth().encode(), stdio: {}, terminal: false });
  await hear(other);
  expect(containers.state("c")).toMatchObject({ status: "running", execs: ["f"] });
  // The next processes after the first.
  await end(pid + 1, { signal: SIGKILL });
  expect((await hear(heldUp)).pid).toBe(pid + 1);
  await settle();
  expect(told).toEqual([{ id: "c", exec: "e", exitCode: 137, signal: SIGKILL, oomKilled: false }]);
  await end((await other).pid, { exitCode: 0 });
  expect(system.descriptors.open.size).toBe(open);
});

test("paused, and going on", async () => {
  const { system, containers, create } = around();
  await create();
  system.files.set(`${CGROUP}/cgroup.events`, "frozen 1\n");
  await containers.pause("c", true);
  expect(containers.state("c").status).toBe("paused");
  await expect(containers.pause("c", true)).rejects.toThrow("container c is paused");
  system.files.set(`${CGROUP}/cgroup.events`, "frozen 0\n");
  await containers.pause("c", false);
  expect(containers.state("c").status).toBe("running");
});

test("limits are set by a list that finds the cgroup", async () => {
  const { system, containers, create } = around();
  await create();
  const list = new CallList();
  list.call("fchdir", [{ slot: Slot.cgroup }]);
  system.takeCalls();
  const { report } = containers.update({ id: "c", calls: list.encode() });
  expect(failureIn(list, report)).toBeUndefined();
  expect(system.calls).toEqual(["fchdir $cgroup"]);
});

test("a network made ahead is taken and given back", async () => {
  const { system, containers, create, end, held } = around();
  await create({ id: "first", holds: { cgroup: "/sys/fs/cgroup/docker/first", network: "own" } });
  system.advance(300);
  const open = held();
  system.takeCalls();
  const { pid } = await create({ holds: { cgroup: CGROUP, network: "own" } });
  await end(pid, { exitCode: 0 });
  await containers.delete({ id: "c" });
  expect(held()).toBe(open - 1);
});
