import { readFileSync, statSync } from "node:fs";
import { constants } from "node:os";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import type { WorkspaceSeed } from "../machine/machine.js";
import { runInGuest } from "./guest-script.js";
import { type Headless, openHeadless } from "./headless.js";
import { readDirectory, writeBack } from "./mounted-directory.js";
import { printSteps } from "./steps.js";

/**
 * `drydock sh [--mount DIR] [-c SCRIPT | FILE]`: the script's output is ours, and so is its exit status. Without
 * SCRIPT and FILE the script is read from stdin.
 */
export async function runShell(argv: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: { command: { type: "string", short: "c" }, mount: { type: "string" } },
  });
  const directory = values.mount === undefined ? undefined : existingDirectory(values.mount);
  const workspace = directory === undefined ? [] : readDirectory(directory);
  const headless = await openHeadless({ workspace, onStep: printSteps((line) => process.stderr.write(`${line}\n`)) });
  headless.machine.onMessage((message) => process.stderr.write(`drydock: ${message}\n`));
  try {
    return await runScript(headless, scriptArguments(values.command, positionals));
  } finally {
    if (directory !== undefined) await keepChanges(headless, directory, workspace);
    headless.dispose();
    process.stdin.destroy();
  }
}

function existingDirectory(path: string): string {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    throw new Error(`--mount ${path}: not a directory; give one that exists`);
  }
  return resolve(path);
}

/** As `sh` takes them: `-c SCRIPT [NAME [ARG…]]`, or FILE [ARG…], or a script on stdin. */
function scriptArguments(command: string | undefined, positionals: string[]): string[] {
  if (command !== undefined) return ["/bin/sh", "-c", command, ...positionals];
  const [file, ...rest] = positionals;
  return file === undefined ? ["/bin/sh", "-s"] : ["/bin/sh", "-c", readFileSync(file, "utf8"), file, ...rest];
}

function runScript({ machine }: Headless, argv: string[]): Promise<number> {
  const stdin = process.stdin.isTTY ? undefined : process.stdin;
  return runInGuest(machine, argv, { stdin, stdout: process.stdout, stderr: process.stderr }, (send) => {
    for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, () => send(constants.signals[name]));
  });
}

async function keepChanges({ machine }: Headless, directory: string, before: WorkspaceSeed[]): Promise<void> {
  await machine.agent.call("file.sync", {});
  writeBack(directory, before, machine.workspace);
}
