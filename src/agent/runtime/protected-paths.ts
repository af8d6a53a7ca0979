/** Which of the paths that a container must not write, or not see, are there to be protected. */
import type { Linux } from "../../shared/oci/runtime.js";
import { S_IFDIR, S_IFMT } from "../system/constants.js";
import type { System } from "../system/system.js";

export type Kind = "directory" | "file";

/** `unknown`: only the container's own root can tell. */
export type ProtectedPath = [path: string, kind: Kind | "unknown"];

export interface ProtectedPaths {
  readonly: ProtectedPath[];
  masked: ProtectedPath[];
}

/** Undefined where nothing is. */
export function kindOf(system: System, path: string): Kind | undefined {
  const mode = system.modeOf(path);
  if (mode === null) return undefined;
  return (mode & S_IFMT) === S_IFDIR ? "directory" : "file";
}

/** Answers for the kernel's own files are the same in every container and are kept: each costs a walk through /proc. */
export class KernelPaths {
  readonly #known = new Map<string, Kind | undefined>();

  constructor(readonly system: System) {}

  protectedPaths({ readonlyPaths = [], maskedPaths = [] }: Linux): ProtectedPaths {
    return { readonly: this.#present(readonlyPaths), masked: this.#present(maskedPaths) };
  }

  #present(paths: readonly string[]): ProtectedPath[] {
    const present: ProtectedPath[] = [];
    for (const path of paths) {
      const kind = this.#kind(path);
      if (kind) present.push([path, kind]);
    }
    return present;
  }

  #kind(path: string): ProtectedPath[1] | undefined {
    if (!path.startsWith("/proc/") && !path.startsWith("/sys/")) return "unknown";
    if (!this.#known.has(path)) this.#known.set(path, kindOf(this.system, path));
    return this.#known.get(path);
  }
}
