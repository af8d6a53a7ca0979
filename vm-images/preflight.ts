/** Whether this machine can build the VM image, and in one line what is missing. */
import { execFile, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { promisify } from "node:util";
import { asStep, type StepListener } from "../src/node/steps.js";

const run = promisify(execFile);

export interface Tool {
  /** Debian's package that brings it. */
  package: string;
  isThere: () => boolean;
}

/** What a build runs. */
export const TOOLS: readonly Tool[] = [
  { package: "dpkg", isThere: () => runs("dpkg-deb", "--version") },
  { package: "gcc", isThere: () => runs("gcc", "--version") },
  { package: "libc6-dev", isThere: () => existsSync("/usr/include/stdlib.h") },
  { package: "gcc-multilib", isThere: () => runs("gcc", "-m32", "-print-file-name=libc.a") && has32BitLibc() },
  { package: "make", isThere: () => runs("make", "--version") },
  { package: "zstd", isThere: () => runs("zstd", "--version") },
  { package: "xz-utils", isThere: () => runs("xz", "--version") },
  { package: "ca-certificates", isThere: () => existsSync("/etc/ssl/certs") },
];

function runs(command: string, ...args: string[]): boolean {
  return spawnSync(command, args, { stdio: "ignore" }).status === 0;
}

function has32BitLibc(): boolean {
  const file = spawnSync("gcc", ["-m32", "-print-file-name=libc.a"], { encoding: "utf8" }).stdout?.trim();
  return !!file && existsSync(file);
}

export function missingPackages(tools: readonly Tool[] = TOOLS): string[] {
  return tools.filter((tool) => !tool.isThere()).map((tool) => tool.package);
}

export class MissingTools extends Error {
  override name = "MissingTools";
  constructor(readonly packages: readonly string[]) {
    super(
      `to build the VM image this machine lacks ${packages.join(", ")}: sudo apt-get install -y ${packages.join(" ")}`,
    );
  }
}

/** Installs what is missing when root. @throws {MissingTools} with the command to run when not. */
export async function preflight(onStep: StepListener, tools: readonly Tool[] = TOOLS): Promise<void> {
  const missing = missingPackages(tools);
  if (missing.length === 0) return;
  if (process.getuid?.() !== 0) throw new MissingTools(missing);
  await asStep(
    onStep,
    "tools",
    () => install(missing),
    () => ({ detail: `installed ${missing.join(", ")}` }),
  );
  const still = missingPackages(tools);
  if (still.length > 0) throw new MissingTools(still);
}

/** A failing index is no reason to stop: the packages may be in the others. */
async function install(packages: readonly string[]): Promise<void> {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const aptGet = (...args: string[]) => run("apt-get", args, { env, maxBuffer: 64 << 20 });
  await aptGet("update", "-q").catch(() => undefined);
  await aptGet("install", "-y", "-q", "--no-install-recommends", ...packages);
}
