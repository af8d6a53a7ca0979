/**
 * Gives up privileges: limits, filter, capabilities, groups, user. Without no_new_privs a filter needs CAP_SYS_ADMIN
 * and so comes before the capabilities go; with it, it comes last, so that it need not allow for any of this.
 */
import type { CallList } from "../calls/call-list.js";
import { capsetText, setrlimitText } from "../linux/call-text.js";
import {
  CAP_LAST_CAP,
  PR_CAP_AMBIENT,
  PR_CAP_AMBIENT_RAISE,
  PR_CAPBSET_DROP,
  PR_SET_KEEPCAPS,
  PR_SET_NO_NEW_PRIVS,
  SECCOMP_SET_MODE_FILTER,
} from "../linux/constants.js";
import type { Capabilities, Process, Rlimit } from "../oci/runtime.js";
import { capabilityNumbers, capabilitySet } from "./capabilities.js";
import { rlimitNumber } from "./rlimits.js";

const CAPABILITY_VERSION_3 = 0x20080522;
const UNLIMITED = [0xffffffff, 0xffffffff];

/** A seccomp filter, compiled. */
export interface Filter {
  /** struct sock_filter, 8 bytes each. */
  program: Uint8Array;
  /** SECCOMP_FILTER_FLAG_*. */
  flags: number;
}

export function limitResources(list: CallList, rlimits: readonly Rlimit[] = []): void {
  for (const { type, soft, hard } of rlimits) {
    const number = rlimitNumber(type)!;
    const limit = list.words([...halves(soft), ...halves(hard)]);
    list.call("prlimit64", [0, number, limit, 0], { step: setrlimitText(number, soft, hard), as: "setrlimit" });
  }
}

/** Becomes the process's user with its capabilities, or all of them where it names none. */
export function becomeUser(list: CallList, { user, capabilities, noNewPrivileges }: Process, filter?: Filter): void {
  if (filter && !noNewPrivileges) loadFilter(list, filter);
  const keeps = capabilities !== undefined && user.uid !== 0;
  if (capabilities) dropBounding(list, capabilities);
  if (keeps) list.call("prctl", [PR_SET_KEEPCAPS, 1, 0, 0, 0]);
  const groups = user.additionalGids ?? [];
  list.call(
    "setgroups32",
    [groups.length, list.words(groups)],
    groups.length > 0 ? { step: groups.join(" "), as: "setgroups" } : {},
  );
  if (user.gid !== 0) list.call("setgid32", [user.gid], { step: String(user.gid), as: "setgid" });
  if (user.uid !== 0) list.call("setuid32", [user.uid], { step: String(user.uid), as: "setuid" });
  if (keeps) list.call("prctl", [PR_SET_KEEPCAPS, 0, 0, 0, 0]);
  if (capabilities) setCapabilities(list, capabilities);
  if (!noNewPrivileges) return;
  list.call("prctl", [PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0], { step: "PR_SET_NO_NEW_PRIVS 1" });
  if (filter) loadFilter(list, filter);
}

function dropBounding(list: CallList, { bounding }: Capabilities): void {
  const kept = capabilityNumbers(bounding);
  for (let number = 0; number <= CAP_LAST_CAP; number++)
    if (!kept.has(number)) list.call("prctl", [PR_CAPBSET_DROP, number, 0, 0, 0]);
}

function setCapabilities(list: CallList, capabilities: Capabilities): void {
  const sets = [capabilities.effective, capabilities.permitted, capabilities.inheritable].map(capabilitySet);
  const [effective, permitted, inheritable] = sets as [(typeof sets)[0], (typeof sets)[0], (typeof sets)[0]];
  const data = list.words([...sets.map(([low]) => low), ...sets.map(([, high]) => high)]);
  list.call("capset", [list.words([CAPABILITY_VERSION_3, 0]), data], {
    step: capsetText(effective, permitted, inheritable),
  });
  for (const number of capabilityNumbers(capabilities.ambient))
    list.call("prctl", [PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, number, 0, 0]);
}

function loadFilter(list: CallList, { program, flags }: Filter): void {
  const count = program.length / 8;
  const described = list.words([count, list.bytes(program)]);
  list.call("seccomp", [SECCOMP_SET_MODE_FILTER, flags, described], { step: `SET_MODE_FILTER ${count} instructions` });
}

/** Of 64 bits. */
function halves(value: number): number[] {
  return value < 0 ? UNLIMITED : [value % 2 ** 32, Math.floor(value / 2 ** 32)];
}
