/** Makes a process that waits to exec: clone, what the child tells, its end. */
import type { Cgroup } from "../cgroups/cgroup.js";
import { Failure } from "../failure.js";
import type { ProcessIo } from "../stdio/process-io.js";
import { CLONE_NEWPID, O_CLOEXEC, O_RDONLY } from "../system/constants.js";
import type { ExitStatus, Fd, Pid, System } from "../system/system.js";
import { type ChildPlan, runChild } from "./child.js";
import { ChildLink, type ChildMessage } from "./child-link.js";

export interface LaunchContext {
  system: System;
  /** A System that appends what it does to `steps`, packed. */
  trace(steps: string[]): System;
}

export interface Launch {
  /** CLONE_* flags. */
  flags: number;
  /** A pid namespace to be born in, instead of the agent's or a new one. */
  pidNamespace?: Fd;
  /** Where the process is born; the agent's own when left out. */
  cgroup?: Cgroup;
  plan: ChildPlan;
  io: ProcessIo;
  /** Where the agent's and the child's steps are gathered. */
  steps: string[];
}

/** A process that has told it is ready, and execs when told to. */
export class LaunchedProcess {
  /** It never got to exec: what its end says is not the program's. */
  failed = false;
  #exit: ExitStatus | undefined;
  #starting: Promise<ChildMessage | null> | undefined;

  constructor(
    readonly pid: Pid,
    readonly exited: Promise<ExitStatus>,
    readonly link: ChildLink,
    readonly io: ProcessIo,
  ) {
    void exited.then((status) => {
      this.#exit = status;
    });
  }

  /** Undefined while it runs. */
  get exit(): ExitStatus | undefined {
    return this.#exit;
  }

  /** Resolves when the process has ended, its output has been passed on, and nothing of it is left open. */
  async finish(): Promise<void> {
    await this.exited;
    await this.io.finish();
    // The end may be seen before exec is.
    await this.#starting;
    this.link.close();
  }

  /** @throws {Failure} when exec fails; the process then ends. Not when the process was killed before. */
  async start(): Promise<void> {
    if (this.#exit) return;
    this.link.start();
    this.#starting = this.link.receive();
    const message = await this.#starting;
    if (!message?.failure) return;
    this.failed = true;
    await this.exited;
    throw failureIn(message.failure);
  }
}

/** @throws {Failure} what the child could not do; it is gone then, and `io` is closed. */
export async function launch(
  context: LaunchContext,
  { flags, pidNamespace, cgroup, plan, io, steps }: Launch,
): Promise<LaunchedProcess> {
  const { system } = context;
  const traced = context.trace(steps);
  const [ours, theirs] = system.socketpair();
  let pid: Pid;
  let cgroupFd: Fd | undefined;
  try {
    cgroupFd = cgroup?.open();
    pid =
      pidNamespace === undefined
        ? traced.clone(flags, cgroupFd)
        : cloneInto(system, traced, pidNamespace, flags, cgroupFd);
  } catch (error) {
    for (const fd of [ours, theirs]) system.close(fd);
    if (cgroupFd !== undefined) system.close(cgroupFd);
    io.dispose();
    throw error;
  }
  if (pid === 0) runChild(system, (childSteps) => context.trace(childSteps), theirs, plan);
  system.close(theirs);
  if (cgroupFd !== undefined) system.close(cgroupFd);
  io.closeChildEnds();
  const exited = watchExit(system, pid);
  const link = new ChildLink(system, ours);
  const message = await link.receive();
  if (message?.steps) steps.push(message.steps);
  if (message && !message.failure) {
    if (message.master !== undefined) io.attachTerminal(message.master);
    return new LaunchedProcess(pid, exited, link, io);
  }
  const { signal } = await exited;
  link.close();
  io.dispose();
  if (message?.failure) throw failureIn(message.failure);
  throw new Failure("system", `container process ended before it was ready${signal ? ` (signal ${signal})` : ""}`);
}

function failureIn({
  code,
  message,
  errno,
  call,
}: {
  code: Failure["failure"]["code"];
  message: string;
  errno?: string;
  call?: string;
}): Failure {
  return new Failure(code, message, errno && call ? { errno, call } : undefined);
}

/** Only the children of a process are born in the pid namespace that it has joined; so the agent joins for a moment. */
function cloneInto(system: System, traced: System, namespace: Fd, flags: number, cgroup: Fd | undefined): Pid {
  const own = system.open("/proc/self/ns/pid", O_RDONLY | O_CLOEXEC, 0);
  let pid: Pid | undefined;
  try {
    traced.setns(namespace, CLONE_NEWPID);
    pid = traced.clone(flags, cgroup);
    return pid;
  } finally {
    // The child, too, comes by here, and has nothing to go back to.
    if (pid !== 0) {
      system.setns(own, CLONE_NEWPID);
      system.close(own);
    }
  }
}

/** Resolves when `pid`, a child of the agent, has ended and been reaped. */
export function watchExit(system: System, pid: Pid): Promise<ExitStatus> {
  const fd = system.pidfdOpen(pid);
  return new Promise((resolve) => {
    system.onReadable(fd, () => {
      const status = system.waitpid(pid);
      if (!status) return;
      system.onReadable(fd, null);
      system.close(fd);
      resolve(status);
    });
  });
}
