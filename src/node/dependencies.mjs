// Runs before any dependency is there, so: plain JavaScript, Node's own modules only.
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const projectDir = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const cacheDir = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "drydock");

/** Exits with what to do when Node is too old. */
function checkNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  console.error(`drydock: Node ${process.versions.node} is too old: install Node 20.19 or later`);
  process.exit(1);
}

function lockHash() {
  const hash = createHash("sha256");
  hash.update(readFileSync(join(projectDir, "package-lock.json")));
  hash.update(`${process.platform} ${process.arch} ${process.versions.modules}`);
  return hash.digest("hex").slice(0, 16);
}

/** Hard links where the file system can, copies where it cannot: a second clone shares the first one's files. */
function link(from, to) {
  if (spawnSync("cp", ["-al", from, to], { stdio: "ignore" }).status === 0) return;
  rmSync(to, { recursive: true, force: true });
  cpSync(from, to, { recursive: true, verbatimSymlinks: true });
}

/** Somebody ran `npm install` or `npm ci` since the lock was written: what is there is left alone. */
function installedByNpm(modules) {
  const theirs = statSync(join(modules, ".package-lock.json"), { throwIfNoEntry: false });
  return theirs !== undefined && theirs.mtimeMs >= statSync(join(projectDir, "package-lock.json")).mtimeMs;
}

function keep(modules, kept) {
  const partial = `${kept}.${process.pid}`;
  mkdirSync(dirname(kept), { recursive: true });
  link(modules, partial);
  try {
    renameSync(partial, kept);
  } catch {
    rmSync(partial, { recursive: true, force: true });
  }
}

/**
 * Makes node_modules what package-lock.json says, from the cache of an earlier clone or with `npm ci`.
 * `say(line)` is told only when there is something to do.
 */
export function ensureDependencies(say) {
  checkNode();
  const modules = join(projectDir, "node_modules");
  const stamp = join(modules, ".drydock-lock");
  const wanted = lockHash();
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  if (!existsSync(stamp) && installedByNpm(modules)) {
    writeFileSync(stamp, wanted);
    return;
  }
  const started = Date.now();
  const kept = join(cacheDir, "node_modules", wanted);
  rmSync(modules, { recursive: true, force: true });
  const cached = existsSync(kept);
  if (cached) link(kept, modules);
  else {
    say("npm dependencies …");
    execFileSync("npm", ["ci", "--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error"], {
      cwd: projectDir,
      stdio: ["ignore", "ignore", "inherit"],
    });
    keep(modules, kept);
  }
  writeFileSync(stamp, wanted);
  say(`npm dependencies: ${cached ? "from the cache" : "installed"}, ${((Date.now() - started) / 1000).toFixed(1)} s`);
}
