/**
 * What a profile says of each system call, in libseccomp's and runc's reading: an unknown name is left out; a rule
 * that does what the default does is left out; conditions of one rule hold together, unless two are on one argument,
 * which makes each a rule of its own; of rules without conditions the first counts, and beats all with conditions; of
 * those the first that holds. `socket` and its like also stand for `socketcall` with the same call in its first
 * argument, and `semop` and its like for `ipc`.
 */

import { I386_SYSCALLS, MULTIPLEXED } from "../linux/i386-syscalls.js";
import type { LinuxSeccomp, LinuxSeccompArg, LinuxSyscall, SeccompAction, SeccompOperator } from "../oci/runtime.js";
import { ConfinementError } from "./confinement-error.js";

/** A comparison of an argument, 32 bits wide, with a constant: it holds when `test` comes out as `holds`. */
export interface Condition {
  index: number;
  /** `set`: any of the bits. */
  test: "equal" | "greater" | "greater-or-equal" | "set";
  value: number;
  holds: boolean;
  /** Taken of the argument before the comparison. */
  mask?: number;
}

export interface Rule {
  conditions: Condition[];
  /** What the filter returns. */
  returns: number;
}

export interface SeccompRules {
  /** What the filter returns for what no rule speaks of. */
  otherwise: number;
  /** By the call's number: what the filter returns, or the rules that say so. */
  calls: Map<number, number | Rule[]>;
  /** The largest number that a rule stands for, redundant rules included; -1 when there is none. */
  largest: number;
  /** Names that Linux 6.1 on i386 does not have. */
  ignored: string[];
}

const ARGUMENTS = 6;
const U32 = 2 ** 32;
const EPERM = 1;

/** Source: linux/seccomp.h. */
export const SeccompReturn = {
  killProcess: 0x80000000,
  killThread: 0x00000000,
  trap: 0x00030000,
  errno: 0x00050000,
  trace: 0x7ff00000,
  log: 0x7ffc0000,
  allow: 0x7fff0000,
} as const;

const RETURNS: Record<SeccompAction, number> = {
  SCMP_ACT_KILL: SeccompReturn.killThread,
  SCMP_ACT_KILL_THREAD: SeccompReturn.killThread,
  SCMP_ACT_KILL_PROCESS: SeccompReturn.killProcess,
  SCMP_ACT_TRAP: SeccompReturn.trap,
  SCMP_ACT_ERRNO: SeccompReturn.errno,
  SCMP_ACT_TRACE: SeccompReturn.trace,
  SCMP_ACT_LOG: SeccompReturn.log,
  SCMP_ACT_ALLOW: SeccompReturn.allow,
};

/** Most that the action carries to the process or its tracer. The kernel caps an errno at 4095. */
const MOST_DATA: Partial<Record<SeccompAction, number>> = { SCMP_ACT_ERRNO: 4095, SCMP_ACT_TRACE: 0xffff };

/** @throws {ConfinementError} */
export function resolveRules(profile: LinuxSeccomp): SeccompRules {
  const otherwise = returnValue(profile.defaultAction, profile.defaultErrnoRet, {
    action: "linux.seccomp.defaultAction",
    errno: "linux.seccomp.defaultErrnoRet",
  });
  const table = new RuleTable(otherwise);
  for (const [i, syscall] of (profile.syscalls ?? []).entries()) table.add(syscall, `linux.seccomp.syscalls[${i}]`);
  return { otherwise, calls: table.calls(), largest: table.largest, ignored: [...table.ignored] };
}

class RuleTable {
  readonly ignored = new Set<string>();
  largest = -1;
  readonly #otherwise: number;
  readonly #unconditional = new Map<number, number>();
  readonly #conditional = new Map<number, Rule[]>();

  constructor(otherwise: number) {
    this.#otherwise = otherwise;
  }

