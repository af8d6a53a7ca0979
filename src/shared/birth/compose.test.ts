import { expect, test } from "vitest";
import type { CallList } from "../calls/call-list.js";
import { Slot } from "../calls/list-format.js";
import { callText, childFailureOf, type ReadCall, readList } from "../calls/testfiles/read-list.js";
import * as constants from "../linux/constants.js";
import type { Process, RuntimeSpec } from "../oci/runtime.js";
import { type Birthplace, canBeHeldUp, composeContainer } from "./compose-container.js";
import { composeExec } from "./compose-exec.js";
import { composeProgram } from "./compose-program.js";
import { exampleSpec } from "./testfiles/example-spec.js";

const { CLONE_NEWNET, CLONE_NEWPID, CLONE_NEWUTS, CLONE_VFORK, CLONE_VM, PR_CAPBSET_DROP } = constants;
const { O_CLOEXEC, O_NOFOLLOW, O_PATH } = constants;
const [CLONE_INTO_CGROUP, CGROUP] = [2 ** 33, "/sys/fs/cgroup/docker/c"];
const PLACE: Birthplace = { pipes: [true, true, true], columns: 80, rows: 24 };
const OVERLAY = {
  ...{ directory: "/s/c", upper: "/s/c/upper", work: "/s/c/work" },
  ...{ layersDirectory: "/layers", layers: ["a", "b"], exists: false },
};
const FILTER = { program: new Uint8Array(16), flags: 0 };

interface Composed {
  calls: ReadCall[];
  lines: string[];
  /** There are calls that begin with these words, in this order and each after the one before. */
  inOrder(...beginnings: string[]): void;
  has(beginning: string): boolean;
}

function read(list: CallList): Composed {
  const calls = readList(list.encode());
  const lines = calls.map(callText);
  const inOrder = (...beginnings: string[]) => {
    let at = -1;
    for (const beginning of beginnings) {
      const next = lines.findIndex((line, index) => index > at && line.startsWith(beginning));
      if (next < 0) expect.fail(`${beginning} is not after call ${at} (${lines[at]}) of\n${lines.join("\n")}`);
      at = next;
    }
  };
  return { calls, lines, inOrder, has: (beginning) => lines.some((line) => line.startsWith(beginning)) };
}

function container(change: (spec: RuntimeSpec) => void = () => {}, place: Partial<Birthplace> = {}): Composed {
  const spec = exampleSpec();
  change(spec);
  return read(composeContainer(spec, { ...PLACE, ...place }));
}

function exec(change: (process: Process) => void = () => {}, linux = exampleSpec().linux): Composed {
  const { process } = exampleSpec();
  change(process);
  return read(composeExec(process, { ...PLACE, linux }));
}

const asRoot = { uid: 0, gid: 0 };

/** Of all that is composed, what the process does that is made. */
function childOf({ calls }: Composed): ReadCall[] {
  const spawned = calls.find(({ name }) => name === "spawn")!;
  return calls.slice(spawned.index + 1, Number(spawned.args[1]));
}

/** Whether it shares memory with the agent, which then stands still until it execs. */
function isShared({ calls }: Composed): boolean {
  const flags = Number(calls.find(({ name }) => name === "spawn")!.args[0]);
  expect([0, CLONE_VM | CLONE_VFORK]).toContain(flags & (CLONE_VM | CLONE_VFORK));
  return (flags & CLONE_VM) !== 0;
}

/** The slot that a call's first argument is taken from. */
const slotOf = ({ args }: ReadCall) => Number(String(args[0]).slice(1));

/** Where a call puts a mount. */
function placedAt(line: string): string | undefined {
  const [name, ...args] = line.split(" ");
  if (name === "move_mount") return args.find((arg) => arg.startsWith("/"));
  return name === "mount" ? args[1] : undefined;
}

