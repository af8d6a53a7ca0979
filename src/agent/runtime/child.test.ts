import { expect, test } from "vitest";
import type { KernelStep } from "../../protocol/commands.js";
import { packStep, unpackSteps } from "../../protocol/packed-steps.js";
import type { RuntimeSpec } from "../../shared/oci/runtime.js";
import { FakeProcessEnd, FakeSystem } from "../system/fake-system.js";
import { createTracingSystem } from "../system/tracing-system.js";
import { runChild } from "./child.js";
import { makeContainer } from "./enter-container.js";
import { KernelPaths } from "./protected-paths.js";
import { protectPaths } from "./root-filesystem.js";
import { exampleSpec } from "./testfiles/example-spec.js";

/** A guest whose root is also the container's: the fake knows no mounts. */
function guest(): FakeSystem {
  const system = new FakeSystem();
  system.put("/bin/sh", "", 0o755);
  system.put("/etc/passwd", "app:x:1000:1001::/home/app:/bin/sh\n");
  system.put("/etc/group", "extra:x:2000:app\n");
  for (const path of ["/proc/sys", "/sys/firmware", "/volumes/v", "/snapshots/c/merged/dev", "/dev"])
    system.files.putDirectory(path);
  system.put("/proc/kcore", "");
  // What the old root is reached by, once the root has been left.
  system.files.putDirectory("/dev/.old-root/volumes/v");
  system.files.rename("/dev/.old-root", "/old");
  const pivotRoot = system.pivotRoot.bind(system);
  system.pivotRoot = (newRoot, putOld) => {
    pivotRoot(newRoot, putOld);
    system.files.rename("/old", "/dev/.old-root");
  };
  system.chdir = (path) => void system.calls.push(`chdir ${path}`);
  const mkdir = system.mkdir.bind(system);
  system.mkdir = (path, mode) => (path.startsWith("/") ? mkdir(path, mode) : void system.calls.push(`mkdir ${path}`));
  const rmdir = system.rmdir.bind(system);
  system.rmdir = (path) => (path === "/dev/.old-root" ? void system.calls.push(`rmdir ${path}`) : rmdir(path));
  system.readlink = () => "/volumes/v";
  system.stat = (
    (stat) => (path: string) =>
      path === "/snapshots/c/merged/.." ? { ...stat("/"), dev: 2 } : stat(path.replace(/^\/proc\/self\/fd\/.*/, "/"))
  )(system.stat.bind(system));
  return system;
}

interface Outcome {
  /** The child's first message. */
  text: string;
  steps: KernelStep[];
  /** Up to the first end: the fake goes on where the kernel does not. */
  calls: string[];
}

/** Runs the child; the agent has told it to start, or is gone. */
function run(system: FakeSystem, spec: RuntimeSpec, started = true): Outcome {
  const heard: string[] = [];
  const [, theirs] = system.socketpair();
  const nullFd = system.open("/etc/group", 0, 0);
  system.sendFds = (_, bytes) => void heard.push(system.utf8Decode(bytes));
  system.read = () => (started ? Uint8Array.of(1) : new Uint8Array());
  const paths = new KernelPaths(system).protectedPaths(spec.linux);
  system.calls.length = 0;
  try {
    runChild(system, (steps) => createTracingSystem(system, (step) => steps.push(packStep(step))), theirs, {
      process: spec.process,
      ends: [nullFd, nullFd, nullFd],
      size: { columns: 80, rows: 24 },
      first: true,
      enter: (child) => makeContainer(child, spec),
      protect: (child) => protectPaths(child, spec, paths),
    });
  } catch (error) {
    if (!(error instanceof FakeProcessEnd)) throw error;
  }
  const text = heard[0]!;
  const end = system.calls.findIndex((call) => /^(execve|exit) /.test(call));
  return { text, steps: unpackSteps(text.slice(text.indexOf("\n") + 1)), calls: system.calls.slice(0, end + 1) };
}

