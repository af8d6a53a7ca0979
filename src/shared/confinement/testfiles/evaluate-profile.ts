/** What a profile says of one call, straight from the specification, libseccomp and runc, with 64-bit comparisons. */

import { I386_SYSCALLS, MULTIPLEXED } from "../../linux/i386-syscalls.js";
import type { LinuxSeccomp, LinuxSeccompArg, LinuxSyscall, SeccompAction } from "../../oci/runtime.js";

const compare: Record<LinuxSeccompArg["op"], (arg: bigint, value: bigint, valueTwo: bigint) => boolean> = {
  SCMP_CMP_NE: (arg, value) => arg !== value,
  SCMP_CMP_LT: (arg, value) => arg < value,
  SCMP_CMP_LE: (arg, value) => arg <= value,
  SCMP_CMP_EQ: (arg, value) => arg === value,
  SCMP_CMP_GE: (arg, value) => arg >= value,
  SCMP_CMP_GT: (arg, value) => arg > value,
  SCMP_CMP_MASKED_EQ: (arg, value, valueTwo) => (arg & value) === valueTwo,
};

function returned(action: SeccompAction, data = 1): number {
  switch (action) {
    case "SCMP_ACT_KILL":
    case "SCMP_ACT_KILL_THREAD":
      return 0;
    case "SCMP_ACT_KILL_PROCESS":
      return 0x80000000;
    case "SCMP_ACT_TRAP":
      return 0x30000;
    case "SCMP_ACT_ERRNO":
      return 0x50000 + data;
    case "SCMP_ACT_TRACE":
      return 0x7ff00000 + data;
    case "SCMP_ACT_LOG":
      return 0x7ffc0000;
    case "SCMP_ACT_ALLOW":
      return 0x7fff0000;
  }
}

/** The conditions under which the rule speaks of the number; undefined when it never does. */
function conditionsFor({ names, args = [] }: LinuxSyscall, number: number): LinuxSeccompArg[][] {
  return names.flatMap((name) => {
    const through = MULTIPLEXED.get(name);
    const direct = I386_SYSCALLS.get(name) === number ? [args] : [];
    if (through?.through !== number) return direct;
    const call: LinuxSeccompArg = { index: 0, value: through.call, op: "SCMP_CMP_EQ" };
    return [...direct, [call, ...args.filter(({ index }) => index !== 0)]];
  });
}

function holds(conditions: LinuxSeccompArg[], args: readonly number[]): boolean {
  const one = ({ index, op, value, valueTwo = 0 }: LinuxSeccompArg) =>
    compare[op](BigInt(args[index] ?? 0), BigInt(value), BigInt(valueTwo));
  return new Set(conditions.map(({ index }) => index)).size < conditions.length
    ? conditions.some(one)
    : conditions.every(one);
}

export function evaluateProfile(profile: LinuxSeccomp, number: number, args: readonly number[]): number {
  const otherwise = returned(profile.defaultAction, profile.defaultErrnoRet);
  const rules = profile.syscalls ?? [];
  const named = rules.flatMap(({ names }) =>
    names.flatMap((name) => [I386_SYSCALLS.get(name) ?? -1, MULTIPLEXED.get(name)?.through ?? -1]),
  );
  const letsThrough = /ALLOW|LOG|TRACE/.test(profile.defaultAction);
  if (!letsThrough && named.length > 0 && number > Math.max(...named)) return 0x50000 + 38;
  const speaking = rules
    .map((rule) => ({ returns: returned(rule.action, rule.errnoRet), alternatives: conditionsFor(rule, number) }))
    .filter(({ returns }) => returns !== otherwise);
  const always = speaking.find(({ alternatives }) => alternatives.some((conditions) => conditions.length === 0));
  const matching = speaking.find(({ alternatives }) => alternatives.some((conditions) => holds(conditions, args)));
  return (always ?? matching)?.returns ?? otherwise;
}