test("a container in the order that it is told in", () => {
  const { lines, inOrder } = container(
    (spec) => {
      spec.linux.resources = { memory: { limit: 2 ** 25 }, pids: { limit: 5 } };
      spec.linux.sysctl = { "net.ipv4.ip_forward": "1" };
    },
    { overlay: OVERLAY },
  );
  inOrder(
    "mkdir /s/c 448",
    "mkdir /s/c/upper 493",
    "mkdir /s/c/work 448",
    `mkdir ${CGROUP}`,
    `openat -100 ${CGROUP}`,
    "openat $cgroup memory.max",
    "openat $cgroup pids.max",
    "spawn",
    "rt_sigaction 13",
    "setsid",
    "dup2 $stdin 0",
    "openat -100 /proc/self/oom_score_adj",
    "unshare",
    "setns $network",
    "sethostname box 3",
    "close_range 3",
    "mount 0 / 0",
    "open_tree -100 /volumes/v",
    "mount overlay /run/drydock/root overlay 0 lowerdir=/layers/b:/layers/a",
    "chdir /run/drydock/root",
    "pivot_root . .",
    "umount2 . 2",
    "chdir /",
    "mount proc . proc",
    "openat -100 /proc/sys/net/ipv4/ip_forward",
    "mount tmpfs . tmpfs",
    "mknod /dev/null",
    "openat -100 /dev/null",
    "mount devpts /dev/pts devpts",
    "move_mount",
    "mount /proc/sys /proc/sys",
    "mount_setattr -100 /proc/sys",
    "open_tree 1023",
    "move_mount",
    "mount tmpfs /proc/kcore tmpfs",
    "open_tree 1023",
    "move_mount",
    "mount tmpfs /sys/firmware tmpfs",
    "prlimit64 0 7",
    "umask 18",
    "close_range 3",
    "chdir /work",
    `prctl ${PR_CAPBSET_DROP} 1`,
    "setgroups32 0",
    "capset",
    "prctl 38 1",
    "faccessat2 -100 /bin/sh",
    "execve /bin/sh [sh -c true] [PATH=/bin]",
  );
  expect(lines.filter((line) => line.startsWith("execve"))).toHaveLength(1);
});

/** In another's pid namespace. */
const amongOthers = (spec: RuntimeSpec) => {
  spec.linux.namespaces = spec.linux.namespaces.map((namespace) =>
    namespace.type === "pid" ? { type: "pid", path: "/proc/7/ns/pid" } : namespace,
  );
};
const FILES = { directory: "/run/c", files: ["/etc/hosts", "/etc/hostname"].map((path) => ({ path, text: "x" })) };

test("links are made by the agent, in the network namespace that the container enters, before it is born", () => {
  const outer = { name: "veth1", index: 1000 };
  const [subnet, address] = [{ base: 0xac110000, prefix: 16 }, 0xac110002];
  const attachment = { name: "eth0", index: 2, address, subnet, gateway: 0xac110001, outer, bridge: 3 };
  const { lines, inOrder } = container(() => {}, {
    attachments: [attachment, { ...attachment, name: "eth1", index: 3 }],
  });
  inOrder(
    ...["mkdir /sys/fs/cgroup/docker/c", "setns $network", "socket 2", "bind $names"],
    ...["socket 16", "store", "write $opened", "read $opened", "load", "close $opened", "socket 16", "load"],
    ...["setns $ownNetwork", "spawn", "setns $network"],
  );
  expect(lines.filter((line) => line.startsWith("socket 16"))).toHaveLength(2);
  expect(container().has("setns $ownNetwork")).toBe(false);
});

test("the guest's root is out of sight before anything of the image's is walked", () => {
  const { lines } = container(undefined, { overlay: OVERLAY, files: FILES });
  const gone = lines.indexOf("umount2 . 2");
  const child = lines.findIndex((line) => line.startsWith("spawn"));
  // Before it only the root itself is mounted, where the guest has a place for it, and the own files' place.
  expect(lines.slice(child, gone).filter((line) => /^(mount|move_mount|mkdir|mknod)\b/.test(line))).toEqual([
    expect.stringMatching(/^mount 0 \/ 0 /),
    expect.stringMatching(/^mount tmpfs \/run\/c tmpfs /),
    expect.stringMatching(/^mount overlay \/run\/drydock\/root /),
  ]);
  // After it nothing is taken by a path, which a link of the image's could lead elsewhere.
  const taken = lines.slice(gone).filter((line) => line.startsWith("open_tree"));
  expect(new Set(taken.map((line) => line.replace(/\d+$/, "")))).toEqual(new Set(["open_tree 1023  "]));
});

