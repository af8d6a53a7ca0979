/** System calls as text, for the trace and for the recording fake: flags by name, numbers as the headers write them. */
import * as constants from "./constants.js";
/** Bit n is capability n: two 32-bit halves, [low, high]. */
export type CapabilitySet = readonly [low: number, high: number];

export const CGROUP_ROOT = "/sys/fs/cgroup/";

type FlagNames = [name: string, value: number][];

function namesOf(prefix: string): FlagNames {
  return Object.entries<number>(constants).filter(([name]) => name.startsWith(prefix));
}

function byNumber(names: FlagNames): Map<number, string> {
  return new Map(names.map(([name, value]) => [value, name]));
}

const cloneFlags = byNumber(namesOf("CLONE_"));
const mountFlags = byNumber(namesOf("MS_"));
const umountFlags = byNumber([...namesOf("MNT_"), ...namesOf("UMOUNT_")]);
const ambientActions = namesOf("PR_CAP_AMBIENT_");
const prctlOptions = byNumber(namesOf("PR_").filter((option) => !ambientActions.some(([name]) => name === option[0])));
const ambientNames = byNumber(ambientActions);
const rlimits = byNumber(namesOf("RLIMIT_"));
const signals = byNumber(namesOf("SIG"));

/** `A|B`, lowest bit first; a bit without a name in hex; empty for 0. Every flag is one bit. */
function flagText(flags: number, names: Map<number, string>): string {
  let text = "";
  for (let rest = flags >>> 0; rest !== 0; ) {
    const bit = (rest & -rest) >>> 0;
    rest = (rest & ~bit) >>> 0;
    const name = names.get(bit) ?? `0x${bit.toString(16)}`;
    text = text === "" ? name : `${text}|${name}`;
  }
  return text;
}

/** `text`, with a blank between what is there. */
function words(...parts: (string | number)[]): string {
  let text = "";
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i]!;
    if (part !== "") text = text === "" ? String(part) : `${text} ${part}`;
  }
  return text;
}

/** In a cgroup's directory, or not. */
export function cloneText(flags: number, cgroup?: number): string {
  const named = flagText(flags, cloneFlags);
  if (cgroup === undefined) return named;
  return named === "" ? "CLONE_INTO_CGROUP" : `${named}|CLONE_INTO_CGROUP`;
}

export const unshareText = (flags: number) => flagText(flags, cloneFlags);

export const setnsText = (fd: number, nstype: number) => words("fd", fd, flagText(nstype, cloneFlags));

/** `overlay on /mnt lowerdir=…`, `tmpfs on /dev type tmpfs MS_NOSUID mode=755`: the type where the source does not say it. */
export function mountText(source: string, target: string, type: string, flags: number, data: string): string {
  const kind = type && type !== source ? `type ${type}` : "";
  return words(source || "none", "on", target, kind, flagText(flags, mountFlags), data);
}

export const umountText = (target: string, flags: number) => words(target, flagText(flags, umountFlags));

export function prctlText(option: number, arg2: number, arg3 = 0): string {
  const name = prctlOptions.get(option) ?? String(option);
  if (option === constants.PR_CAP_AMBIENT) return words(name, ambientNames.get(arg2) ?? arg2, arg3);
  return words(name, arg2);
}

export function capsetText(effective: CapabilitySet, permitted: CapabilitySet, inheritable: CapabilitySet): string {
  return `effective ${setText(effective)} permitted ${setText(permitted)} inheritable ${setText(inheritable)}`;
}

function setText([low, high]: CapabilitySet): string {
  const digits = (low >>> 0).toString(16);
  return high === 0 ? `0x${digits}` : `0x${(high >>> 0).toString(16)}${digits.padStart(8, "0")}`;
}

export function setrlimitText(resource: number, soft: number, hard: number): string {
  const value = (limit: number) => (limit < 0 ? "unlimited" : limit);
  return words(rlimits.get(resource) ?? resource, value(soft), value(hard));
}

export const killText = (pid: number, signal: number) => words(pid, signals.get(signal) ?? signal);

export function execveText(_path: string, argv: readonly string[]): string {
  return argv.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : JSON.stringify(word))).join(" ");
}

export function mknodText(path: string, mode: number, major: number, minor: number): string {
  const type = mode & constants.S_IFMT;
  if (type === constants.S_IFCHR) return `${path} c ${major}:${minor}`;
  if (type === constants.S_IFBLK) return `${path} b ${major}:${minor}`;
  return path;
}

/** Control files by their own name, others by path. */
export function writeFileText(path: string, text: string): string {
  const name = path.startsWith(CGROUP_ROOT) ? path.slice(path.lastIndexOf("/") + 1) : path;
  return words(name, text.trim());
}
