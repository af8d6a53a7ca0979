/** The rows of CONTENTS.md: each part with the bytes of its files that went in. */
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Part } from "./contents.js";
import type { Kernel } from "./initrd.js";
import type { NativeArtifacts } from "./native/build.js";
import type { FetchedPackages } from "./packages.js";
import { TERMINALS } from "./recipe.js";

export interface PartsInput {
  packages: FetchedPackages;
  native: NativeArtifacts;
  kernel: Kernel;
  /** Programs of ours by their path in the guest. */
  programs: Record<string, Uint8Array>;
  unpacked: (name: string) => string;
}

export async function listParts(input: PartsInput): Promise<Part[]> {
  const fromDebian = input.packages.all.map(async (each): Promise<Part> => {
    return { ...each, origin: each.name, bytes: await packageBytes(each.name, input) };
  });
  return [...(await Promise.all(fromDebian)), ...(await ownParts(input))];
}

async function packageBytes(name: string, { packages, kernel, unpacked }: PartsInput): Promise<number> {
  const inPackage = (...paths: string[]) => totalSize(paths.map((path) => join(unpacked(name), path)));
  switch (name) {
    case packages.kernel.name:
      return kernel.bzImage.length + (await totalSize(kernel.modules.map(({ path }) => path)));
    case "busybox-static":
      return inPackage("bin/busybox");
    case "bash-static":
      return inPackage("bin/bash-static");
    case "ncurses-base":
      return inPackage(...TERMINALS.map((terminal) => `lib/terminfo/${terminal}`));
    case "seabios":
      return inPackage("usr/share/seabios/bios.bin", "usr/share/seabios/vgabios-stdvga.bin");
    default:
      throw new RangeError(`nothing is known of what package "${name}" brings to the image`);
  }
}

async function ownParts({ native, programs }: PartsInput): Promise<Part[]> {
  const project = join(import.meta.dirname, "../package.json");
  const { version, license } = JSON.parse(await readFile(project, "utf8")) as { version: string; license: string };
  const own = (name: string, use: string, bytes: number): Part => ({ name, version, licence: license, use, bytes });
  const interpreter: Part = {
    name: "agent-host",
    version: `QuickJS ${native.quickjs.version}`,
    licence: `${license} AND MIT AND LGPL-2.1-or-later`,
    origin: `${native.quickjs.name} (source), glibc, this project`,
    use: "runs the agent",
    bytes: programs["usr/lib/drydock/agent-host"]!.length,
  };
  return [
    interpreter,
    own("agent", "makes containers", programs["usr/lib/drydock/agent.qjsc"]!.length),
    own("docker", "hands commands to the agent", programs["usr/bin/docker"]!.length),
    own("hello", "beside the state: what the project BigFile adds", (await stat(native.hello)).size),
  ];
}

async function totalSize(files: readonly string[]): Promise<number> {
  const stats = await Promise.all(files.map((file) => stat(file)));
  return stats.reduce((sum, { size }) => sum + size, 0);
}
