/** Namespaces of a container, by the names of the OCI runtime spec. */
import type { CallList } from "../calls/call-list.js";
import { Slot } from "../calls/list-format.js";
import {
  CLONE_NEWCGROUP,
  CLONE_NEWIPC,
  CLONE_NEWNET,
  CLONE_NEWNS,
  CLONE_NEWPID,
  CLONE_NEWUTS,
} from "../linux/constants.js";
import type { Linux, NamespaceType } from "../oci/runtime.js";

/** CLONE_NEW… */
export const flagOf: Record<NamespaceType, number> = {
  pid: CLONE_NEWPID,
  network: CLONE_NEWNET,
  mount: CLONE_NEWNS,
  ipc: CLONE_NEWIPC,
  uts: CLONE_NEWUTS,
  cgroup: CLONE_NEWCGROUP,
};

/** All that the container has of its own or has joined: what a process that joins it enters, the pid's aside. */
export function joinFlags({ namespaces }: Linux): number {
  return namespaces.filter(({ type }) => type !== "pid").reduce((flags, { type }) => flags | flagOf[type], 0);
}

export function hasNamespace({ namespaces }: Linux, wanted: NamespaceType): boolean {
  return namespaces.some(({ type }) => type === wanted);
}

/** The agent's next children are its own again. */
export function leavePidNamespace(list: CallList): void {
  list.call("setns", [{ slot: Slot.ownPidNamespace }, CLONE_NEWPID]);
}
