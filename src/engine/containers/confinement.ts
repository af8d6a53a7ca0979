/** What a process of a container may do, compiled for the kernel. */
import type { Filter } from "../../shared/birth/identity-calls.js";
import { compileDevices } from "../../shared/confinement/compile-devices.js";
import { compileSeccomp, seccompFlags } from "../../shared/confinement/compile-seccomp.js";
import type { Linux, LinuxSeccomp, Process, RuntimeSpec } from "../../shared/oci/runtime.js";

export interface Confinement {
  filter?: Filter;
  /** Left out where the rules are those that are in force for every container. */
  deviceProgram?: Uint8Array;
}

/** Nearly all containers have the same profile. */
const filters = new WeakMap<LinuxSeccomp, Filter>();

export function confinementOf({ linux }: RuntimeSpec): Confinement {
  const confinement: Confinement = {};
  if (linux.seccomp) confinement.filter = filterOf(linux.seccomp);
  if (linux.resources?.devices) confinement.deviceProgram = compileDevices(linux.resources.devices);
  return confinement;
}

/** Whether nothing that runs in the container can change its network namespace. */
export function leavesNetworkAsItWas({ sysctl = {} }: Linux, { capabilities }: Process): boolean {
  if (!capabilities || Object.keys(sysctl).some((key) => key.startsWith("net"))) return false;
  return !["CAP_NET_ADMIN", "CAP_SYS_ADMIN"].some((name) => capabilities.bounding.includes(name));
}

function filterOf(profile: LinuxSeccomp): Filter {
  let filter = filters.get(profile);
  if (!filter) {
    filter = { program: compileSeccomp(profile), flags: seccompFlags(profile) };
    filters.set(profile, filter);
  }
  return filter;
}
