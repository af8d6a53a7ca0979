/** The stock `docker` client on this machine's PATH. */
import { execFile, spawnSync } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Its version, such as `28.2.2`; undefined where there is none. */
export function stockClientVersion(): string | undefined {
  const { stdout } = spawnSync("docker", ["--version"], { encoding: "utf8" });
  return /version ([\d.]+)/.exec(stdout ?? "")?.[1];
}

/** Laid out for no terminal. */
export async function stockHelp(words: readonly string[]): Promise<string> {
  const helping = run("docker", [...words, "--help"], { encoding: "utf8" });
  helping.child.stdin?.end();
  return (await helping).stdout;
}
