/** What every process of a container goes through, once it is where it will live. */
import type { CallFailure, CallList } from "../calls/call-list.js";
import { Slot } from "../calls/list-format.js";
import { O_CLOEXEC } from "../linux/constants.js";
import { describeErrno } from "../linux/errno.js";
import type { Process } from "../oci/runtime.js";
import { becomeUser, type Filter, limitResources } from "./identity-calls.js";
import { writeFile } from "./kernel-files.js";
import { makeDirectories } from "./mount-calls.js";
import { execute, executeKnown } from "./program-calls.js";

/** Which of descriptors 0 to 2 are pipes of the process's own; the others are /dev/null. */
export type Pipes = readonly [stdin: boolean, stdout: boolean, stderr: boolean];

const LAST_FD = 0x7fffffff;
/** Where the link to the agent is in the end, for a process that still has to wait. */
const LINK_FD = 3;
/** Before that, descriptor 3 is still the agent's own. */
const LINK = { slot: Slot.link };
const DEFAULT_UMASK = 0o022;

/** While the guest's /proc is still there. */
export function setOomScore(list: CallList, { oomScoreAdj = 0 }: Process): void {
  const step = `/proc/self/oom_score_adj ${oomScoreAdj}`;
  writeFile(list, "/proc/self/oom_score_adj", String(oomScoreAdj), { step, close: true });
}

/** So that a process that is not root may open /dev/stdout and the like anew. */
export function ownPipes(list: CallList, pipes: Pipes, { user }: Process): void {
  if (user.uid === 0) return;
  for (const [fd, isPipe] of pipes.entries()) if (isPipe) list.call("fchown32", [fd, user.uid, user.gid]);
}

export interface Ending {
  filter?: Filter;
  /** The first process of a container: its working directory is made if it is missing. */
  first: boolean;
  /** Tells that it is ready, by its report, and waits to be told to go on. */
  waits: boolean;
  /** What to execute, where it need not be found by args[0]. */
  path?: string;
}

/** Limits, descriptors, directory, privileges, program: to the end. */
export function finish(list: CallList, process: Process, { filter, first, waits, path }: Ending): void {
  limitResources(list, process.rlimits);
  list.call("umask", [process.user.umask ?? DEFAULT_UMASK]);
  closeDescriptors(list, waits);
  enterDirectory(list, process.cwd, first);
  becomeUser(list, process, filter);
  const before = () => {
    if (!waits) return;
    list.call("write", [LINK, "report", "report bytes"]);
    list.call("read", [LINK, list.room(4), 1], { needsSomething: true });
  };
  if (path === undefined) execute(list, process, before);
  else executeKnown(list, process, path, before);
  if (waits) tellFailure(list);
}

/** A list of its own that went wrong is told by its report. */
function tellFailure(list: CallList): void {
  const failed = list.label();
  list.here(failed);
  list.onChildFailure(failed);
  list.call("write", [LINK, "report", "report bytes"], { allow: "any" });
  list.call("exit_group", [127]);
}

/** Nothing of the agent's goes into the program, and none of it can be named by its working directory. */
function closeDescriptors(list: CallList, keepsLink: boolean): void {
  if (keepsLink) list.call("dup3", [LINK, LINK_FD, O_CLOEXEC], { into: LINK });
  list.call("close_range", [keepsLink ? LINK_FD + 1 : LINK_FD, LAST_FD, 0]);
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
