/**
 * A System that tells each call worth showing as a KernelStep: what makes, confines and names a container. Reads,
 * waits, descriptors and plain files pass through in silence.
 */
import type { KernelStep } from "../../protocol/commands.js";
import * as text from "./call-text.js";
import { type System, SystemError } from "./system.js";

export type StepSink = (step: KernelStep) => void;

type Call<A extends unknown[] = never[], R = unknown> = (...args: A) => R;

/** Name of the call and its arguments as text, for every method that is told. */
const told: { [M in keyof System]?: [call: string, text: (...args: Parameters<System[M]>) => string] } = {
  clone: ["clone", text.cloneText],
  unshare: ["unshare", text.cloneText],
  setns: ["setns", text.setnsText],
  execve: ["execve", text.execveText],
  kill: ["kill", text.killText],
  setgroups: ["setgroups", (gids) => gids.join(" ")],
  setgid: ["setgid", String],
  setuid: ["setuid", String],
  setrlimit: ["setrlimit", text.setrlimitText],
  prctl: ["prctl", text.prctlText],
  capset: ["capset", text.capsetText],
  mount: ["mount", text.mountText],
  umount: ["umount", text.umountText],
  pivotRoot: ["pivot_root", (newRoot, putOld) => `${newRoot} ${putOld}`],
  chroot: ["chroot", String],
  chdir: ["chdir", String],
  sethostname: ["sethostname", String],
  setdomainname: ["setdomainname", String],
  linkUp: ["ioctl", (name) => `SIOCSIFFLAGS ${name} up`],
  swapon: ["swapon", String],
  swapoff: ["swapoff", String],
  mknod: ["mknod", text.mknodText],
  writeFile: ["write", text.writeFileText],
  mkdir: ["mkdir", String],
  rmdir: ["rmdir", String],
};

/** Of these only what is done to the kernel's own files. */
const toldOfKernelFiles = new Set<keyof System>(["writeFile", "mkdir", "rmdir"]);

/**
 * `report` hears of each call when it is over, also of one that failed; of execve before, since it does not return;
 * of clone in the parent only.
 */
export function createTracingSystem(system: System, report: StepSink): System {
  const tracing: System = Object.create(system);
  for (const method of classMethods(system))
    Object.defineProperty(tracing, method, {
      value: (system[method] as Call<unknown[]>).bind(system),
      configurable: true,
    });
  for (const method of Object.keys(told) as (keyof System)[])
    Object.defineProperty(tracing, method, { value: traced(system, method, report), configurable: true });
  return tracing;
}

function traced(system: System, method: keyof System, report: StepSink): Call<unknown[]> {
  const [call, textOf] = told[method] as [string, Call<unknown[], string>];
  const run = system[method] as Call<unknown[]>;
  return (...args) => {
    if (toldOfKernelFiles.has(method) && !isKernelFile(args[0] as string)) return run.apply(system, args);
    const startMicros = system.monotonicMicros();
    const step = (error?: SystemError): KernelStep => ({
      call,
      detail: textOf(...args),
      startMicros,
      durationMicros: method === "execve" ? 0 : system.monotonicMicros() - startMicros,
      ...(error ? { error: error.errno } : {}),
    });
    if (method === "execve") report(step());
    try {
      const result = run.apply(system, args);
      if (!(method === "clone" && result === 0)) report(step());
      return result;
    } catch (error) {
      if (error instanceof SystemError) report(step(error));
      throw error;
    }
  };
}

/** An implementation that is a class wants itself as `this`. */
function classMethods(system: System): (keyof System)[] {
  const names: string[] = [];
  for (
    let level = Object.getPrototypeOf(system);
    level && level !== Object.prototype;
    level = Object.getPrototypeOf(level)
  )
    names.push(...Object.getOwnPropertyNames(level).filter((name) => typeof level[name] === "function"));
  return names as (keyof System)[];
}

function isKernelFile(path: string): boolean {
  return path.startsWith(text.CGROUP_ROOT) || path.startsWith("/proc/") || path.startsWith("/sys/");
}
