/**
 * Which kernel modules to load, in which order. A module names what it needs in its .modinfo section: `depends=` is
 * a comma-separated list of modules, `softdep=pre: …` of modules or aliases that it can do without.
 */
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { elfSection } from "./elf.js";

export interface KernelModule {
  /** With underscores, as the kernel writes it. */
  name: string;
  /** The .ko file. */
  path: string;
}

/** The modules of one kernel release: where they are, and which names are built into the kernel. */
export class ModuleTree {
  readonly #paths = new Map<string, string>();
  readonly #builtin: Set<string>;

  /** @param dir lib/modules/<release> of an unpacked kernel package. */
  constructor(dir: string) {
    for (const file of readdirSync(join(dir, "kernel"), { recursive: true, encoding: "utf8" }))
      if (file.endsWith(".ko")) this.#paths.set(moduleName(file), join(dir, "kernel", file));
    this.#builtin = new Set(
      readFileSync(join(dir, "modules.builtin"), "utf8").split("\n").filter(Boolean).map(moduleName),
    );
  }

  /**
   * `wanted` and all that they need, each after what it needs. Built-in ones are left out.
   * @throws {RangeError} naming the module that is neither a file nor built in.
   */
  loadOrder(wanted: readonly string[]): KernelModule[] {
    const order = new Map<string, KernelModule>();
    const visit = (name: string, neededBy?: string) => {
      if (order.has(name) || this.#builtin.has(name)) return;
      const path = this.#paths.get(name);
      if (!path) throw new RangeError(`no kernel module "${name}"${neededBy ? `, needed by "${neededBy}"` : ""}`);
      const { depends, soft } = readDependencies(readFileSync(path));
      for (const dependency of [...soft.filter((each) => this.#paths.has(each)), ...depends]) visit(dependency, name);
      order.set(name, { name, path });
    };
    for (const name of wanted) visit(moduleName(name));
    return [...order.values()];
  }
}

/** Names in a module's `depends=` and in `pre:` of its `softdep=`. */
export function readDependencies(ko: Buffer): { depends: string[]; soft: string[] } {
  const info = elfSection(ko, ".modinfo")?.toString("latin1") ?? "";
  const values = (key: string) =>
    info.split("\0").flatMap((entry) => (entry.startsWith(`${key}=`) ? [entry.slice(key.length + 1)] : []));
  const soft = values("softdep").flatMap(
    (text) => text.match(/pre:([^:]*?)(?=\s*(?:post:|$))/)?.[1]?.split(/\s+/) ?? [],
  );
  const depends = values("depends").flatMap((text) => text.split(","));
  return { depends: depends.filter(Boolean).map(moduleName), soft: soft.filter(Boolean).map(moduleName) };
}

function moduleName(file: string): string {
  return basename(file, ".ko").replaceAll("-", "_");
}
