/**
 * A container, from nothing to its program running, as a list of system calls: an OCI runtime spec and what is known
 * of where it is to live go in, the list comes out. The birth in steps:
 *
 *     agent   directories, cgroup with limits and device program, links in its network namespace
 *     agent   clone3: born, in its cgroup and its own namespaces
 *     child   names, network, mounts, the root, the terminal, what is masked
 *     child   limits, filter, capabilities, user; ready
 *     child   with `waits`: the report goes to the agent, and it waits to go on; start
 *     child   execve
 *
 * With `waits` the agent goes on while the child waits, so that what only the agent can do has its place between two
 * of these steps; without, one native call does it all. Where something could hold the child up, the agent does not
 * wait for it either, and is told by its report.
 */
import { CallList, type SlotValue } from "../calls/call-list.js";
import { Slot } from "../calls/list-format.js";
import { unshareText } from "../linux/call-text.js";
import { AT_FDCWD, CLONE_NEWCGROUP, O_CLOEXEC, O_RDONLY } from "../linux/constants.js";
import { describeErrno } from "../linux/errno.js";
import { type Attachment, attach, openNameServer, within } from "../network/link-calls.js";
import type { Linux, Mount, NamespaceType, RuntimeSpec } from "../oci/runtime.js";
import { pathLength } from "../text/path-bytes.js";
import { attachDeviceProgram, makeCgroup } from "./cgroup-calls.js";
import type { Filter } from "./identity-calls.js";
import { flagOf, leavePidNamespace } from "./namespaces.js";
import { enterNetwork } from "./network-calls.js";
import type { Overlay } from "./overlay.js";
import { fileIn, type OwnFiles } from "./own-files-calls.js";
import {
  closeDescriptors,
  finish,
  type LinkUse,
  ownNull,
  ownPipes,
  type Pipes,
  placeLink,
  setOomScore,
} from "./process-calls.js";
import { enterRoot, type Kinds, protectPaths } from "./root-calls.js";
import { joinPipes, leaveAgent, spawn } from "./spawn-calls.js";
import { bindConsole, openTerminal } from "./terminal-calls.js";
import { validateSpec } from "./validate-spec.js";

export interface Birthplace {
  /** The root as an overlay; spec.root.path is used as it is when left out. */
  overlay?: Overlay & {
    /** The directory of upper and work. */
    directory: string;
    /** Upper is there from a run before. */
    exists: boolean;
    /** Attributes of the lowest thing that shows: what the image has at its root. */
    root?: { mode: number; uid: number; gid: number };
  };
  /** Bound over their paths of the root. */
  files?: OwnFiles;
  pipes: Pipes;
  /** Size of the terminal, for a process that has one. */
  columns: number;
  rows: number;
  filter?: Filter;
  /** Its links to networks; left out, it has its loopback only. */
  attachments?: readonly Attachment[];
  /** In place of the one that is in force for all containers. */
  deviceProgram?: Uint8Array;
  waits?: boolean;
  /** What is known of the kernel's own files. */
  kinds?: Kinds;
  /** The program's path, where it is known that args[0] leads there. */
  program?: string;
}

/**
 * Whether something could hold up a container's first process before its program runs: others of the pid namespace
 * that it joins, by signals, or its share of the processor. The agent must not wait for it then.
 */
export function canBeHeldUp({ linux }: RuntimeSpec): boolean {
  const { quota = 0 } = linux.resources?.cpu ?? {};
  return quota > 0 || pathOf(linux, "pid") !== undefined;
}

/** @throws {SpecError} for what cannot be carried out. */
export function composeContainer(spec: RuntimeSpec, place: Birthplace): CallList {
  validateSpec(spec);
  const list = new CallList();
  const parent = list.label();
  const pidNamespace = pathOf(spec.linux, "pid");
  makePlace(list, spec, place);
  // Not closed here: the list may end before.
  if (pidNamespace) joinNamespace(list, pidNamespace, "pid", { slot: Slot.joined });
  const link: LinkUse = place.waits ? "waits" : canBeHeldUp(spec) ? "tells" : "none";
  const spawning = { namespaces: cloneFlags(spec.linux), intoCgroup: true, shared: link === "none" };
  spawn(list, spawning, parent, pidNamespace ? parent : undefined);
  composeChild(list, withFiles(spec, place), place, link);
  list.here(parent);
  if (pidNamespace) leavePidNamespace(list);
  return list;
}