test("the order of a container's making", () => {
  const { text, steps } = run(guest(), exampleSpec());
  expect(text.startsWith("\n")).toBe(true);
  expect(steps.map(({ call, detail }) => `${call} ${detail}`)).toEqual([
    "unshare CLONE_NEWCGROUP",
    "ioctl SIOCSIFFLAGS lo up",
    "sethostname box",
    "mount none on / MS_REC|MS_PRIVATE",
    "mount tmpfs on /snapshots/c/merged/dev MS_NOSUID mode=755",
    "chdir /snapshots/c/merged",
    "pivot_root . dev/.old-root",
    "chdir /",
    "mount proc on /proc MS_NOSUID|MS_NODEV|MS_NOEXEC",
    "mount devpts on /dev/pts newinstance,ptmxmode=0666",
    "mount /dev/.old-root/volumes/v on /data MS_BIND|MS_REC",
    "mount none on /data MS_RDONLY|MS_REMOUNT|MS_BIND",
    "mount none on /data MS_REC|MS_PRIVATE",
    "mknod /dev/null c 1:3",
    "mknod /dev/zero c 1:5",
    "mknod /dev/full c 1:7",
    "mknod /dev/random c 1:8",
    "mknod /dev/urandom c 1:9",
    "mknod /dev/tty c 5:0",
    "umount /dev/.old-root MNT_DETACH",
    "mount /proc/sys on /proc/sys MS_BIND|MS_REC",
    "mount /proc/sys on /proc/sys MS_RDONLY|MS_NOSUID|MS_NODEV|MS_NOEXEC|MS_REMOUNT|MS_BIND",
    "mount /dev/null on /proc/kcore MS_BIND",
    "mount tmpfs on /sys/firmware MS_RDONLY size=0",
    "setgid 1001",
    "setuid 1000",
    "capset effective 0x81 permitted 0x81 inheritable 0x0",
    "prctl PR_SET_NO_NEW_PRIVS 1",
  ]);
});

test("then it execs, as the user, with a home", () => {
  const { calls } = run(guest(), exampleSpec());
  expect(calls.at(-1)).toBe("execve /bin/sh [sh -c true] {PATH=/bin HOME=/home/app}");
  expect(calls).toContain("setgroups 2000");
  expect(calls).toContain("setrlimit RLIMIT_NOFILE 512 1024");
  // Bounding set: what is not kept goes, while there still is the right to drop it.
  expect(calls.filter((call) => call.startsWith("prctl PR_CAPBSET_DROP"))).toHaveLength(39);
  expect(calls.lastIndexOf("prctl PR_CAPBSET_DROP 40")).toBeLessThan(calls.indexOf("setuid 1000"));
  expect(calls.indexOf("mkdir /work")).toBeLessThan(calls.indexOf("chdir /work"));
});

test("it waits for the agent, and ends with it", () => {
  expect(run(guest(), exampleSpec(), false).calls.at(-1)).toBe("exit 1");
});

test.each<[string, (spec: RuntimeSpec, system: FakeSystem) => void, object]>([
  [
    "no such executable",
    (spec) => (spec.process.args = ["nosuch"]),
    { code: "no-such-executable", message: 'exec: "nosuch": executable file not found in $PATH' },
  ],
  [
    "no such user",
    (spec) => (spec.process.user.username = "foo"),
    { code: "no-such-user", message: "unable to find user foo: no matching entries in passwd file" },
  ],
  [
    "a mount that fails",
    (_, system) => system.failNext("mount proc", "EPERM"),
    expect.objectContaining({ code: "system", errno: "EPERM", call: "mount" }),
  ],
])("%s is told, and the process ends with 127", (_, change, failure) => {
  const system = guest();
  const spec = exampleSpec();
  change(spec, system);
  const { text, calls } = run(system, spec);
  expect(JSON.parse(text.slice(0, text.indexOf("\n")))).toEqual(failure);
  expect(calls.at(-1)).toBe("exit 127");
});
