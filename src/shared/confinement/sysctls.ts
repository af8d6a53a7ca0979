/** Kernel parameters that a container may set, because its own namespace has them. Source: runc's spec validator. */
import type { NamespaceType } from "../oci/runtime.js";
import { ConfinementError } from "./confinement-error.js";

const IPC = new Set(
  "msgmax msgmnb msgmni sem shmall shmmax shmmni shm_rmid_forced".split(" ").map((name) => `kernel/${name}`),
);

/**
 * The parameter's path below /proc/sys. As sysctl(8) has it, the first of `.` and `/` in the key separates, and the
 * other one stands for a dot in a name: `net.ipv4.conf.eno2/100.rp_filter`, `net/ipv4/conf/eno2.100/rp_filter`.
 * @throws {ConfinementError} when it names nothing, or something outside.
 */
export function sysctlPath(key: string): string {
  const separator = key.match(/[./]/)?.[0];
  const path = separator === "." ? key.replace(/[./]/g, (character) => (character === "." ? "/" : ".")) : key;
  const names = path.split("/");
  if (names.some((name) => name === "" || name === "." || name === "..") || /[\0-\x20\x7f]/.test(path))
    throw new ConfinementError("linux.sysctl", key, "not the name of a kernel parameter");
  return path;
}

/** The namespace that the parameter is a part of; undefined for the kernel's own. @throws {ConfinementError} */
export function sysctlNamespace(key: string): "ipc" | "network" | "uts" | undefined {
  const path = sysctlPath(key);
  if (IPC.has(path) || path.startsWith("fs/mqueue/")) return "ipc";
  if (path.startsWith("net/")) return "network";
  if (path === "kernel/domainname") return "uts";
  return undefined;
}

/** `own`: the namespaces that the container does not share with the guest. @throws {ConfinementError} */
export function checkSysctl(key: string, own: readonly NamespaceType[]): void {
  const namespace = sysctlNamespace(key);
  if (sysctlPath(key) === "kernel/hostname")
    throw new ConfinementError("linux.sysctl", key, "set the container's hostname instead");
  if (!namespace) throw new ConfinementError("linux.sysctl", key, "not in a separate kernel namespace");
  if (!own.includes(namespace))
    throw new ConfinementError("linux.sysctl", key, `not allowed: the container shares the ${namespace} namespace`);
}