/** What the process that SPAWN makes does, up to its program. */
function composeChild(list: CallList, spec: RuntimeSpec, place: Birthplace, link: LinkUse): void {
  const { process, linux } = spec;
  const linked = link !== "none" || (process.terminal ?? false);
  leaveAgent(list);
  if (!process.terminal) joinPipes(list);
  setOomScore(list, process);
  for (const { type, path } of linux.namespaces)
    if (path && type !== "pid") joinNamespace(list, path, type, list.slot());
  // Not among clone's flags: its root is the cgroup that its maker is in by then.
  if (makesNamespace(linux, "cgroup")) list.call("unshare", [CLONE_NEWCGROUP], { step: unshareText(CLONE_NEWCGROUP) });
  if (makesNamespace(linux, "network")) enterNetwork(list);
  setName(list, "sethostname", spec.hostname);
  setName(list, "setdomainname", spec.domainname);
  if (linked) placeLink(list);
  closeDescriptors(list, linked);
  enterRoot(list, spec, place);
  if (process.terminal) bindConsole(list, openTerminal(list, { ...place, uid: process.user.uid }));
  else {
    ownNull(list, place.pipes);
    ownPipes(list, place.pipes, process);
  }
  protectPaths(list, spec, place.kinds);
  finish(list, process, { filter: place.filter, first: true, link, path: place.program });
}

function makePlace(list: CallList, { linux }: RuntimeSpec, place: Birthplace): void {
  const { overlay, deviceProgram, attachments = [] } = place;
  if (overlay) makeOverlayDirectories(list, overlay);
  makeCgroup(list, linux.cgroupsPath, linux.resources ?? {});
  if (deviceProgram) attachDeviceProgram(list, deviceProgram);
  if (attachments.length > 0) makeLinks(list, attachments);
}

/** In the namespace that it will enter. */
function makeLinks(list: CallList, attachments: readonly Attachment[]): void {
  within(list, { slot: Slot.network }, () => {
    openNameServer(list);
    for (const attachment of attachments) attach(list, attachment);
  });
}

function makeOverlayDirectories(list: CallList, overlay: NonNullable<Birthplace["overlay"]>): void {
  const { directory, upper, work, exists, root } = overlay;
  if (!exists) {
    list.call("mkdir", [list.text(directory), 0o700]);
    list.call("mkdir", [list.text(upper), 0o755]);
    if (root && root.mode !== 0o755) list.call("chmod", [list.text(upper), root.mode & 0o7777]);
    if (root && (root.uid !== 0 || root.gid !== 0)) list.call("lchown32", [list.text(upper), root.uid, root.gid]);
  }
  list.call("mkdir", [list.text(work), 0o700]);
}

/** A mount of the user's at the same place comes before a file of ours. */
function withFiles(spec: RuntimeSpec, { files }: Birthplace): RuntimeSpec {
  if (!files) return spec;
  const taken = new Set(spec.mounts.map(({ destination }) => destination));
  const own = files.files.filter(({ path }) => !taken.has(path));
  const mounts = own.map((file): Mount => {
    const source = fileIn(files.directory, file);
    return { destination: file.path, type: "bind", source, options: ["rbind", "rprivate"] };
  });
  return { ...spec, mounts: [...spec.mounts, ...mounts] };
}

function setName(list: CallList, call: "sethostname" | "setdomainname", name: string | undefined): void {
  if (name !== undefined) list.call(call, [list.text(name), pathLength(name)], { step: name });
}

function joinNamespace(list: CallList, path: string, type: NamespaceType, fd: SlotValue): void {
  list.call("openat", [AT_FDCWD, list.text(path), O_RDONLY | O_CLOEXEC, 0], {
    into: fd,
    failure: (errno) => ({ code: "not-found", message: `namespace ${path}: ${describeErrno(errno)}` }),
  });
  list.call("setns", [fd, flagOf[type]], { step: `${path} ${unshareText(flagOf[type])}` });
}

function pathOf({ namespaces }: Linux, wanted: NamespaceType): string | undefined {
  return namespaces.find(({ type, path }) => type === wanted && path !== undefined)?.path;
}

/** For clone: what is made, but for the network, which may have been made ahead, and the cgroup namespace. */
function cloneFlags({ namespaces }: Linux): number {
  return namespaces
    .filter(({ type, path }) => path === undefined && type !== "cgroup" && type !== "network")
    .reduce((flags, { type }) => flags | flagOf[type], 0);
}

function makesNamespace({ namespaces }: Linux, wanted: NamespaceType): boolean {
  return namespaces.some(({ type, path }) => type === wanted && path === undefined);
}
