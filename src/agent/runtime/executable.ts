/** Finds what to execute, with the messages that Docker's runtime gives (Go's exec.LookPath). */
import { Failure } from "../failure.js";
import { S_IFDIR, S_IFMT } from "../system/constants.js";
import { type System, SystemError } from "../system/system.js";

export const DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/**
 * Path of `name`: itself when it has a slash, otherwise the first executable in PATH of `env`.
 * @throws {Failure} no-such-executable or not-executable.
 */
export function findExecutable(system: System, name: string, env: readonly string[]): string {
  if (name.includes("/")) {
    const reason = whyNotExecutable(system, name);
    if (!reason) return name;
    if (reason === "EISDIR") throw new Failure("not-executable", `exec: "${name}": is a directory`);
    if (reason === "EACCES") throw new Failure("not-executable", `exec: "${name}": permission denied`);
    throw new Failure("no-such-executable", `exec: "${name}": stat ${name}: no such file or directory`);
  }
  for (const directory of searchPath(env)) {
    const path = directory === "" ? `./${name}` : `${directory}/${name}`;
    if (name !== "" && !whyNotExecutable(system, path)) return path;
  }
  throw new Failure("no-such-executable", `exec: "${name}": executable file not found in $PATH`);
}

function searchPath(env: readonly string[]): string[] {
  const path = env.findLast((entry) => entry.startsWith("PATH="));
  return (path === undefined ? DEFAULT_PATH : path.slice("PATH=".length)).split(":");
}

function whyNotExecutable(system: System, path: string): string | undefined {
  try {
    const mode = system.modeOf(path);
    if (mode === null) return "ENOENT";
    if ((mode & S_IFMT) === S_IFDIR) return "EISDIR";
    return (mode & 0o111) === 0 ? "EACCES" : undefined;
  } catch (error) {
    if (error instanceof SystemError) return error.errno;
    throw error;
  }
}
