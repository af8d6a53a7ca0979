import { describe, expect, test } from "vitest";
import { I386_SYSCALLS } from "../linux/i386-syscalls.js";
import type { LinuxSeccomp, LinuxSeccompArg, LinuxSyscall, SeccompAction } from "../oci/runtime.js";
import { randomFrom } from "../testfiles/random.js";
import { compileSeccomp, ignoredSyscalls, seccompFlags } from "./compile-seccomp.js";
import { evaluateProfile } from "./testfiles/evaluate-profile.js";
import { runFilter } from "./testfiles/run-filter.js";

const ALLOW = 0x7fff0000;
const ERRNO = 0x50000;
const ENOSYS = ERRNO + 38;
const KILL_PROCESS = 0x80000000;

const numberOf = (name: string) => I386_SYSCALLS.get(name)!;
const deny = (...syscalls: LinuxSyscall[]): LinuxSeccomp => ({ defaultAction: "SCMP_ACT_ERRNO", syscalls });
const allow = (names: string, ...args: LinuxSeccompArg[]): LinuxSyscall => ({
  names: names.split(" "),
  action: "SCMP_ACT_ALLOW",
  args,
});
const say = (profile: LinuxSeccomp, name: string, ...args: number[]) =>
  runFilter(compileSeccomp(profile), { number: numberOf(name), args }).returns;

test.each<[SeccompAction, number | undefined, number]>([
  ["SCMP_ACT_KILL", undefined, 0],
  ["SCMP_ACT_KILL_THREAD", 5, 0],
  ["SCMP_ACT_KILL_PROCESS", undefined, KILL_PROCESS],
  ["SCMP_ACT_TRAP", undefined, 0x30000],
  ["SCMP_ACT_ERRNO", undefined, ERRNO + 1],
  ["SCMP_ACT_ERRNO", 0, ERRNO],
  ["SCMP_ACT_ERRNO", 13, ERRNO + 13],
  ["SCMP_ACT_TRACE", undefined, 0x7ff00001],
  ["SCMP_ACT_TRACE", 0xffff, 0x7ff0ffff],
  ["SCMP_ACT_LOG", undefined, 0x7ffc0000],
  ["SCMP_ACT_ALLOW", undefined, ALLOW],
])("%s with %s returns it", (action, errnoRet, returns) => {
  const rule: LinuxSyscall = { names: ["uname"], action, errnoRet };
  expect(say({ defaultAction: "SCMP_ACT_TRAP", syscalls: [rule] }, "uname")).toBe(returns);
  expect(say({ defaultAction: action, defaultErrnoRet: errnoRet, syscalls: [] }, "uname")).toBe(returns);
});

test("another architecture kills the process", () => {
  const program = compileSeccomp(deny(allow("read")));
  expect(runFilter(program, { number: 3, architecture: 0xc000003e }).returns).toBe(KILL_PROCESS);
  expect(runFilter(program, { number: 3 }).returns).toBe(ALLOW);
});

describe("a call that is newer than all that the profile names", () => {
  test.each<[SeccompAction, number]>([
    ["SCMP_ACT_ERRNO", ENOSYS],
    ["SCMP_ACT_KILL_PROCESS", ENOSYS],
    ["SCMP_ACT_TRAP", ENOSYS],
    ["SCMP_ACT_ALLOW", ALLOW],
    ["SCMP_ACT_LOG", 0x7ffc0000],
    ["SCMP_ACT_TRACE", 0x7ff00001],
  ])("by default %s", (defaultAction, returns) => {
    const program = compileSeccomp({ defaultAction, syscalls: [{ names: ["statx"], action: "SCMP_ACT_ERRNO" }] });
    expect(runFilter(program, { number: numberOf("statx") + 1 }).returns).toBe(returns);
    expect(runFilter(program, { number: 0xffffffff }).returns).toBe(returns);
  });

  test("redundant rules count, unknown names do not", () => {
    const profile = deny(allow("read nonsense"), { names: ["openat2"], action: "SCMP_ACT_ERRNO" });
    expect(say(profile, "openat")).toBe(ERRNO + 1);
    expect(say(profile, "faccessat2")).toBe(ENOSYS);
    expect(ignoredSyscalls(profile)).toEqual(["nonsense"]);
  });

  test("a profile that names nothing is its default", () => {
    expect(say(deny(), "futex_waitv")).toBe(ERRNO + 1);
  });
});

