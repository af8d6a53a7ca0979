/**
 * The first containers after a restore are slow, because v86 has yet to compile the guest's code on their way. So a
 * few are made and taken away again before the user asks for any. They go to the agent directly: no image, container
 * or trace of them is ever seen.
 */
import {
  DEFAULT_CAPABILITIES,
  DEFAULT_SHM_BYTES,
  defaultMounts,
  MASKED_PATHS,
  READONLY_PATHS,
} from "../engine/containers/default-spec.js";
import type { Machine } from "../machine/machine.js";
import { type DirectoryNode, fileNode, type TreeNode } from "../machine/ninep/tree.js";
import { SNAPSHOTS_DIRECTORY } from "../protocol/guest-paths.js";
import { LAYERS_DIRECTORY } from "../protocol/page-files.js";
import { cgroupDirectory } from "../shared/birth/cgroup-calls.js";
import { composeContainer } from "../shared/birth/compose-container.js";
import { EPOCH } from "../shared/files/file-attributes.js";
import type { RuntimeSpec } from "../shared/oci/runtime.js";
import { exitProgram } from "./exit-program.js";

type WarmMachine = Pick<Machine, "agent" | "layers">;

const NAME = "warm-up";
const PROGRAM = "/exit";
const DIRECTORY = `${SNAPSHOTS_DIRECTORY}/${NAME}`;
const PLACE = {
  overlay: {
    ...{ directory: DIRECTORY, layers: [NAME], layersDirectory: LAYERS_DIRECTORY, exists: false },
    ...{ upper: `${DIRECTORY}/upper`, work: `${DIRECTORY}/work` },
  },
  ...{ pipes: [false, false, false] as const, columns: 80, rows: 24 },
};
/**
 * What three seconds have room for. BigFile's first Build in Chromium, three seconds after the prompt, medians of three:
 * 3.4 s after no round, 3.3 after three, 2.8 after ten.
 */
const ROUNDS = 10;

/**
 * Warms the machine up for as long as no `docker` command is given in the guest, nor `used` says that the page has
 * given one. What fails here is left for the user to meet.
 */
export async function warmUp(machine: WarmMachine, used: AbortSignal): Promise<void> {
  let wanted = true;
  const subscription = machine.agent.on("session.opened", () => {
    wanted = false;
  });
  try {
    for (let round = 0; round < ROUNDS && wanted && !used.aborted; round++) await runOnce(machine);
  } catch {
    // The machine is as before, only cold.
  } finally {
    subscription.dispose();
  }
}

/** Makes one container, runs it to its end, and removes it. */
async function runOnce({ agent, layers }: WarmMachine): Promise<void> {
  layers.publish(NAME, { root: rootOf(exitProgram()) });
  let tellEnd: () => void = () => {};
  const ended = new Promise<void>((resolve) => {
    tellEnd = resolve;
  });
  const subscription = agent.on("container.exited", ({ id }) => {
    if (id === NAME) tellEnd();
  });
  const spec = specOf();
  const calls = composeContainer(spec, PLACE).encode();
  const cgroup = cgroupDirectory(spec.linux.cgroupsPath);
  const { directory, work } = PLACE.overlay;
  const holds = { cgroup, workDirectory: work, newDirectory: directory, network: "reusable" as const };
  try {
    const { pid } = await agent.call("container.create", { id: NAME, calls, stdio: {}, terminal: false, holds });
    if (pid === 0) return;
    await ended;
    await agent.call("container.delete", { id: NAME, snapshot: NAME });
  } finally {
    subscription.dispose();
    layers.withdraw(NAME);
  }
}

function rootOf(program: Uint8Array): DirectoryNode {
  const attributes = { mode: 0o755, uid: 0, gid: 0, mtime: EPOCH };
  const directory = (children: [string, TreeNode][] = []): DirectoryNode => ({
    type: "directory",
    ...attributes,
    children: new Map(children),
  });
  return directory([
    ["dev", directory()],
    ["proc", directory()],
    ["sys", directory()],
    [PROGRAM.slice(1), fileNode(program, attributes)],
  ]);
}

function specOf(): RuntimeSpec {
  const capabilities = [...DEFAULT_CAPABILITIES];
  return {
    ociVersion: "1.2.0",
    root: { path: `${DIRECTORY}/merged` },
    hostname: NAME,
    mounts: defaultMounts({ privileged: false, shmBytes: DEFAULT_SHM_BYTES }),
    process: {
      user: { uid: 0, gid: 0 },
      args: [PROGRAM],
      env: [],
      cwd: "/",
      capabilities: {
        bounding: capabilities,
        effective: capabilities,
        permitted: capabilities,
        inheritable: [],
        ambient: [],
      },
    },
    linux: {
      namespaces: [
        { type: "mount" },
        { type: "network" },
        { type: "uts" },
        { type: "pid" },
        { type: "ipc" },
        { type: "cgroup" },
      ],
      cgroupsPath: `/docker/${NAME}`,
      maskedPaths: MASKED_PATHS,
      readonlyPaths: READONLY_PATHS,
    },
  };
}
