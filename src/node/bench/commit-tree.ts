import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { cacheDir, projectDir } from "../paths.js";

export interface CommitTree {
  /** As short as git makes it. */
  name: string;
  /** Folder with the commit's files and its dependencies, kept in the cache. */
  folder: string;
}

/** What `src/node/dependencies.mjs` of any commit exports. */
interface Dependencies {
  ensureDependencies(say: (line: string) => void): void;
}

/** @throws {Error} with git's words when there is no such commit. */
export async function commitTree(commit: string): Promise<CommitTree> {
  const name = git(["rev-parse", "--short", "--verify", `${commit}^{commit}`]);
  const folder = join(cacheDir, "trees", git(["rev-parse", name]));
  if (!existsSync(folder)) checkOut(name, folder);
  const { ensureDependencies }: Dependencies = await import(
    pathToFileURL(join(folder, "src/node/dependencies.mjs")).href
  );
  ensureDependencies((line) => console.log(`${name}: ${line}`));
  return { name, folder };
}

function checkOut(commit: string, folder: string): void {
  const partial = `${folder}.${process.pid}`;
  mkdirSync(partial, { recursive: true });
  try {
    const archive = command("git", ["archive", commit]);
    command("tar", ["-x", "-C", partial], archive);
    renameSync(partial, folder);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

function git(args: string[]): string {
  return command("git", args).toString().trim();
}

/** Runs it in the clone. @returns its stdout. */
function command(program: string, args: string[], input?: Buffer): Buffer {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: projectDir, input, maxBuffer: 1 << 30 });
  if (status !== 0) throw new Error(`${program} ${args.join(" ")}: ${String(stderr).trim()}`);
  return stdout;
}
