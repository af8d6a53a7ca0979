/**
 * Device rules as the eBPF program of a cgroup v2 (BPF_PROG_TYPE_CGROUP_DEVICE). The kernel runs it at each opening and
 * mknod of a device with { u32 kind of device | wanted access << 16, u32 major, u32 minor }, and refuses at 0.
 * Sources: linux/bpf.h, Documentation/bpf/instruction-set.
 */
import type { LinuxDeviceCgroup } from "../oci/runtime.js";
import { ConfinementError } from "./confinement-error.js";
import { DeviceProgramWriter, type Label, Register } from "./device-program-writer.js";

const KINDS = { b: 1, c: 2 } as const;
const ACCESSES: Record<string, number> = { m: 1, r: 2, w: 4 };
const EVERY_ACCESS = 7;
const U32 = 2 ** 32;

/** One that speaks of some devices; majors and minors that are left out are any. */
interface Rule {
  allow: boolean;
  kind: number;
  access: number;
  major?: number;
  minor?: number;
}

/**
 * An array of struct bpf_insn; its licence does not matter. Each access that is wanted is decided by the last rule that
 * names it for the device, and all have to be allowed; without such a rule it is denied. A rule of type `a` is for
 * every device and access, whatever else it says (runc).
 * @throws {ConfinementError}
 */
export function compileDevices(rules: readonly LinuxDeviceCgroup[]): Uint8Array {
  const { specific, otherwise } = afterLastWildcard(rules);
  const groups = groupsOf(specific.reverse(), otherwise);
  const writer = new DeviceProgramWriter();
  const labels = { allow: writer.label(), deny: writer.label() };
  if (groups.length > 0) writer.readRequest();
  for (const group of groups) writeGroup(writer, group, labels);
  const [first, second] = otherwise ? (["allow", "deny"] as const) : (["deny", "allow"] as const);
  writer.place(labels[first]);
  writer.exit(first === "allow" ? 1 : 0);
  // The kernel refuses a program that has instructions which nothing reaches.
  if (groups.some((group) => group.allow !== otherwise)) {
    writer.place(labels[second]);
    writer.exit(second === "allow" ? 1 : 0);
  }
  return writer.finish();
}

/** What comes before a rule of type `a` has no say any more. */
function afterLastWildcard(rules: readonly LinuxDeviceCgroup[]): { specific: Rule[]; otherwise: boolean } {
  let specific: Rule[] = [];
  let otherwise = false;
  for (const [i, rule] of rules.entries()) {
    const parsed = parseRule(rule, `linux.resources.devices[${i}]`);
    if (parsed) specific.push(parsed);
    else {
      specific = [];
      otherwise = rule.allow;
    }
  }
  return { specific, otherwise };
}

/** Undefined for a rule of type `a`. */
function parseRule({ allow, type = "a", ...rule }: LinuxDeviceCgroup, where: string): Rule | undefined {
  const access = parseAccess(rule.access, where);
  if (type === "a") return undefined;
  const kind = KINDS[type] as number | undefined;
  if (kind === undefined) throw new ConfinementError(`${where}.type`, type, "not a, b or c");
  const major = parseNumber(rule.major, `${where}.major`);
  return { allow, kind, access, major, minor: parseNumber(rule.minor, `${where}.minor`) };
}

function parseAccess(access: string | undefined, where: string): number {
  const bits = [...(access ?? "")].map((letter) => ACCESSES[letter]);
  if (bits.length === 0 || bits.includes(undefined))
    throw new ConfinementError(`${where}.access`, access, "not letters of rwm");
  return bits.reduce<number>((sum, bit) => sum | bit!, 0);
}

function parseNumber(value: number | undefined, member: string): number | undefined {
  if (value === undefined || value === -1) return undefined;
  if (!Number.isInteger(value) || value < 0 || value >= U32)
    throw new ConfinementError(member, value, "not a device number, nor -1 for any");
  return value;
}

/** Rules of every access that differ in their minors only; any minor when there are none. */
interface Group extends Omit<Rule, "minor"> {
  minors: number[];
}

/** Neighbours that all allow, or all deny, can change places, so they are grouped as far as that goes. */
function groupsOf(rules: Rule[], otherwise: boolean): Group[] {
  const groups: Group[] = [];
  let start = 0;
  for (const { minor, ...rule } of rules) {
    if (groups.at(-1)?.allow !== rule.allow) start = groups.length;
    const same = minor === undefined ? undefined : groups.slice(start).find((group) => canTake(group, rule));
    if (same) same.minors.push(minor!);
    else groups.push({ ...rule, minors: minor === undefined ? [] : [minor] });
  }
  while (groups.at(-1)?.allow === otherwise) groups.pop();
  return groups;
}

function canTake(group: Group, { kind, access, major }: Omit<Rule, "minor">): boolean {
  const isWhole = group.access === EVERY_ACCESS && access === EVERY_ACCESS;
  return isWhole && group.minors.length > 0 && group.kind === kind && group.major === major;
}

function writeGroup(writer: DeviceProgramWriter, group: Group, labels: { allow: Label; deny: Label }): void {
  const { allow, access, kind, major, minors } = group;
  const end = allow ? labels.allow : labels.deny;
  const next = writer.label();
  writer.jumpUnless(Register.kind, kind, next);
  if (major !== undefined) writer.jumpUnless(Register.major, major, next);
  if (access === EVERY_ACCESS) {
    for (const minor of minors) writer.jumpIf(Register.minor, minor, end);
    if (minors.length === 0) writer.jump(end);
  } else {
    for (const minor of minors) writer.jumpUnless(Register.minor, minor, next);
    if (allow) {
      // What is allowed here needs no other rule.
      writer.and(Register.access, EVERY_ACCESS & ~access);
      writer.jumpIf(Register.access, 0, end);
    } else writer.jumpIfAny(Register.access, access, end);
  }
  writer.place(next);
}