describe("several rules for one call", () => {
  const first: LinuxSeccompArg = { index: 0, value: 5, op: "SCMP_CMP_EQ" };
  const second: LinuxSeccompArg = { index: 1, value: 7, op: "SCMP_CMP_GT" };

  test("one of them is enough", () => {
    const profile = deny(allow("ioctl", first), allow("ioctl", second));
    expect([say(profile, "ioctl", 5, 0), say(profile, "ioctl", 0, 8), say(profile, "ioctl", 4, 7)]).toEqual([
      ALLOW,
      ALLOW,
      ERRNO + 1,
    ]);
  });

  test("conditions of one rule hold together, on one argument one by one", () => {
    const together = deny(allow("ioctl", first, second));
    expect([say(together, "ioctl", 5, 8), say(together, "ioctl", 5, 7)]).toEqual([ALLOW, ERRNO + 1]);
    const either = deny(allow("ioctl", first, { ...first, value: 6 }));
    expect([5, 6, 7].map((arg) => say(either, "ioctl", arg))).toEqual([ALLOW, ALLOW, ERRNO + 1]);
  });

  test("one without conditions beats those with, wherever it stands", () => {
    const trap: LinuxSyscall = { names: ["ioctl"], action: "SCMP_ACT_TRAP", args: [first] };
    expect(say(deny(trap, allow("ioctl")), "ioctl", 5)).toBe(ALLOW);
    expect(say(deny(allow("ioctl"), trap), "ioctl", 5)).toBe(ALLOW);
  });

  test("one that does what the default does is no rule", () => {
    expect(say(deny({ names: ["ioctl"], action: "SCMP_ACT_ERRNO" }, allow("ioctl")), "ioctl")).toBe(ALLOW);
    const other: LinuxSyscall = { names: ["ioctl"], action: "SCMP_ACT_ERRNO", errnoRet: 2 };
    expect(say(deny(other, allow("ioctl")), "ioctl")).toBe(ERRNO + 2);
  });
});

describe("arguments", () => {
  const values = [0, 1, 7, 8, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff];
  const operators = ["NE", "LT", "LE", "EQ", "GE", "GT", "MASKED_EQ"] as const;
  test.each(operators)("SCMP_CMP_%s is right in all 64 bits", (name) => {
    for (const value of [...values, 2 ** 32, 2 ** 32 + 8, 2 ** 52 + 7])
      for (const valueTwo of [0, 8, 2 ** 32]) {
        const profile = deny(allow("ioctl", { index: 2, op: `SCMP_CMP_${name}`, value, valueTwo }));
        for (const arg of values)
          expect(say(profile, "ioctl", 0, 0, arg), `${arg} ${name} ${value} ${valueTwo}`).toBe(
            evaluateProfile(profile, numberOf("ioctl"), [0, 0, arg]),
          );
      }
  });

  test("an argument that several rules look at is loaded once", () => {
    const profile = deny(...[1, 2, 3].map((value) => allow("personality", { index: 0, op: "SCMP_CMP_EQ", value })));
    expect(runFilter(compileSeccomp(profile), { number: numberOf("personality"), args: [4] }).steps).toBeLessThan(12);
  });
});

describe("calls through others", () => {
  test("a rule for socket is one for socketcall", () => {
    const profile: LinuxSeccomp = {
      defaultAction: "SCMP_ACT_ALLOW",
      syscalls: [{ names: ["socket", "semop"], action: "SCMP_ACT_ERRNO" }],
    };
    expect([say(profile, "socket"), say(profile, "socketcall", 1), say(profile, "socketcall", 2)]).toEqual([
      ERRNO + 1,
      ERRNO + 1,
      ALLOW,
    ]);
    expect([say(profile, "ipc", 1), say(profile, "ipc", 2)]).toEqual([ERRNO + 1, ALLOW]);
    expect(ignoredSyscalls(profile)).toEqual([]);
  });

  test("one for socketcall itself beats it", () => {
    expect(say(deny(allow("socket socketcall")), "socketcall", 20)).toBe(ALLOW);
  });
});

