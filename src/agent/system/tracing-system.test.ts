import { expect, test } from "vitest";
import type { KernelStep } from "../../protocol/commands.js";
import {
  CLONE_NEWNS,
  CLONE_NEWPID,
  MNT_DETACH,
  MS_BIND,
  MS_NOSUID,
  MS_REC,
  PR_CAP_AMBIENT,
  PR_CAP_AMBIENT_RAISE,
  PR_CAPBSET_DROP,
  PR_SET_NO_NEW_PRIVS,
  RLIMIT_NOFILE,
  S_IFCHR,
} from "./constants.js";
import { FakeProcessEnd, FakeSystem } from "./fake-system.js";
import { SystemError } from "./system.js";
import { createTracingSystem } from "./tracing-system.js";

function traced() {
  const fake = new FakeSystem();
  const steps: KernelStep[] = [];
  const system = createTracingSystem(fake, (step) => steps.push(step));
  return { fake, system, steps, lines: () => steps.map(({ call, detail }) => `${call} ${detail}`) };
}

test("flags and options by name", () => {
  const { fake, system, lines } = traced();
  fake.files.putDirectory("/dev");
  system.unshare(CLONE_NEWNS | CLONE_NEWPID);
  system.setns(5, CLONE_NEWPID);
  system.mount("overlay", "/root", "overlay", 0, "lowerdir=/a:/b,upperdir=/u");
  system.mount("tmpfs", "/dev", "tmpfs", MS_NOSUID, "mode=755");
  system.mount("/a", "/b", "", MS_BIND | MS_REC, "");
  system.umount("/old", MNT_DETACH);
  system.pivotRoot(".", ".");
  system.prctl(PR_SET_NO_NEW_PRIVS, 1);
  system.prctl(PR_CAPBSET_DROP, 21);
  system.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, 7);
  system.capset([0xa80425fb, 1], [0xa80425fb, 0], [0, 0]);
  system.setrlimit(RLIMIT_NOFILE, 1024, -1);
  system.linkUp("lo");
  system.mknod("/dev/null", S_IFCHR | 0o666, 1, 3);
  system.kill(7, 9);
  system.kill(7, 64);
  expect(lines()).toEqual([
    "unshare CLONE_NEWNS|CLONE_NEWPID",
    "setns fd 5 CLONE_NEWPID",
    "mount overlay on /root lowerdir=/a:/b,upperdir=/u",
    "mount tmpfs on /dev MS_NOSUID mode=755",
    "mount /a on /b MS_BIND|MS_REC",
    "umount /old MNT_DETACH",
    "pivot_root . .",
    "prctl PR_SET_NO_NEW_PRIVS 1",
    "prctl PR_CAPBSET_DROP 21",
    "prctl PR_CAP_AMBIENT PR_CAP_AMBIENT_RAISE 7",
    "capset effective 0x1a80425fb permitted 0xa80425fb inheritable 0x0",
    "setrlimit RLIMIT_NOFILE 1024 unlimited",
    "ioctl SIOCSIFFLAGS lo up",
    "mknod /dev/null c 1:3",
    "kill 7 SIGKILL",
    "kill 7 64",
  ]);
});

test("files: only the kernel's own", () => {
  const { fake, system, lines } = traced();
  fake.put("/sys/fs/cgroup/memory.max", "max");
  fake.put("/proc/self/oom_score_adj", "0");
  fake.put("/etc/hosts", "");
  system.mkdir("/sys/fs/cgroup/one", 0o755);
  system.mkdir("/etc/other", 0o755);
  system.writeFile("/sys/fs/cgroup/memory.max", "209715200\n");
  system.writeFile("/proc/self/oom_score_adj", "5");
  system.writeFile("/etc/hosts", "x");
  system.readFile("/etc/hosts");
  expect(lines()).toEqual([
    "mkdir /sys/fs/cgroup/one",
    "write memory.max 209715200",
    "write /proc/self/oom_score_adj 5",
  ]);
  expect(fake.contentOf("/etc/hosts")).toBe("x");
});

test("a failed call is told with its error, and thrown", () => {
  const { fake, system, steps } = traced();
  fake.micros = 50;
  fake.failNext("mount", "EPERM");
  expect(() => system.mount("proc", "/proc", "proc", 0, "")).toThrow(SystemError);
  expect(steps).toEqual([
    { call: "mount", detail: "proc on /proc", startMicros: 50, durationMicros: 0, error: "EPERM" },
  ]);
});

test("execve is told before it is made, and again when it fails", () => {
  const { fake, system, steps } = traced();
  expect(() => system.execve("/bin/sh", ["sh", "-c", "echo $x"], [])).toThrow(FakeProcessEnd);
  expect(steps.map(({ detail }) => detail)).toEqual(['sh -c "echo $x"']);
  fake.failNext("execve", "ENOENT");
  expect(() => system.execve("/bin/no", ["no"], [])).toThrow("execve");
  expect(steps.slice(1).map(({ error }) => error)).toEqual([undefined, "ENOENT"]);
});

test("clone is told in the parent only", () => {
  const { fake, system, lines } = traced();
  fake.cloneResults.push(0);
  expect(system.clone(CLONE_NEWPID)).toBe(0);
  expect(lines()).toEqual([]);
  expect(system.clone(CLONE_NEWPID)).toBe(100);
  expect(lines()).toEqual(["clone3 CLONE_NEWPID"]);
});

test("what is not told works as on the system itself", () => {
  const { fake, system, steps } = traced();
  const heard: string[] = [];
  const fd = system.pidfdOpen(system.clone(0));
  system.onReadable(fd, () => heard.push("ended"));
  system.setTimer(1, () => heard.push("never"))();
  fake.end(100, { exitCode: 0 });
  fake.turn();
  fake.advance(2);
  expect(heard).toEqual(["ended"]);
  expect(steps).toHaveLength(1);
});
