/** Moves a file from the exchange to where it belongs, whatever file system that is on. */
import { EXCHANGE_DIRECTORY, WORK_DIRECTORY, WORK_IN_PAGE } from "../../protocol/page-files.js";
import { O_CLOEXEC, O_CREAT, O_RDONLY, O_TRUNC, O_WRONLY } from "../../shared/linux/constants.js";
import { Failure } from "../failure.js";
import { makeDirectories } from "../make-directories.js";
import { type System, SystemError } from "../system/system.js";
import { Yielder } from "../yielder.js";

const COPY_BYTES = 1 << 20;

export function exchangePath(name: string): string {
  if (!/^\w[\w.-]*$/.test(name)) throw new Failure("invalid-params", `exchange file ${name}`);
  return `${EXCHANGE_DIRECTORY}/${name}`;
}

export async function placeFile(system: System, exchange: string, path: string, mode: number): Promise<void> {
  if (!path.startsWith("/") || path.endsWith("/")) throw new Failure("invalid-params", `path ${path}`);
  const source = exchangePath(exchange);
  const target = onPage(path);
  makeDirectories(system, target.slice(0, target.lastIndexOf("/")));
  system.chmod(source, mode & 0o7777);
  try {
    system.rename(source, target);
  } catch (error) {
    if (!(error instanceof SystemError) || error.errno !== "EXDEV") throw error;
    await copyFile(system, source, target, mode);
    system.unlink(source);
  }
}

/** A rename does not cross mounts, not even two of the same file system: the workspace by its other name. */
function onPage(path: string): string {
  return path.startsWith(`${WORK_DIRECTORY}/`) ? WORK_IN_PAGE + path.slice(WORK_DIRECTORY.length) : path;
}

/** Readers of `target` see the old file or the new one. */
async function copyFile(system: System, source: string, target: string, mode: number): Promise<void> {
  const part = `${target}.part${system.monotonicMicros()}`;
  const yielder = new Yielder(system);
  const from = system.open(source, O_RDONLY | O_CLOEXEC, 0);
  try {
    const to = system.open(part, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0o600);
    try {
      while (system.sendfile(to, from, COPY_BYTES) > 0) if (yielder.due()) await yielder.turn();
    } finally {
      system.close(to);
    }
  } finally {
    system.close(from);
  }
  system.chmod(part, mode & 0o7777);
  system.rename(part, target);
}
