/** What every process of a container goes through, once it is where it will live. */
import type { CallFailure, CallList, SlotValue } from "../calls/call-list.js";
import { Slot } from "../calls/list-format.js";
import { AT_FDCWD, O_CLOEXEC, O_NOCTTY, O_NOFOLLOW, O_RDWR } from "../linux/constants.js";
import { describeErrno } from "../linux/errno.js";
import type { Process } from "../oci/runtime.js";
import { becomeUser, type Filter, limitResources } from "./identity-calls.js";
import { writeFile } from "./kernel-files.js";
import { makeDirectories } from "./mount-calls.js";
import { execute, executeKnown, executeOpened } from "./program-calls.js";

/** Which of descriptors 0 to 2 are pipes of the process's own; the others are /dev/null. */
export type Pipes = readonly [stdin: boolean, stdout: boolean, stderr: boolean];

const LAST_FD = 0x7fffffff;
/** Where the link to the agent is, for a process that still has something to tell it. */
const LINK_FD = 3;
/** Where a program is that is not found by a path. */
const PROGRAM_FD = 4;
/** Before that, descriptor 3 is still the agent's own. */
const LINK = { slot: Slot.link };
const DEFAULT_UMASK = 0o022;

/** While the guest's /proc is still there. */
export function setOomScore(list: CallList, { oomScoreAdj = 0 }: Process): void {
  const step = `/proc/self/oom_score_adj ${oomScoreAdj}`;
  writeFile(list, "/proc/self/oom_score_adj", String(oomScoreAdj), { step, close: true });
}

/**
 * What is no pipe is the container's own /dev/null: the guest's must not be its to change. It may be missing, or be
 * anything by now, for an exec; the agent's is read-only for that.
 */
export function ownNull(list: CallList, pipes: Pipes): void {
  const others = [0, 1, 2].filter((fd) => !pipes[fd]);
  if (others.length === 0) return;
  const [fd, done] = [list.slot(), list.label()];
  list.call("openat", [AT_FDCWD, list.text("/dev/null"), O_RDWR | O_NOCTTY | O_NOFOLLOW | O_CLOEXEC, 0], {
    into: fd,
    allow: "any",
    otherwise: done,
  });
  for (const other of others) list.call("dup2", [fd, other]);
  list.here(done);
}

/** So that a process that is not root may open /dev/stdout and the like anew. */
export function ownPipes(list: CallList, pipes: Pipes, { user }: Process): void {
  if (user.uid === 0) return;
  for (const [fd, isPipe] of pipes.entries()) if (isPipe) list.call("fchown32", [fd, user.uid, user.gid]);
}

export type LinkUse = "none" | "tells" | "waits";

export interface Ending {
  filter?: Filter;
  /** The first process of a container: its working directory is made if it is missing. */
  first: boolean;
  /** What it does by the link, if it has one, when it is ready: tells so, by its report, and may wait to go on. */
  link: LinkUse;
  /** What to execute, where it need not be found by args[0]: its path, or where placeProgram put it. */
  path?: string;
  opened?: SlotValue;
}

/** Limits, descriptors, directory, privileges, program: to the end. */
export function finish(list: CallList, process: Process, { filter, first, link, path, opened }: Ending): void {
  limitResources(list, process.rlimits);
  list.call("umask", [process.user.umask ?? DEFAULT_UMASK]);
  closeDescriptors(list, link !== "none", opened !== undefined);
  enterDirectory(list, process.cwd, first);
  becomeUser(list, process, filter);
  const before = () => {
    if (link !== "none") list.call("write", [LINK, "report", "report bytes"]);
    if (link === "waits") list.call("read", [LINK, list.room(4), 1], { needsSomething: true });
  };
  if (opened) executeOpened(list, process, opened, before);
  else if (path === undefined) execute(list, process, before);
  else executeKnown(list, process, path, before);
  if (link !== "none") tellFailure(list);
}

/** A list of its own that went wrong is told by its report. */
function tellFailure(list: CallList): void {
  const failed = list.label();
  list.here(failed);
  list.onChildFailure(failed);
  list.call("write", [LINK, "report", "report bytes"], { allow: "any" });
  list.call("exit_group", [127]);
}

/** The link's place, which closing the others spares. */
export function placeLink(list: CallList): void {
  list.call("dup3", [LINK, LINK_FD, O_CLOEXEC], { into: LINK });
}

/** The program's place, once nothing else is needed of the agent's descriptors. */
export function placeProgram(list: CallList, program: SlotValue): void {
  list.call("dup3", [program, PROGRAM_FD, O_CLOEXEC], { into: program });
}

/**
 * All but the standard ones, and the link and the program where they are still needed. Nothing of the agent's goes into the program, and
 * none of it is there when paths of an image are walked: they could lead through /proc/self/fd to the guest.
 */
export function closeDescriptors(list: CallList, keepsLink: boolean, keepsProgram = false): void {
  list.call("close_range", [keepsProgram ? PROGRAM_FD + 1 : keepsLink ? LINK_FD + 1 : LINK_FD, LAST_FD, 0]);
}

function enterDirectory(list: CallList, cwd: string, make: boolean): void {
  const failure = (errno: string): CallFailure => ({
    code: "system",
    message: `chdir to cwd ("${cwd}") set in config.json failed: ${describeErrno(errno)}`,
  });
  const done = list.label();
  const path = list.text(cwd);
  list.call("chdir", [path], { failure, ...(make && { allow: ["ENOENT"], next: done }) });
  if (make) {
    makeDirectories(list, cwd);
    list.call("chdir", [path], { failure });
  }
  list.here(done);
}
