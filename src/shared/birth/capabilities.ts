/** Capabilities of a process, from the names of the OCI runtime spec. Numbers: linux/capability.h. */

import type { CapabilitySet } from "../linux/call-text.js";
import { SpecError } from "../oci/spec-error.js";

const names = [
  "CHOWN",
  "DAC_OVERRIDE",
  "DAC_READ_SEARCH",
  "FOWNER",
  "FSETID",
  "KILL",
  "SETGID",
  "SETUID",
  "SETPCAP",
  "LINUX_IMMUTABLE",
  "NET_BIND_SERVICE",
  "NET_BROADCAST",
  "NET_ADMIN",
  "NET_RAW",
  "IPC_LOCK",
  "IPC_OWNER",
  "SYS_MODULE",
  "SYS_RAWIO",
  "SYS_CHROOT",
  "SYS_PTRACE",
  "SYS_PACCT",
  "SYS_ADMIN",
  "SYS_BOOT",
  "SYS_NICE",
  "SYS_RESOURCE",
  "SYS_TIME",
  "SYS_TTY_CONFIG",
  "MKNOD",
  "LEASE",
  "AUDIT_WRITE",
  "AUDIT_CONTROL",
  "SETFCAP",
  "MAC_OVERRIDE",
  "MAC_ADMIN",
  "SYSLOG",
  "WAKE_ALARM",
  "BLOCK_SUSPEND",
  "AUDIT_READ",
  "PERFMON",
  "BPF",
  "CHECKPOINT_RESTORE",
];

/** Highest capability of the guest's kernel (6.1). */
export const LAST_CAPABILITY = names.length - 1;

const numbers = new Map(names.map((name, number) => [`CAP_${name}`, number]));

/** @throws {Failure} invalid-params, naming the capability. */
export function capabilityNumbers(wanted: readonly string[]): Set<number> {
  return new Set(
    wanted.map((name) => {
      const number = numbers.get(name);
      if (number === undefined) throw new SpecError(`unknown capability ${name}`);
      return number;
    }),
  );
}

export function capabilitySet(wanted: readonly string[]): CapabilitySet {
  let low = 0;
  let high = 0;
  for (const number of capabilityNumbers(wanted)) {
    if (number < 32) low |= 1 << number;
    else high |= 1 << (number - 32);
  }
  return [low >>> 0, high >>> 0];
}
