import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { I386_SYSCALLS, MULTIPLEXED } from "./i386-syscalls.js";

const HEADER = "/usr/include/x86_64-linux-gnu/asm/unistd_32.h";

test.skipIf(!existsSync(HEADER))("the table is the kernel's own (needs linux-libc-dev)", () => {
  const header = readFileSync(HEADER, "utf8").matchAll(/#define __NR_(\w+) (\d+)/g);
  // Later headers have later calls.
  const own = [...header].map(([, name, number]) => [name!, Number(number)] as const).filter(([, n]) => n <= 450);
  expect(Object.fromEntries(I386_SYSCALLS)).toEqual(Object.fromEntries(own));
});

test.each([
  ["restart_syscall", 0],
  ["umount2", 52],
  ["gettid", 224],
  ["waitid", 284],
  ["openat2", 437],
  ["clone3", 435],
  ["close_range", 436],
  ["faccessat2", 439],
  ["mount_setattr", 442],
  ["landlock_restrict_self", 446],
  ["process_mrelease", 448],
  ["futex_waitv", 449],
  ["set_mempolicy_home_node", 450],
  ["clock_gettime64", 403],
  ["sched_rr_get_interval_time64", 423],
])("%s is %d", (name, number) => expect(I386_SYSCALLS.get(name)).toBe(number));

test("no number has two names", () => {
  expect(new Set(I386_SYSCALLS.values()).size).toBe(I386_SYSCALLS.size);
});

test.each([
  ["socket", 102, 1],
  ["sendmmsg", 102, 20],
  ["semtimedop", 117, 4],
  ["shmctl", 117, 24],
])("%s goes through %d as %d", (name, through, call) => expect(MULTIPLEXED.get(name)).toEqual({ through, call }));
