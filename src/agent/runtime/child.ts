/**
 * What a new process does between clone and exec. Runs in a copy of the agent, straight through: no promise and no
 * event loop turns here.
 */
import type { Process } from "../../shared/oci/runtime.js";
import { describeErrno, Failure, failureOf } from "../failure.js";
import { makeDirectories } from "../make-directories.js";
import type { ChildEnds } from "../stdio/process-io.js";
import { type Fd, type Size, type System, SystemError } from "../system/system.js";
import { CHILD_SOCKET, sendToAgent, waitForStart } from "./child-link.js";
import type { ChildSystem } from "./child-system.js";
import { findExecutable } from "./executable.js";
import { becomeUser, userOf } from "./identity.js";
import { rlimitNumber } from "./rlimits.js";
import { bindConsole, openTerminal, type Terminal } from "./terminal.js";

const LAST_FD = 0x7fffffff;
/** Where the child finds the namespace that was made ahead for it. */
export const INHERITED_FD: Fd = 200;

export interface ChildPlan {
  process: Process;
  /** Absent for a process that makes its own terminal. */
  ends: ChildEnds | undefined;
  size: Size;
  /** A descriptor of the agent's that `enter` uses, as INHERITED_FD, and closes. */
  inherited?: Fd;
  /** Joins or makes what the process lives in; afterwards `/` is its root. */
  enter(child: ChildSystem): void;
  /** After the terminal is there, before privileges go. */
  protect?(child: ChildSystem): void;
  /** The first process of a container: /dev/console, a working directory made if it is missing. */
  first: boolean;
}

/** Never returns: the process execs, or ends with 127 when it could not. */
export function runChild(system: System, trace: (steps: string[]) => System, socket: Fd, plan: ChildPlan): never {
  const steps: string[] = [];
  const child: ChildSystem = { traced: trace(steps), quiet: system };
  try {
    arrangeDescriptors(system, socket, plan);
    execute(child, steps, plan);
  } catch (error) {
    tellFailure(system, error, steps);
  }
  return system.exit(127);
}

function execute(child: ChildSystem, steps: string[], plan: ChildPlan): never {
  const { quiet } = child;
  const { process, ends } = plan;
  quiet.setsid();
  plan.enter(child);
  const user = userOf(quiet, process);
  const terminal = ends ? undefined : openTerminal(child, plan.size, user.uid);
  if (ends && user.uid !== 0) for (const fd of [0, 1, 2]) ownPipe(quiet, fd, user.uid, user.gid);
  if (terminal && plan.first) bindConsole(child, terminal);
  plan.protect?.(child);
  for (const { type, soft, hard } of process.rlimits ?? []) quiet.setrlimit(rlimitNumber(type)!, soft, hard);
  quiet.umask(process.user.umask ?? 0o022);
  if (plan.first) makeDirectories(quiet, process.cwd);
  enterDirectory(quiet, process.cwd);
  becomeUser(child, process, user);
  const env = process.env.some((entry) => entry.startsWith("HOME="))
    ? process.env
    : [...process.env, `HOME=${user.home}`];
  const path = findExecutable(quiet, process.args[0]!, env);
  tellReady(quiet, steps, terminal);
  if (!waitForStart(quiet)) quiet.exit(1);
  quiet.resetSignals();
  try {
    return quiet.execve(path, process.args, env);
  } catch (error) {
    throw execFailure(path, error);
  }
}

/** Descriptors 0 to 2 are the process's, 3 is the agent's ear; all others of the agent's are closed. */
function arrangeDescriptors(system: System, socket: Fd, { ends, inherited }: ChildPlan): void {
  if (inherited !== undefined) system.dup2(inherited, INHERITED_FD);
  if (ends) for (const [target, fd] of ends.entries()) system.dup2(fd, target);
  if (socket !== CHILD_SOCKET) system.dup2(socket, CHILD_SOCKET);
  system.setCloseOnExec(CHILD_SOCKET, true);
  if (inherited !== undefined) system.closeRange(CHILD_SOCKET + 1, INHERITED_FD - 1);
  system.closeRange(inherited === undefined ? CHILD_SOCKET + 1 : INHERITED_FD + 1, LAST_FD);
}

/** So that the process may open /dev/stdout and the like anew. */
function ownPipe(system: System, fd: Fd, uid: number, gid: number): void {
  const { mode } = system.stat(`/proc/self/fd/${fd}`);
  if ((mode & 0o170000) === 0o010000) system.fchown(fd, uid, gid);
}

function enterDirectory(system: System, cwd: string): void {
  try {
    system.chdir(cwd);
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    const { errno, call } = error;
    throw new Failure("system", `chdir to cwd ("${cwd}") set in config.json failed: ${describeErrno(errno)}`, {
      errno,
      call,
    });
  }
}

function tellReady(system: System, steps: string[], terminal: Terminal | undefined): void {
  sendToAgent(system, { steps: steps.join("\n"), master: terminal?.master });
  if (terminal) system.close(terminal.master);
}

function execFailure(path: string, error: unknown): unknown {
  if (!(error instanceof SystemError)) return error;
  const { errno, call } = error;
  const code = errno === "ENOENT" ? "no-such-executable" : "not-executable";
  return new Failure(code, `exec ${path}: ${describeErrno(errno)}`, { errno, call });
}

function tellFailure(system: System, error: unknown, steps: string[]): void {
  try {
    sendToAgent(system, { failure: failureOf(error), steps: steps.join("\n") });
  } catch {
    // The agent sees the socket close, and the exit status.
  }
}