test.each<[string, (spec: RuntimeSpec) => void, Partial<Birthplace>]>([
  ["one with files", () => {}, { files: FILES }],
  ["a terminal", (spec) => (spec.process.terminal = true), {}],
  ["one that waits", () => {}, { waits: true, overlay: OVERLAY }],
  ["one among others", amongOthers, {}],
])("of the agent's descriptors none is open when the image is walked: %s", (_, change, place) => {
  const composed = container(change, place);
  const child = childOf(composed);
  const lines = child.map(callText);
  const [closed, gone] = [lines.findIndex((line) => line.startsWith("close_range ")), lines.indexOf("umount2 . 2")];
  const linked = lines.some((line) => line.startsWith("dup3 $link 3 "));
  expect(lines[closed]).toBe(`close_range ${linked ? 4 : 3} ${0x7fffffff} 0`);
  expect(lines.slice(0, closed).filter((line) => /^(mount|pivot_root|chdir|mkdir|mknod)\b/.test(line))).toEqual([]);
  // What it opens after that and keeps are sources of its own mounts.
  const opened = child.slice(closed, gone).filter(({ slot }) => slot !== undefined);
  const kept = opened.filter(({ slot }) => !lines.slice(closed, gone).includes(`close $${slot}`));
  expect(kept.map(({ name }) => name)).toEqual(kept.map(() => "open_tree"));
});

test("a parameter is set before any other mount can lie where /proc/sys is", () => {
  const { lines } = container((spec) => (spec.linux.sysctl = { "net.ipv4.ip_forward": "1", "kernel.domainname": "d" }));
  const proc = lines.findIndex((line) => line.startsWith("mount proc "));
  const words = lines.slice(proc + 1, proc + 7).map((line) => line.replace(/\$\d+/, "$").split(" ", 3).join(" "));
  expect(words).toEqual([
    ...["openat -100 /proc/sys/net/ipv4/ip_forward", "write $ 1", "close $"],
    ...["openat -100 /proc/sys/kernel/domainname", "write $ d", "close $"],
  ]);
  expect(lines.filter((line) => line.includes(" /proc/sys/"))).toHaveLength(2);
});

test("paths are masked by the container's own /dev/null, as it was when it was made", () => {
  const { calls, lines, inOrder } = container((spec) => spec.mounts.push({ ...spec.mounts[3]!, destination: "/b" }));
  const null_ = calls.find(({ args }) => args[1] === "/dev/null" && args[2] === (O_PATH | O_NOFOLLOW | O_CLOEXEC))!;
  expect(lines[null_.index + 1]).toBe(`dup3 $${null_.slot} 1023 ${O_CLOEXEC}`);
  const device = lines.findIndex((line) => line.startsWith("mknod /dev/null "));
  expect(lines.slice(device, null_.index).filter((line) => placedAt(line))).toEqual([]);
  inOrder("mknod /dev/null", "dup3 $", "mount devpts", "move_mount", "move_mount", "open_tree 1023");
  // No path leads there: what a volume may lie on does not decide what the mask is.
  expect(lines.filter((line) => line.includes("/proc/self/fd/") && !line.startsWith("symlink "))).toEqual([]);
  for (const path of ["/proc/kcore", "/sys/firmware", "/proc/none"]) {
    const [file, directory] = calls.filter((call) => placedAt(callText(call)) === path);
    const tree = calls[file!.index - 1]!;
    expect([tree.name, tree.args[0], tree.args[1], tree.slot]).toEqual(["open_tree", 1023, "", slotOf(file!)]);
    expect([tree.allowed, file!.allowed, directory!.allowed]).toEqual([[], ["EINVAL", "ENOENT"], ["ENOENT"]]);
    expect([file!.otherwise, file!.next, directory!.index]).toEqual([
      file!.index + 1,
      file!.index + 2,
      file!.index + 1,
    ]);
  }
});