  add({ names, action, errnoRet, args = [] }: LinuxSyscall, where: string): void {
    const returns = returnValue(action, errnoRet, { action: `${where}.action`, errno: `${where}.errnoRet` });
    for (const [i, arg] of args.entries()) checkArgument(arg, `${where}.args[${i}]`);
    if (names.length === 0 || names.includes(""))
      throw new ConfinementError(`${where}.names`, names, "a name is missing");
    for (const name of names) {
      const number = I386_SYSCALLS.get(name);
      const multiplexed = MULTIPLEXED.get(name);
      if (number === undefined && !multiplexed) this.ignored.add(name);
      this.largest = Math.max(this.largest, number ?? -1, multiplexed?.through ?? -1);
      if (returns === this.#otherwise) continue;
      if (number !== undefined) this.#addCall(number, args, returns);
      if (multiplexed) this.#addCall(multiplexed.through, argumentsThrough(multiplexed.call, args), returns);
    }
  }

  calls(): Map<number, number | Rule[]> {
    const conditional = [...this.#conditional].map(([number, rules]) => {
      // A first rule that always holds is all there is to say.
      const [first] = rules;
      return [number, first?.conditions.length === 0 ? first.returns : rules] as const;
    });
    return new Map<number, number | Rule[]>([...conditional, ...this.#unconditional]);
  }

  #addCall(number: number, args: readonly LinuxSeccompArg[], returns: number): void {
    if (args.length === 0) {
      if (!this.#unconditional.has(number)) this.#unconditional.set(number, returns);
      return;
    }
    const indexes = new Set(args.map(({ index }) => index));
    const alternatives = indexes.size < args.length ? args.map((arg) => [arg]) : [args];
    for (const together of alternatives) {
      const conditions = together.map(conditionOf).filter((condition) => condition !== true);
      if (!conditions.every((condition) => condition !== false)) continue;
      const rules = this.#conditional.get(number) ?? [];
      this.#conditional.set(number, rules);
      rules.push({ conditions, returns });
    }
  }
}

/** As libseccomp has it: the call's own first argument cannot be seen, since it lies in the process's memory. */
function argumentsThrough(call: number, args: readonly LinuxSeccompArg[]): LinuxSeccompArg[] {
  return [{ index: 0, op: "SCMP_CMP_EQ", value: call }, ...args.filter(({ index }) => index !== 0)];
}

function returnValue(
  action: SeccompAction,
  data: number | undefined,
  member: { action: string; errno: string },
): number {
  const value = RETURNS[action] as number | undefined;
  if (value === undefined) throw new ConfinementError(member.action, action, "not an action that can be carried out");
  const most = MOST_DATA[action];
  if (most === undefined) return value;
  const carried = data ?? EPERM;
  if (!Number.isInteger(carried) || carried < 0 || carried > most)
    throw new ConfinementError(member.errno, data, `not a whole number from 0 to ${most}`);
  return value + carried;
}

function checkArgument({ index, op, value, valueTwo = 0 }: LinuxSeccompArg, where: string): void {
  if (!Number.isInteger(index) || index < 0 || index >= ARGUMENTS)
    throw new ConfinementError(`${where}.index`, index, `not a whole number from 0 to ${ARGUMENTS - 1}`);
  if (!OPERATORS.has(op)) throw new ConfinementError(`${where}.op`, op, "not an operator");
  for (const [name, number] of Object.entries({ value, valueTwo }))
    if (!Number.isSafeInteger(number) || number < 0)
      throw new ConfinementError(`${where}.${name}`, number, "not a whole number from 0 to 2^53");
}

const OPERATORS: ReadonlySet<string> = new Set<SeccompOperator>([
  "SCMP_CMP_NE",
  "SCMP_CMP_LT",
  "SCMP_CMP_LE",
  "SCMP_CMP_EQ",
  "SCMP_CMP_GE",
  "SCMP_CMP_GT",
  "SCMP_CMP_MASKED_EQ",
]);

/**
 * A boolean when the argument has no say in it. An argument of i386 has 32 bits, zeroes above them, so that the upper
 * half is compared here.
 */
function conditionOf({ index, op, value, valueTwo = 0 }: LinuxSeccompArg): Condition | boolean {
  if (op === "SCMP_CMP_MASKED_EQ") return maskedCondition(index, value, valueTwo);
  if (value >= U32) return op === "SCMP_CMP_NE" || op === "SCMP_CMP_LT" || op === "SCMP_CMP_LE";
  switch (op) {
    case "SCMP_CMP_EQ":
      return { index, test: "equal", value, holds: true };
    case "SCMP_CMP_NE":
      return { index, test: "equal", value, holds: false };
    case "SCMP_CMP_GT":
      return { index, test: "greater", value, holds: true };
    case "SCMP_CMP_LE":
      return { index, test: "greater", value, holds: false };
    case "SCMP_CMP_GE":
      return { index, test: "greater-or-equal", value, holds: true };
    case "SCMP_CMP_LT":
      return { index, test: "greater-or-equal", value, holds: false };
  }
}

function maskedCondition(index: number, wideMask: number, value: number): Condition | boolean {
  const mask = wideMask % U32;
  if (value >= U32 || (value & ~mask) !== 0) return false;
  if (mask === 0) return true;
  if (value === 0) return { index, test: "set", value: mask, holds: false };
  return { index, test: "equal", value, holds: true, mask };
}
