/** Whether this machine can build the VM image, and in one line what is missing. */
import { execFile, spawnSync } from "node:child_process";
import { promisify } from "node:util";
import { unsuitablePlatform } from "../src/node/platform.js";
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
  { package: "zstd", isThere: () => runs("zstd", "--version") },
  { package: "xz-utils", isThere: () => runs("xz", "--version") },
];

function runs(command: string, ...args: string[]): boolean {
  return spawnSync(command, args, { stdio: "ignore" }).status === 0;
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

/**
 * Installs what is missing when root.
 * @throws {MissingTools} with the command to run when not; {Error} with the way to do it in a container elsewhere.
 */
export async function preflight(onStep: StepListener, tools: readonly Tool[] = TOOLS): Promise<void> {
  const unsuitable = unsuitablePlatform();
  if (unsuitable) throw new Error(unsuitable);
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
