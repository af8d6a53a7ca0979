import { spawn } from "node:child_process";
import { join } from "node:path";
import { projectDir } from "../paths.js";

/** Path of a program that a dependency brought. */
export function binary(name: string): string {
  return join(projectDir, "node_modules/.bin", name);
}

/** Runs a program with our own stdio, in the clone. @returns its exit status. */
export function run(command: string, args: readonly string[], env: Record<string, string> = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: projectDir,
      stdio: ["ignore", "inherit", "inherit"],
      env: { ...process.env, ...env },
    });
    child.on("error", reject);
    child.on("exit", (code) => resolve(code ?? 1));
  });
}
