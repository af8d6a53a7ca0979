/** The guest's first root: packages' programs, our files, kernel modules in load order. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { type CpioEntry, characterDevice, directory, file, symlink, withParents, writeCpio } from "./cpio.js";
import { type KernelModule, ModuleTree } from "./modules.js";
import { MODULES, TERMINALS } from "./recipe.js";

const guestFiles = join(import.meta.dirname, "guest");

export interface GuestParts {
  /** Where each package is unpacked. */
  unpacked: (name: string) => string;
  /** Programs of ours by their path in the guest, such as `usr/bin/docker`. */
  programs: Record<string, Uint8Array>;
}

export interface Kernel {
  /** Such as 6.1.0-50-686. */
  release: string;
  bzImage: Buffer;
  modules: KernelModule[];
}

/** @param root the unpacked kernel package. */
export function readKernel(root: string): Kernel {
  const release = readdirSync(join(root, "lib/modules"))[0];
  if (!release) throw new Error(`no lib/modules in ${root}`);
  const modules = new ModuleTree(join(root, "lib/modules", release)).loadOrder(MODULES);
  return { release, modules, bzImage: readFileSync(join(root, `boot/vmlinuz-${release}`)) };
}

/** The archive, not compressed: unpacking costs the guest more than reading. */
export function buildInitrd(kernel: Kernel, parts: GuestParts): Uint8Array {
  const { unpacked, programs } = parts;
  return writeCpio(
    withParents([
      file("init", readFileSync(join(guestFiles, "init")), 0o755),
      characterDevice("dev/console", 5, 1),
      file("modules/order", kernel.modules.map(({ path }) => `${basename(path)}\n`).join("")),
      ...kernel.modules.map(({ path }) => file(`modules/${basename(path)}`, readFileSync(path))),
      file("bin/busybox", readFileSync(join(unpacked("busybox-static"), "bin/busybox")), 0o755),
      file("bin/bash", readFileSync(join(unpacked("bash-static"), "bin/bash-static")), 0o755),
      ...TERMINALS.map((name) =>
        file(`lib/terminfo/${name}`, readFileSync(join(unpacked("ncurses-base"), "lib/terminfo", name))),
      ),
      ...ownFiles("etc"),
      ...ownFiles("root"),
      file("usr/lib/drydock/start", readFileSync(join(guestFiles, "start")), 0o755),
      ...Object.entries(programs).map(([path, bytes]) => file(path, bytes, 0o755)),
      symlink("usr/bin/env", "/bin/env"),
      symlink("sbin", "bin"),
      symlink("var/run", "/run"),
      ...["mnt", "run", "usr/local/bin", "usr/sbin", "var/lib/drydock", "var/log"].map((path) => directory(path)),
      directory("tmp", 0o1777),
      directory("var/tmp", 0o1777),
    ]),
  );
}

function ownFiles(folder: string): CpioEntry[] {
  const dir = join(guestFiles, folder);
  return readdirSync(dir, { recursive: true, encoding: "utf8" })
    .sort()
    .filter((name) => statSync(join(dir, name)).isFile())
    .map((name) => file(`${folder}/${name}`, readFileSync(join(dir, name))));
}
