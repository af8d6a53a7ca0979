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
  clone: ["clone3", text.cloneText],
  unshare: ["unshare", text.unshareText],
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
  const onlyKernelFiles = toldOfKernelFiles.has(method);
  // No call has more than six arguments, and passing six is much cheaper here than gathering and spreading a list.
  return (a, b, c, d, e, f) => {
    if (onlyKernelFiles && !isKernelFile(a as string)) return run.call(system, a, b, c, d, e, f);
    const startMicros = system.monotonicMicros();
    if (method === "execve") report({ call, detail: textOf(a, b, c, d, e, f), startMicros, durationMicros: 0 });
    try {
      const result = run.call(system, a, b, c, d, e, f);
      const durationMicros = system.monotonicMicros() - startMicros;
      if (!(method === "clone" && result === 0))
        report({ call, detail: textOf(a, b, c, d, e, f), startMicros, durationMicros });
      return result;
    } catch (error) {
      const durationMicros = method === "execve" ? 0 : system.monotonicMicros() - startMicros;
      if (error instanceof SystemError)
        report({ call, detail: textOf(a, b, c, d, e, f), startMicros, durationMicros, error: error.errno });
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