describe("refused", () => {
  const rule = (change: object): LinuxSeccomp => deny({ names: ["read"], action: "SCMP_ACT_ALLOW", ...change });
  const arg = (change: object) => rule({ args: [{ index: 0, op: "SCMP_CMP_EQ", value: 0, ...change }] });
  test.each<[LinuxSeccomp, string]>([
    [{ defaultAction: "SCMP_ACT_NOTIFY" as SeccompAction }, 'linux.seccomp.defaultAction "SCMP_ACT_NOTIFY": not'],
    [{ defaultAction: "SCMP_ACT_ERRNO", defaultErrnoRet: 4096 }, "linux.seccomp.defaultErrnoRet 4096: not"],
    [rule({ action: "ALLOW" }), 'linux.seccomp.syscalls[0].action "ALLOW": not'],
    [rule({ names: [] }), "linux.seccomp.syscalls[0].names []: a name is missing"],
    [rule({ action: "SCMP_ACT_ERRNO", errnoRet: -1 }), "linux.seccomp.syscalls[0].errnoRet -1: not"],
    [arg({ index: 6 }), "linux.seccomp.syscalls[0].args[0].index 6: not"],
    [arg({ op: "SCMP_CMP_X" }), 'linux.seccomp.syscalls[0].args[0].op "SCMP_CMP_X": not'],
    [arg({ op: undefined }), "linux.seccomp.syscalls[0].args[0].op (left out): not"],
    [arg({ value: -1 }), "linux.seccomp.syscalls[0].args[0].value -1: not"],
    [arg({ valueTwo: 2 ** 53 }), "linux.seccomp.syscalls[0].args[0].valueTwo 9007199254740992: not"],
    [{ ...deny(), architectures: ["i386"] }, 'linux.seccomp.architectures "i386": not'],
  ])("%j", (profile, message) => {
    expect(() => compileSeccomp(profile)).toThrow(message);
  });

  test("a flag that is none", () => {
    expect(() => seccompFlags({ ...deny(), flags: ["X"] })).toThrow('linux.seccomp.flags "X": not a flag');
  });
});

test.each([
  [undefined, 4],
  [[], 0],
  [["SECCOMP_FILTER_FLAG_LOG", "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"], 34],
])("flags %j are %d", (flags, bits) => expect(seccompFlags({ ...deny(), flags })).toBe(bits));

describe("random profiles", () => {
  const names = [...I386_SYSCALLS.keys(), "send", "semop", "nonsense"];
  const actions: SeccompAction[] = ["SCMP_ACT_ALLOW", "SCMP_ACT_ERRNO", "SCMP_ACT_TRAP", "SCMP_ACT_KILL_PROCESS"];
  const operators = ["NE", "LT", "LE", "EQ", "GE", "GT", "MASKED_EQ"] as const;
  const values = [0, 1, 2, 3, 0x80000000, 0xffffffff, 2 ** 32 + 1];

  function randomProfile(seed: number): LinuxSeccomp {
    const random = randomFrom(seed);
    const randomArgument = (): LinuxSeccompArg => ({
      index: random.below(3),
      op: `SCMP_CMP_${random.of(operators)}`,
      value: random.of(values),
      valueTwo: random.of(values),
    });
    // From a few rules to enough for jumps that are longer than a byte can say.
    const most = random.of([3, 30, 300]);
    return {
      defaultAction: random.of(actions),
      syscalls: Array.from({ length: 1 + random.below(most) }, () => ({
        names: Array.from({ length: 1 + random.below(3) }, () => random.of(names)),
        action: random.of(actions),
        errnoRet: random.of([undefined, 1, 2]),
        args: random.of([0, 0, 1, 1, 2, 3]) ? Array.from({ length: random.below(4) }, randomArgument) : [],
      })),
    };
  }

  test.each(Array.from({ length: 24 }, (_, i) => [i + 1]))("seed %d says what the profile says", (seed) => {
    const profile = randomProfile(seed);
    const program = compileSeccomp(profile);
    const random = randomFrom(seed);
    const wrong: unknown[] = [];
    for (let number = 0; number <= 460; number++)
      for (let round = 0; round < 2; round++) {
        const args = [random.of(values) % 2 ** 32, random.of([1, 2, 3]), random.of(values) % 2 ** 32];
        const { returns } = runFilter(program, { number, args });
        const expected = evaluateProfile(profile, number, args);
        if (returns !== expected) wrong.push({ number, args, returns, expected });
      }
    expect(wrong).toEqual([]);
  });

  test("some of them are longer than one jump", () => {
    const lengths = Array.from({ length: 24 }, (_, i) => compileSeccomp(randomProfile(i + 1)).length / 8);
    expect(Math.max(...lengths)).toBeGreaterThan(500);
  });
});
