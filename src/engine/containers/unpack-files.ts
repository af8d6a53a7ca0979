/**
 * Unpacks a tar among a container's files. The guest's own tar does it, as a process of the container with what
 * containers may do: whatever links the files have, none leads out of the container.
 */
import type { Stdio } from "../../protocol/commands.js";
import { BUSYBOX } from "../../protocol/guest-paths.js";
import type { Process, RuntimeSpec } from "../../shared/oci/runtime.js";
import { EngineError } from "../engine-error.js";
import type { VolumeStore } from "../volumes/volume-store.js";
import type { Container } from "./container.js";
import { mountAt } from "./container-files.js";
import type { Exit } from "./exits.js";
import { settleHostConfig } from "./host-config.js";
import { resolvePath } from "./layered-tree.js";
import type { OutputChunk } from "./output-hub.js";
import { ProcessIO } from "./process-io.js";
import type { Runtime } from "./runtime.js";
import { privileges, runtimeSpec } from "./spec.js";
import { startFailure } from "./start-failure.js";
import { canExec, isRunning } from "./status.js";
import { processUser } from "./user.js";

/** Where it is in a container that does not run: on the file system of its own that /dev is. */
const PROGRAM = "/dev/busybox";
const ROOT = { uid: 0, gid: 0, additionalGids: [], home: "/" };

export interface Unpacking {
  container: Container;
  /** As the container was asked for. */
  name: string;
  /** A directory that is there. */
  directory: string;
  tar: Uint8Array;
}

/** @throws {EngineError} why it cannot be: `forbidden` for a read-only place, `not-found` for the directory. */
export async function unpackFiles(runtime: Runtime, volumes: VolumeStore, unpacking: Unpacking): Promise<void> {
  const { container } = unpacking;
  refuseReadOnly(unpacking);
  if (isRunning(container.state.status)) return inRunning(runtime, unpacking);
  const unpacked = container.settled.catch(() => {}).then(() => inStopped(runtime, volumes, unpacking));
  // Starts and removals wait for it.
  container.settled = unpacked.catch(() => {});
  return unpacked;
}

function refuseReadOnly({ container, directory }: Unpacking): void {
  const mount = mountAt(container, resolvePath("/", directory));
  if (mount && !mount.RW) throw new EngineError("forbidden", "mounted volume is marked read-only");
  if (!mount && container.host.ReadonlyRootfs)
    throw new EngineError("forbidden", "container rootfs is marked read-only");
}

async function inRunning(runtime: Runtime, unpacking: Unpacking): Promise<void> {
  const { id, sandbox, state } = unpacking.container;
  if (!canExec(state.status))
    throw new EngineError("conflict", `Container ${id} is ${state.status}: unpause it before files are copied into it`);
  const exec = runtime.randomID();
  const exited = runtime.exits.expect(sandbox.id, exec);
  await feed(runtime, unpacking, async (stdio) => {
    await sandbox.exec(exec, unpacker(unpacking, "busybox"), stdio, BUSYBOX).catch((error) => {
      runtime.exits.forget(sandbox.id, exec);
      throw error;
    });
    return { exited };
  });
}

async function inStopped(runtime: Runtime, volumes: VolumeStore, unpacking: Unpacking): Promise<void> {
  const { container } = unpacking;
  const { sandbox, mounts, tree } = container;
  await volumes.make(mounts.flatMap(({ Type, Name }) => (Type === "volume" && Name ? [Name] : [])));
  try {
    await feed(runtime, unpacking, (stdio) => sandbox.start({ spec: specOf(unpacking), stdio, tree }));
  } finally {
    await sandbox.ended();
  }
}

/** Starts the process, gives it the tar, and waits for its end. */
async function feed(
  runtime: Runtime,
  { tar, directory, name }: Unpacking,
  start: (stdio: Stdio) => Promise<{ exited: Promise<Exit> }>,
): Promise<void> {
  const io = new ProcessIO();
  const complaints: string[] = [];
  const onOutput = ({ bytes }: OutputChunk) => void complaints.push(new TextDecoder().decode(bytes));
  const streams = { terminal: false, stdin: true, stdout: false, stderr: true, stdinOnce: true, onOutput };
  try {
    const { exited } = await start(io.open(runtime.machine.agent, streams));
    const input = io.input().getWriter();
    // One that fails does not read to the end: its own words say why.
    input
      .write(tar)
      .then(() => input.close())
      .catch(() => {});
    const { exitCode } = await exited;
    await io.drained();
    if (exitCode !== 0) throw new EngineError("invalid", complaints.join("").trim() || `tar ended with ${exitCode}`);
  } catch (error) {
    throw failureOf(error, directory, name);
  } finally {
    io.close();
  }
}

function failureOf(error: unknown, directory: string, name: string): EngineError {
  if (error instanceof EngineError) return error;
  const failure = startFailure(error, "exec").error;
  if (!failure.message.includes("chdir to cwd")) return failure;
  return failure.message.includes("not a directory")
    ? new EngineError("invalid", "extraction point is not a directory")
    : new EngineError("not-found", `Could not find the file ${directory} in container ${name}`);
}

function unpacker({ directory, container }: Unpacking, program: string): Process {
  return {
    terminal: false,
    user: processUser(ROOT),
    args: [program, "tar", "-xpf", "-"],
    env: [],
    cwd: resolvePath("/", directory),
    ...privileges(container.host.Privileged ? container.host : {}),
    rlimits: [],
  };
}

/** The container's file systems without what else was asked for it. */
function specOf(unpacking: Unpacking): RuntimeSpec {
  const { id, config, mounts, sandbox } = unpacking.container;
  const { host } = settleHostConfig({});
  const root = `${sandbox.directory}/merged`;
  const spec = runtimeSpec({ id, config, host, user: ROOT, mounts, root });
  const program = { destination: PROGRAM, type: "bind", source: BUSYBOX, options: ["bind", "ro"] };
  return { ...spec, mounts: [...spec.mounts, program], process: unpacker(unpacking, PROGRAM) };
}
