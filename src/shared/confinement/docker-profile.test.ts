import { describe, expect, test } from "vitest";
import { I386_SYSCALLS } from "../linux/i386-syscalls.js";
import { compileSeccomp, ignoredSyscalls } from "./compile-seccomp.js";
import { dockerProfile } from "./docker-profile.js";
import { evaluateProfile } from "./testfiles/evaluate-profile.js";
import { runFilter } from "./testfiles/run-filter.js";

const ALLOW = "allow";
const words = (text: string) => text.trim().split(/\s+/);
const caps = (text: string) => words(text).map((name) => `CAP_${name}`);

const sets: Record<string, string[]> = {
  none: [],
  default:
    caps(`CHOWN DAC_OVERRIDE FSETID FOWNER MKNOD NET_RAW SETGID SETUID SETFCAP SETPCAP NET_BIND_SERVICE SYS_CHROOT
    KILL AUDIT_WRITE`),
  all: caps(`DAC_READ_SEARCH SYS_ADMIN SYS_BOOT SYS_CHROOT SYS_MODULE SYS_PACCT SYS_PTRACE SYS_RAWIO SYS_TIME
    SYS_TTY_CONFIG SYS_NICE SYSLOG BPF PERFMON CHOWN NET_ADMIN`),
};

const programs = new Map<string, Uint8Array>();
function programFor(capabilities: string[]): Uint8Array {
  const key = capabilities.join();
  const program = programs.get(key) ?? compileSeccomp(dockerProfile(capabilities));
  programs.set(key, program);
  return program;
}

/** `allow`, or the errno. */
function says(capabilities: string[], name: string, ...args: number[]): string | number {
  const number = I386_SYSCALLS.get(name)!;
  const { returns } = runFilter(programFor(capabilities), { number, args });
  if (returns === 0x7fff0000) return ALLOW;
  return returns >>> 16 === 5 ? returns & 0xffff : returns;
}

describe.each(Object.entries(sets))("with %s of the capabilities", (_, capabilities) => {
  test("the filter says what the profile says of every call", () => {
    const profile = dockerProfile(capabilities);
    const program = programFor(capabilities);
    const values = [0, 1, 8, 39, 40, 41, 0x20000, 0x20008, 0x10000000, 0x02000000, 0x1200011, 0x7e020000, 0xffffffff];
    const wrong: unknown[] = [];
    for (let number = 0; number <= 460; number++)
      for (const value of values) {
        const args = [value, value, 0];
        const { returns } = runFilter(program, { number, args });
        if (returns !== evaluateProfile(profile, number, args)) wrong.push({ number, value, returns });
      }
    expect(wrong).toEqual([]);
  });

  test("the filter is small, and no call takes it long", () => {
    const program = programFor(capabilities);
    expect(program.length / 8).toBeLessThan(110);
    const steps = Array.from({ length: 461 }, (_, number) => runFilter(program, { number, args: [7] }).steps);
    expect(Math.max(...steps)).toBeLessThan(20);
  });

  test("the kernel can tell without running the filter what is always allowed", () => {
    const program = programFor(capabilities);
    const looking = [...I386_SYSCALLS].filter(([, number]) => runFilter(program, { number }).readArguments);
    const withConditions = capabilities.includes("CAP_SYS_ADMIN") ? [] : ["clone"];
    expect(looking.map(([name]) => name)).toEqual([...withConditions, "personality", "socket"]);
  });
});

// K8 of the cases: no user namespace by way of any of these.
test.each<[string, number[], string | number]>([
  ["unshare", [0x10000000], 1],
  ["setns", [3, 0], 1],
  ["clone", [0x10000000 | 17], 1],
  ["clone", [0x02000000 | 17], 1],
  ["clone", [17], ALLOW],
  ["clone", [0x003d0f00], ALLOW],
  ["clone3", [], 38],
  ["mount", [], 1],
  ["umount2", [], 1],
  ["pivot_root", [], 1],
  ["mount_setattr", [], 1],
  ["bpf", [], 1],
  ["io_uring_setup", [], 1],
  ["keyctl", [], 1],
  ["userfaultfd", [], 1],
  ["kexec_load", [], 1],
  ["swapon", [], 1],
  ["open_by_handle_at", [], 1],
  ["name_to_handle_at", [], ALLOW],
  ["reboot", [], 1],
  ["settimeofday", [], 1],
  ["clock_settime64", [], 1],
  ["chroot", [], ALLOW],
  ["ptrace", [], ALLOW],
  ["process_vm_writev", [], ALLOW],
  ["process_madvise", [], 1],
  ["modify_ldt", [], ALLOW],
  ["arch_prctl", [], 1],
  ["iopl", [], 1],
  ["socket", [1], ALLOW],
  ["socket", [40], 1],
  ["socketcall", [1], ALLOW],
  ["ipc", [1], ALLOW],
  ["personality", [0xffffffff], ALLOW],
  ["personality", [0x40000], 1],
  ["execveat", [], ALLOW],
  ["seccomp", [], ALLOW],
  ["futex_waitv", [], ALLOW],
  ["vm86", [], 1],
])("with Docker's default capabilities %s %j is %s", (name, args, expected) => {
  expect(says(sets.default!, name, ...args)).toBe(expected);
});

test.each(
  Object.entries({
    CAP_DAC_READ_SEARCH: "open_by_handle_at",
    CAP_SYS_ADMIN: `bpf clone3 fanotify_init fsconfig fsmount fsopen fspick lookup_dcookie mount mount_setattr move_mount
      open_tree perf_event_open quotactl quotactl_fd setdomainname sethostname setns syslog umount umount2 unshare`,
    CAP_SYS_BOOT: "reboot",
    CAP_SYS_CHROOT: "chroot",
    CAP_SYS_MODULE: "delete_module init_module finit_module",
    CAP_SYS_PACCT: "acct",
    CAP_SYS_PTRACE: "kcmp pidfd_getfd process_madvise",
    CAP_SYS_RAWIO: "iopl ioperm",
    CAP_SYS_TIME: "settimeofday stime clock_settime clock_settime64",
    CAP_SYS_TTY_CONFIG: "vhangup",
    CAP_SYS_NICE: "get_mempolicy mbind set_mempolicy set_mempolicy_home_node",
    CAP_SYSLOG: "syslog",
    CAP_BPF: "bpf",
    CAP_PERFMON: "perf_event_open",
  }),
)("%s brings %s", (capability, names) => {
  const gained = [...I386_SYSCALLS.keys()].filter(
    (name) => says([], name, 0x10000000) !== ALLOW && says([capability], name, 0x10000000) === ALLOW,
  );
  const withNamespaces = capability === "CAP_SYS_ADMIN" ? ["clone"] : [];
  expect(gained.toSorted()).toEqual([...words(names), ...withNamespaces].toSorted());
});

test("names of other kernels and architectures are left out", () => {
  expect(ignoredSyscalls(dockerProfile([])).toSorted()).toEqual(
    words(`cachestat epoll_ctl_old epoll_wait_old fchmodat2 futex_requeue futex_wait futex_wake getxattrat listmount
      listxattrat map_shadow_stack mseal newfstatat removexattrat riscv_hwprobe setxattrat statmount uretprobe`),
  );
});
