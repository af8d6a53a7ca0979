/** Namespaces of a container: made by clone, by the child itself, or joined. */
import type { Linux, NamespaceType } from "../../shared/oci/runtime.js";
import {
  CLONE_NEWCGROUP,
  CLONE_NEWIPC,
  CLONE_NEWNET,
  CLONE_NEWNS,
  CLONE_NEWPID,
  CLONE_NEWUTS,
  O_CLOEXEC,
  O_RDONLY,
} from "../system/constants.js";
import type { System } from "../system/system.js";

const flagOf: Record<NamespaceType, number> = {
  pid: CLONE_NEWPID,
  network: CLONE_NEWNET,
  mount: CLONE_NEWNS,
  ipc: CLONE_NEWIPC,
  uts: CLONE_NEWUTS,
  cgroup: CLONE_NEWCGROUP,
};

/** For clone. The cgroup namespace is not among them: its root is the cgroup that its maker is in by then. */
export function cloneFlags({ namespaces }: Linux): number {
  return namespaces
    .filter(({ type, path }) => path === undefined && type !== "cgroup")
    .reduce((flags, { type }) => flags | flagOf[type], 0);
}

/** All namespaces that the container has of its own: what a process that joins it enters, the pid namespace aside. */
export function joinFlags({ namespaces }: Linux): number {
  return namespaces.filter(({ type }) => type !== "pid").reduce((flags, { type }) => flags | flagOf[type], 0);
}

export function hasNamespace({ namespaces }: Linux, type: NamespaceType): boolean {
  return namespaces.some((namespace) => namespace.type === type);
}

/** Whether a namespace of this type is made, rather than joined or shared with the guest. */
export function makesNamespace({ namespaces }: Linux, type: NamespaceType): boolean {
  return namespaces.some((namespace) => namespace.type === type && namespace.path === undefined);
}

/** Joins those that the spec names by path. The pid namespace is the agent's to join, before clone. */
export function joinByPath(traced: System, quiet: System, { namespaces }: Linux): void {
  for (const { type, path } of namespaces) {
    if (path === undefined || type === "pid") continue;
    const fd = quiet.open(path, O_RDONLY | O_CLOEXEC, 0);
    traced.setns(fd, flagOf[type]);
    quiet.close(fd);
  }
}