test("what the kernel has none of is not masked, and what is known is masked as what it is", () => {
  const kinds = new Map<string, "file" | "directory" | null>([
    ...[["/proc/kcore", "file"] as const, ["/sys/firmware", "directory"] as const, ["/proc/none", null] as const],
    ["/proc/sys", "directory"],
  ]);
  const masks = container(undefined, { kinds }).lines.filter((line) => /^\/(proc|sys)\//.test(placedAt(line) ?? ""));
  expect(masks.map((line) => line.split(" ")[0])).toEqual(["mount", "move_mount", "mount"]);
  expect(masks.map(placedAt)).toEqual(["/proc/sys", "/proc/kcore", "/sys/firmware"]);
});

test("made is what has no path; joined is what has one", () => {
  const composed = container((spec) => {
    spec.linux.namespaces = [
      { type: "mount" },
      { type: "uts", path: "/proc/7/ns/uts" },
      { type: "pid", path: "/proc/7/ns/pid" },
      { type: "ipc" },
    ];
    delete spec.hostname;
  });
  const { calls, inOrder } = composed;
  const spawned = calls.find(({ name }) => name === "spawn")!;
  const { CLONE_NEWIPC, CLONE_NEWNS, CLONE_PIDFD } = constants;
  expect(spawned.args[0]).toBe(CLONE_INTO_CGROUP + (CLONE_NEWIPC | CLONE_NEWNS | CLONE_PIDFD));
  inOrder(
    "openat -100 /proc/7/ns/pid",
    "setns $",
    "spawn",
    "openat -100 /proc/7/ns/uts",
    `setns $`,
    "close_range",
    "execve",
    `setns $ownPidNamespace ${CLONE_NEWPID}`,
  );
  // The agent comes back from the pid namespace even where there is no process.
  const back = calls.findIndex(({ args }) => args[0] === "$ownPidNamespace");
  expect([spawned.args[1], spawned.otherwise, spawned.allowed]).toEqual([back, back, ["any"]]);
  expect(calls).toHaveLength(back + 1);
});

const quota = (value: number) => (spec: RuntimeSpec) => (spec.linux.resources = { cpu: { quota: value, period: 1e5 } });

test.each<[string, (spec: RuntimeSpec) => void, boolean]>([
  ["its share of the processor", quota(1000), true],
  ["others of its pid namespace", amongOthers, true],
  ["no bound to its share", quota(-1), false],
  ["nothing", () => {}, false],
])("what %s may hold up does not hold up the agent, and tells by its report", (_, change, heldUp) => {
  const composed = container(change);
  const spec = exampleSpec();
  change(spec);
  expect(canBeHeldUp(spec)).toBe(heldUp);
  expect(isShared(composed)).toBe(!heldUp);
  expect(composed.has("write $link report")).toBe(heldUp);
  expect(composed.has("read $link")).toBe(false);
  const failed = childFailureOf(composeContainer(spec, PLACE).encode());
  expect(failed !== undefined).toBe(heldUp);
  if (!heldUp) return;
  composed.inOrder("dup3 $link 3", "close_range 4", "mount 0", "close_range 4", "write $link report", "execve");
  const ending = composed.lines.slice(failed, failed! + 2);
  expect(ending).toEqual([expect.stringMatching(/^write \$link report /), "exit_group 127"]);
});

test("a network made ahead is entered; without one, one is made", () => {
  const { calls } = container();
  const enters = calls.find(({ args }) => args[0] === "$network")!;
  expect(enters.allowed).toEqual(["EBADF"]);
  expect(callText(calls[enters.otherwise]!)).toBe(`unshare ${CLONE_NEWNET}`);
  expect(callText(calls[enters.next]!)).toBe("sethostname box 3");
});

test("without no_new_privs the filter comes before the capabilities go, with it as the last", () => {
  const filtered = (noNewPrivileges: boolean) =>
    container((spec) => (spec.process.noNewPrivileges = noNewPrivileges), { filter: FILTER });
  filtered(false).inOrder(
    "close_range",
    "chdir /work",
    "seccomp 1",
    `prctl ${PR_CAPBSET_DROP}`,
    "capset",
    "faccessat2",
  );
  filtered(true).inOrder("close_range", "chdir /work", "capset", "prctl 38 1", "seccomp 1", "faccessat2");
});

test("a user that is not root keeps its capabilities across setuid, and owns its pipes", () => {
  const { inOrder, has } = container(
    (spec) => {
      spec.process.user = { uid: 1000, gid: 1001, additionalGids: [5], umask: 0o77 };
    },
    { pipes: [false, true, true] },
  );
  inOrder("fchown32 1 1000 1001", "fchown32 2 1000 1001", "umask 63", "prctl 8 1", "setgroups32 1");
  inOrder("setgroups32 1", "setgid32 1001", "setuid32 1000", "prctl 8 0", "capset");
  expect(has("fchown32 0")).toBe(false);
});

test("a device program only when one is given", () => {
  expect(container().has("bpf")).toBe(false);
  container(undefined, { deviceProgram: new Uint8Array(16) }).inOrder(
    `openat -100 ${CGROUP}`,
    "bpf 5",
    "store",
    "store",
    "bpf 8",
    "spawn",
  );
});

test("one that waits tells its report and reads; its failures lead there too, over the link wherever that is", () => {
  const composed = container(undefined, { waits: true });
  const { calls, lines, inOrder } = composed;
  expect(isShared(composed)).toBe(false);
  inOrder("dup3 $link 3", "close_range 4", "mount 0", "close_range 4", "chdir /work", "write $link report");
  inOrder("write $link report", "read $link", "execve");
  // Descriptor 3 is the agent's own, its channel, until the link has taken its place.
  expect(calls.find(({ args, name }) => name === "dup3" && args[0] === "$link")!.slot).toBe(Slot.link);
  const list = composeContainer(exampleSpec(), { ...PLACE, waits: true }).encode();
  const failed = childFailureOf(list)!;
  expect(lines.slice(failed, failed + 2)).toEqual([expect.stringMatching(/^write \$link report /), "exit_group 127"]);
  expect(calls.find(({ name }) => name === "read")!.needsSomething).toBe(true);
});

test("a terminal: its slave is 0 to 2, its master goes out, and /dev/console is it", () => {
  const { inOrder, has } = container((spec) => (spec.process.terminal = true));
  inOrder(
    "mount devpts /dev/pts",
    "openat -100 /dev/pts/ptmx",
    "ioctl $",
    `ioctl $`,
    "dup2 $",
    "sendmsg $link",
    "mknod /dev/console",
    "open_tree",
    "move_mount",
    "mount /proc/sys",
    "close_range 3",
  );
  expect(has("dup2 $stdin")).toBe(false);
});

test("a file of the container's own is bound, unless the user has mounted something there", () => {
  const composed = container((spec) => spec.mounts.push({ destination: "/etc/hosts", type: "bind", source: "/mine" }), {
    files: FILES,
  });
  const { calls, lines, inOrder } = composed;
  // In the container's mount namespace, with room for little: none of it is the guest's.
  inOrder(
    "spawn",
    "mount 0 / 0",
    "mount tmpfs /run/c tmpfs",
    "openat -100 /run/c/hosts",
    "openat -100 /run/c/hostname",
    "open_tree -100 /run/c/hostname",
    "mount /snapshots/c/merged",
  );
  const { MS_NODEV, MS_NOSUID } = constants;
  const place = calls.find(({ name, args }) => name === "mount" && args[1] === "/run/c")!;
  expect(place.args.slice(2)).toEqual(["tmpfs", MS_NOSUID | MS_NODEV, "mode=755,size=1m"]);
  expect(lines.slice(0, place.index).filter((line) => line.includes("/run/c"))).toEqual([]);
  expect(lines.filter((line) => line.startsWith("open_tree -100")).map((line) => line.split(" ")[2])).toEqual([
    "/volumes/v",
    "/mine",
    "/run/c/hostname",
  ]);
  const sources = ["/data", "/etc/hosts", "/etc/hostname"].map((path) => {
    const moved = calls.find((call) => call.name === "move_mount" && placedAt(callText(call)) === path)!;
    return calls.find(({ name, slot }) => name === "open_tree" && slot === slotOf(moved))!.args[1];
  });
  expect(sources).toEqual(["/volumes/v", "/mine", "/run/c/hostname"]);
});

test("a read-only root is made so last", () => {
  const { lines } = container((spec) => (spec.root.readonly = true));
  const protects = lines.findIndex((line) => line.startsWith("mount_setattr -100 / "));
  expect(lines.findLastIndex((line) => /^(mount|move_mount) /.test(line))).toBeLessThan(protects);
});

test("parents of a cgroup are made and hand their controllers down, but for those that are there", () => {
  const { inOrder, lines } = container((spec) => (spec.linux.cgroupsPath = "/docker/pod/c"));
  inOrder("mkdir /sys/fs/cgroup/docker/pod 493", "openat -100 /sys/fs/cgroup/docker/pod/cgroup.subtree_control");
  expect(lines).not.toContain("mkdir /sys/fs/cgroup/docker 493");
});

test("dozens of mounts fit into a list", () => {
  const { calls, lines } = container((spec) => {
    for (let i = 0; i < 60; i++)
      spec.mounts.push({ destination: `/a/b/v${i}`, type: "bind", source: `/volumes/${i}`, options: ["rbind", "ro"] });
  });
  expect(lines.filter((line) => line.startsWith("open_tree -100 /volumes/"))).toHaveLength(61);
  expect(calls.length).toBeLessThan(1024);
});

test.each<[string, (spec: RuntimeSpec) => void]>([
  ["is not a path below", (spec) => (spec.linux.cgroupsPath = "/docker/../x")],
  ["is not a path below", (spec) => (spec.linux.cgroupsPath = "/")],
  ["need a /dev of the container's own", (spec) => (spec.mounts = [])],
  ["process.args is empty", (spec) => (spec.process.args = [])],
])("%s: refused", (message, change) => {
  expect(() => container(change)).toThrow(message);
});

test("an exec is born in the container's pid namespace, and the agent comes back", () => {
  const composed = exec((process) => {
    process.user = { uid: 1000, gid: 0 };
  });
  const { calls, lines, inOrder, has } = composed;
  inOrder(
    `setns $init ${CLONE_NEWPID}`,
    "store",
    "spawn",
    "setsid",
    "dup2 $stdin 0",
    "dup3 $link 3",
    "openat -100 /proc/self/oom_score_adj",
    "setns $init",
    "close_range 4",
    "fchown32 0 1000",
    "close_range 4",
    "chdir /work",
    "setuid32 1000",
    "write $link report",
    "execve",
    `setns $ownPidNamespace ${CLONE_NEWPID}`,
  );
  // At once: no path is walked in the container while something of the agent's is open.
  expect(lines[lines.findLastIndex((line) => line.startsWith("setns $init")) + 1]).toMatch(/^close_range 4 /);
  const spawned = calls.find(({ name }) => name === "spawn")!;
  expect([Number(spawned.args[1]), spawned.otherwise]).toEqual([calls.length - 1, calls.length - 1]);
  expect(Number(spawned.args[0]) & CLONE_NEWUTS).toBe(0);
  expect(has("mkdir /work")).toBe(false);
  const joins = calls.filter(({ args }) => args[0] === "$init").map(({ args }) => Number(args[1]));
  expect(joins[1]! & CLONE_NEWPID).toBe(0);
  expect(joins[1]! & CLONE_NEWUTS).toBe(CLONE_NEWUTS);
});

test("an exec of a program of the guest's takes it along, read-only, and has nothing else of the guest open", () => {
  const { process, linux } = exampleSpec();
  const { lines } = read(composeExec(process, { ...PLACE, linux, program: "/bin/busybox" }));
  const at = (start: string) => lines.findIndex((line) => line.startsWith(start));
  const [taken, flagged, entered] = [
    at("open_tree"),
    at("mount_setattr"),
    lines.findLastIndex((line) => line.startsWith("setns $init")),
  ];
  expect(lines[taken]).toContain("/bin/busybox");
  expect([flagged, entered]).toEqual([taken + 1, taken + 2]);
  expect(lines.slice(entered + 1, entered + 3)).toEqual([
    expect.stringMatching(/^dup3 \$\d+ 4 /),
    expect.stringMatching(/^close_range 5 /),
  ]);
  expect(
    lines.filter((line) => line.startsWith("close_range")).every((line) => line.startsWith("close_range 5 ")),
  ).toBe(true);
  expect(at("execveat")).toBeGreaterThan(entered);
  expect(at("execve ")).toBe(-1);
});

test("an exec, which the container's processes can hold up, does not hold up the agent", () => {
  const composed = exec();
  expect(isShared(composed)).toBe(false);
  expect(composed.has("read $link")).toBe(false);
  const failed = childFailureOf(composeExec(exampleSpec().process, { ...PLACE, linux: exampleSpec().linux }).encode())!;
  const ending = composed.lines.slice(failed, failed + 2);
  expect(ending).toEqual([expect.stringMatching(/^write \$link report /), "exit_group 127"]);
});

test("what is no pipe is the container's own /dev/null, of a container and of an exec", () => {
  const pipes = [false, true, false] as const;
  const { process, linux } = exampleSpec();
  for (const [composed, inside] of [
    [container(undefined, { pipes }), "mknod /dev/null"],
    [read(composeExec(process, { ...PLACE, pipes, linux })), "setns $init"],
  ] as const) {
    const opened = composed.calls.find(({ args }) => args[1] === "/dev/null" && Number(args[2]) & constants.O_RDWR)!;
    const entered = composed.lines.findLastIndex((line) => line.startsWith(inside));
    expect(opened.index).toBeGreaterThan(entered);
    expect(Number(opened.args[2]) & O_NOFOLLOW).toBe(O_NOFOLLOW);
    const [zero, two] = [`dup2 $${opened.slot} 0`, `dup2 $${opened.slot} 2`];
    expect(composed.lines.slice(opened.index + 1, opened.index + 3)).toEqual([zero, two]);
    expect([opened.allowed, opened.otherwise]).toEqual([["any"], opened.index + 3]);
  }
  const before = container().calls.find(({ args }) => args[1] === "/dev/null" && Number(args[2]) & constants.O_RDWR);
  expect(before).toBeUndefined();
});

test("an exec into a container of the guest's pid namespace joins none", () => {
  const linux = { ...exampleSpec().linux, namespaces: [{ type: "mount" as const }] };
  const { lines } = exec(undefined, linux);
  expect(lines.filter((line) => line.startsWith("setns"))).toEqual([`setns $init ${constants.CLONE_NEWNS}`]);
});

test("an exec's terminal is of the container's devpts", () => {
  exec((process) => (process.terminal = true)).inOrder("setns $init", "setns $init", "openat -100 /dev/pts/ptmx");
});

const PROGRAM: Process = { args: ["-bash"], env: ["A=1"], cwd: "/root", user: asRoot };

test.each([
  ["pipes", { pipes: true } as const, ["dup2 $stdin 0", "close_range 3"]],
  ["a terminal", { columns: 1, rows: 2 }, ["openat -100 /dev/pts/ptmx", "sendmsg $link", "close_range 3"]],
  [
    "a device",
    { device: "/dev/hvc0", program: "/bin/bash" },
    ["openat -100 /dev/hvc0", `ioctl $${Slot.free + 1}`, `dup2 $${Slot.free + 1} 2`],
  ],
])("a program with %s", (_, standard, lines) => {
  const { inOrder, has, calls } = read(composeProgram(PROGRAM, standard));
  inOrder("store", "spawn", "rt_sigaction", "setsid", ...lines, "chdir /root", "setgroups32", "execve");
  expect(calls.find(({ name }) => name === "execve")!.args.slice(1)).toEqual([["-bash"], ["A=1"]]);
  expect(has(`prctl ${PR_CAPBSET_DROP}`)).toBe(false);
});

test("what has no slash is searched for, as it is in $PATH", () => {
  const found = ({ lines }: Composed) =>
    lines.filter((line) => line.startsWith("execve")).map((line) => line.split(" ")[1]);
  const withPath = (path: string) => exec((process) => (process.env = [`PATH=${path}`]));
  expect(found(withPath("/a::/b"))).toEqual(["/a/sh", "./sh", "/b/sh"]);
  expect(found(exec((process) => (process.args = ["/x/y"])))).toEqual(["/x/y"]);
  expect(found(exec((process) => (process.env = [])))).toHaveLength(6);
});
