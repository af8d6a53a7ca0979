/**
 * A C compiler for i686. The machine's gcc makes 32-bit code as it is; the 32-bit C library to link with comes from
 * the machine's gcc-multilib or, where that is not installed, from Debian's i386 packages unpacked as a sysroot.
 */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { isThere, publishFolder } from "../cache-folder.js";
import { createPrivateApt } from "../private-apt.js";

const run = promisify(execFile);

export interface Toolchain {
  /** Flags before all others: architecture, and where the C library is. */
  flags: string[];
  /** Such as `gcc 12.2.0, libc6-dev 2.36-9`. Part of what names a build. */
  description: string;
}

const TARGET = ["-m32", "-march=i686", "-msse2", "-mfpmath=sse"];

/** @throws {Error} when there is no gcc, or none that makes static i686 programs, naming the package. */
export async function findToolchain(cacheDir: string): Promise<Toolchain> {
  const version = await gccVersion();
  const own: Toolchain = { flags: TARGET, description: `gcc ${version}, gcc-multilib` };
  if (await linksStatically(own)) return own;
  return sysrootToolchain(cacheDir);
}

/** With the C library of Debian's i386 packages, fetched the first time. */
export async function sysrootToolchain(cacheDir: string): Promise<Toolchain> {
  const version = await gccVersion();
  const folder = join(cacheDir, `sysroot-${version}`);
  if (!(await isThere(folder))) await publishFolder(folder, (partial) => fetchSysroot(partial, cacheDir, version));
  const parts = [join(folder, "usr/lib/gcc/i686-linux-gnu", major(version)), join(folder, "usr/lib/i386-linux-gnu")];
  const toolchain = {
    flags: [...TARGET, `--sysroot=${folder}`, ...parts.flatMap((part) => [`-B${part}`, `-L${part}`])],
    description: `gcc ${version}, ${await readFile(join(folder, "packages"), "utf8")}`,
  };
  if (await linksStatically(toolchain)) return toolchain;
  throw new Error("gcc makes no static i686 programs here: sudo apt-get install -y gcc-multilib");
}

async function fetchSysroot(partial: string, cacheDir: string, version: string): Promise<void> {
  const apt = await createPrivateApt({ architecture: "i386", cacheDir: join(cacheDir, "apt") });
  await apt.update();
  const packages = await apt.download(["libc6-dev", "linux-libc-dev", `libgcc-${major(version)}-dev`]);
  for (const { file } of packages) await run("dpkg-deb", ["-x", file, partial]);
  await writeFile(join(partial, "packages"), packages.map((each) => `${each.name} ${each.version}`).join(", "));
}

function major(version: string): string {
  return version.split(".")[0]!;
}

async function gccVersion(): Promise<string> {
  try {
    return (await run("gcc", ["-dumpfullversion"])).stdout.trim();
  } catch {
    throw new Error("no gcc on this machine: sudo apt-get install -y gcc");
  }
}

async function linksStatically({ flags }: Toolchain): Promise<boolean> {
  const dir = await mkdtemp(join(tmpdir(), "drydock-cc-"));
  try {
    await writeFile(join(dir, "probe.c"), '#include <stdio.h>\nint main(void) { return puts("") < 0; }\n');
    await run("gcc", [...flags, "-static", "probe.c", "-o", "probe"], { cwd: dir });
    return true;
  } catch {
    return false;
  } finally {
    await rm(dir, { recursive: true });
  }
}
