/** Finds what to execute and executes it, with the messages that Docker's runtime gives (Go's exec.LookPath). */
import type { CallFailure, CallList, Label, SlotValue } from "../calls/call-list.js";
import { execveText } from "../linux/call-text.js";
import {
  AT_EACCESS,
  AT_EMPTY_PATH,
  AT_FDCWD,
  O_CLOEXEC,
  O_DIRECTORY,
  O_NONBLOCK,
  O_PATH,
  O_WRONLY,
  X_OK,
} from "../linux/constants.js";
import { describeErrno } from "../linux/errno.js";
import type { Process } from "../oci/runtime.js";

export const DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

type Program = Pick<Process, "args" | "env">;

/** args[0] is a path or is searched for; `before` comes between finding the program and executing it. */
export function execute(list: CallList, process: Program, before: () => void): void {
  const name = process.args[0]!;
  if (name.includes("/")) executePath(list, process, name, before);
  else searchPath(list, process, name, before);
}

/** The program is at `path`. */
export function executeKnown(list: CallList, process: Program, path: string, before: () => void): void {
  before();
  callExecve(list, process, path);
}

/** The program is what `fd` leads to, wherever that is. */
export function executeOpened(list: CallList, { args, env }: Program, fd: SlotValue, before: () => void): void {
  before();
  list.call("execveat", [fd, list.text(""), list.texts(args), list.texts(env), AT_EMPTY_PATH], {
    step: execveText("", args),
  });
}

function executePath(list: CallList, process: Program, path: string, before: () => void): void {
  const found = list.label();
  list.call("faccessat2", [AT_FDCWD, list.text(path), X_OK, AT_EACCESS], { failure: notThere(path) });
  skipUnlessDirectory(list, path, found);
  // Fails, as a directory cannot be written: the error is what is wanted.
  list.call("openat", [AT_FDCWD, list.text(path), O_WRONLY | O_NONBLOCK, 0], {
    failure: () => ({ code: "not-executable", message: `exec: "${path}": is a directory` }),
  });
  list.here(found);
  before();
  callExecve(list, process, path);
}

function searchPath(list: CallList, process: Program, name: string, before: () => void): void {
  for (const directory of name === "" ? [] : searchedDirectories(process.env)) {
    const path = directory === "" ? `./${name}` : `${directory}/${name}`;
    const [found, next] = [list.label(), list.label()];
    list.call("faccessat2", [AT_FDCWD, list.text(path), X_OK, AT_EACCESS], { allow: "any", otherwise: next });
    skipUnlessDirectory(list, path, found, next);
    list.here(found);
    before();
    callExecve(list, process, path);
    list.here(next);
  }
  list.call("faccessat2", [AT_FDCWD, list.text(""), X_OK, 0], {
    failure: () => ({ code: "no-such-executable", message: `exec: "${name}": executable file not found in $PATH` }),
  });
}

/** Goes on at `file` for a file, at `directory` or the next call for a directory. */
function skipUnlessDirectory(list: CallList, path: string, file: Label, directory?: Label): void {
  list.call("openat", [AT_FDCWD, list.text(path), O_PATH | O_DIRECTORY | O_CLOEXEC, 0], {
    allow: ["ENOTDIR"],
    otherwise: file,
    ...(directory && { next: directory }),
  });
}

function callExecve(list: CallList, { args, env }: Program, path: string): void {
  list.call("execve", [list.text(path), list.texts(args), list.texts(env)], {
    step: execveText(path, args),
    failure: (errno) => ({
      code: errno === "ENOENT" ? "no-such-executable" : "not-executable",
      message: `exec ${path}: ${describeErrno(errno)}`,
    }),
  });
}

function notThere(path: string): (errno: string) => CallFailure {
  return (errno) =>
    errno === "EACCES"
      ? { code: "not-executable", message: `exec: "${path}": permission denied` }
      : { code: "no-such-executable", message: `exec: "${path}": stat ${path}: no such file or directory` };
}

/** PATH of `env`, in the order of the search. */
export function searchedDirectories(env: readonly string[]): string[] {
  const path = env.findLast((entry) => entry.startsWith("PATH="));
  return (path === undefined ? DEFAULT_PATH : path.slice("PATH=".length)).split(":");
}
