import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

const PATHS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Path of a Chromium: `$CHROMIUM`, or where Debian puts it. */
export function findChromium(): string | undefined {
  return [process.env.CHROMIUM, ...PATHS].find((path) => path && existsSync(path));
}

/**
 * Installs Debian's chromium when there is none and this is root.
 * @throws {Error} with the one line that helps an ordinary user.
 */
export function ensureChromium(): string {
  const found = findChromium();
  if (found) return found;
  if (process.getuid?.() !== 0) {
    throw new Error(
      "chromium is missing: sudo apt-get install -y --no-install-recommends chromium, or set CHROMIUM to its path",
    );
  }
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  for (const args of [["update"], ["install", "-y", "--no-install-recommends", "chromium"]]) {
    const run = spawnSync("apt-get", args, { encoding: "utf8", env });
    if (run.status !== 0 && args[0] === "install") throw new Error(`apt-get ${args.join(" ")}: ${run.stderr.trim()}`);
  }
  const installed = findChromium();
  if (!installed) throw new Error("chromium was installed but is not where it was expected");
  return installed;
}
