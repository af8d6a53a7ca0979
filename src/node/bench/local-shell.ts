import { spawn } from "node:child_process";
import type { Disposable } from "../../shared/disposable.js";
import { TimedShell } from "./timed-shell.js";

/** A bash on this machine, with `env` beside this process's environment. */
export function openLocalShell(env: Record<string, string> = {}): TimedShell & Disposable {
  const child = spawn("bash", ["--norc"], { stdio: ["pipe", "pipe", "inherit"], env: { ...process.env, ...env } });
  const shell = new TimedShell((text) => void child.stdin.write(text));
  child.stdout.setEncoding("utf8").on("data", (text: string) => shell.push(text));
  child.on("exit", () => shell.end(new Error("the shell ended")));
  return Object.assign(shell, { dispose: () => child.stdin.end() });
}
