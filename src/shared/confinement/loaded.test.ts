/** The programs in a real kernel, where the machine has one that runs i386 programs. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { I386_SYSCALLS } from "../linux/i386-syscalls.js";
import { compileDevices } from "./compile-devices.js";
import { compileSeccomp } from "./compile-seccomp.js";
import { allDeviceRules, defaultDeviceRules } from "./default-devices.js";
import { dockerProfile } from "./docker-profile.js";

const scratch = mkdtempSync(join(tmpdir(), "drydock-confinement-"));
afterAll(() => rmSync(scratch, { recursive: true }));

const loader = join(scratch, "load-programs");
const source = join(import.meta.dirname, "testfiles/load-programs.c");
const asI386 = "-m32 -march=i686 -static -nostdlib -ffreestanding -fno-pie -no-pie -fno-stack-protector -O1".split(" ");
spawnSync("gcc", [...asI386, "-I/usr/include/x86_64-linux-gnu", "-o", loader, source]);

function load(kind: "device" | "seccomp", program: Uint8Array, ...calls: string[]): number[] {
  const { stdout } = spawnSync(loader, [kind, ...calls], { input: program, encoding: "utf8" });
  return (stdout ?? "").split("\n").filter(Boolean).map(Number);
}

const hasSeccomp = load("seccomp", compileSeccomp({ defaultAction: "SCMP_ACT_ALLOW" }))[0] === 0;
const hasDevices = load("device", compileDevices(allDeviceRules()))[0] === 0;

test.skipIf(!hasSeccomp)("Docker's filter (needs gcc -m32 and a kernel that runs i386)", () => {
  const cases: [string, number[], number][] = [
    ["unshare", [0x10000000], -1],
    ["clone", [0x10000000 | 17], -1],
    ["clone3", [0, 0], -38],
    // Allowed, and refused for what it is given.
    ["clone", [0x10000], -22],
    ["mount", [0, 0, 0], -1],
    ["bpf", [99, 0, 0], -1],
    ["keyctl", [99], -1],
    ["socket", [40, 1, 0], -1],
    ["socket", [999, 1, 0], -97],
    ["personality", [0x40000], -1],
    ["personality", [0xffffffff], 0],
    ["close", [999], -9],
    ["openat2", [999, 0, 0], -22],
    ["set_mempolicy_home_node", [0, 0, 0], -38],
  ];
  const calls = cases.map(([name, args]) => [I386_SYSCALLS.get(name), ...args].join());
  const [loaded, ...results] = load("seccomp", compileSeccomp(dockerProfile(["CAP_SYS_CHROOT"])), ...calls);
  expect(loaded).toBe(0);
  expect(cases.map(([name, args], i) => [name, args, results[i]])).toEqual(cases);
});

test.skipIf(!hasSeccomp)("filters that are longer than a jump (needs gcc -m32 and a kernel that runs i386)", () => {
  const values = Array.from({ length: 400 }, (_, i) => i);
  const program = compileSeccomp({
    defaultAction: "SCMP_ACT_ALLOW",
    syscalls: values.map((value) => ({
      names: ["close"],
      action: "SCMP_ACT_ERRNO",
      errnoRet: value,
      args: [{ index: 0, op: "SCMP_CMP_EQ", value: value + 1000 }],
    })),
  });
  const close = (descriptor: number) => [I386_SYSCALLS.get("close"), descriptor].join();
  expect(load("seccomp", program, close(1007), close(1399), close(1400))).toEqual([0, -7, -399, -9]);
});

test.skipIf(!hasDevices)(
  "the kernel's verifier takes the device programs (needs gcc -m32 and the right to use bpf)",
  () => {
    const rules = [
      defaultDeviceRules(),
      defaultDeviceRules([{ allow: true, type: "b", major: 8, minor: 0, access: "r" }]),
      [...allDeviceRules(), { allow: false, type: "b" as const, access: "w" }],
      [{ allow: false, type: "a" as const, access: "rwm" }],
    ];
    expect(rules.map((list) => load("device", compileDevices(list)))).toEqual(rules.map(() => [0]));
  },
);
