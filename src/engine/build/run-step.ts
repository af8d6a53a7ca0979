/** RUN: the one instruction that enters the guest. Runs a process on the layers so far and brings back its changes. */
import type { Mount, Process, RuntimeSpec } from "../../shared/oci/runtime.js";
import { collectLayer } from "../containers/collected.js";
import { overrideEnv } from "../containers/container-config.js";
import {
  DEFAULT_CAPABILITIES,
  DEFAULT_PATH,
  DEFAULT_SHM_BYTES,
  defaultMounts,
  MASKED_PATHS,
  OWN_FILES,
  READONLY_PATHS,
} from "../containers/default-spec.js";
import { LayeredTree } from "../containers/layered-tree.js";
import { ownFiles } from "../containers/own-files.js";
import { ProcessIO } from "../containers/process-io.js";
import { layerNames, type Runtime } from "../containers/runtime.js";
import { Sandbox, sandboxKey } from "../containers/sandbox.js";
import { SIGKILL } from "../containers/signals.js";
import { defaultSeccomp, privileges } from "../containers/spec.js";
import { startFailure } from "../containers/start-failure.js";
import { lookUpUser, processUser } from "../containers/user.js";
import type { Layer } from "../layers/layer-store.js";
import { layerTar } from "../layers/layer-tar.js";
import type { Span } from "../trace/span.js";
import { BuildError } from "./build-error.js";
import type { HeldMounts, RunMounts } from "./run-mounts.js";
import { StepLog } from "./step-log.js";

/** What BuildKit calls the host of a RUN. */
const HOSTNAME = "buildkitsandbox";

export interface RunStep {
  layers: readonly Layer[];
  argv: readonly string[];
  env: readonly string[];
  workingDirectory: string;
  user: string;
  mounts: RunMounts;
  span: Span;
  signal: AbortSignal;
}

/** @returns the layer's tar. @throws {BuildError} when the process fails; AbortError when the build is given up. */
export async function runStep(runtime: Runtime, step: RunStep): Promise<Uint8Array> {
  step.signal.throwIfAborted();
  const tree = new LayeredTree(step.layers.map((layer) => layer.tree));
  const held = await step.mounts.hold(runtime);
  const initLayer = await holdPlaces(runtime, tree, step.workingDirectory, held).catch((error: unknown) => {
    held.release();
    throw error;
  });
  const names = layerNames(step.layers);
  const id = sandboxKey(runtime.randomID());
  runtime.steps.follow(id, step.span);
  const sandbox = new Sandbox(runtime, id, initLayer ? [...names, initLayer] : names, tree.root.node);
  try {
    await execute(runtime, sandbox, step, tree, held);
    const { entries, contents } = await collectLayer(runtime.machine, sandbox);
    return layerTar(
      entries.filter(({ path }) => !OWN_FILES.includes(`/${path}`)),
      contents,
    );
  } finally {
    // The processes are gone, and their mounts with them.
    held.release();
    runtime.inBackground(
      sandbox.destroy().finally(() => {
        runtime.initLayers.release(initLayer);
        runtime.steps.forget(id);
      }),
    );
  }
}

/** Places for what is mounted, which the image may lack; those in /dev are made there each time. */
function holdPlaces(runtime: Runtime, tree: LayeredTree, workingDirectory: string, { places }: HeldMounts) {
  const inImage = places.filter(({ path }) => !path.startsWith("/dev/"));
  const [files, directories] = (["file", "directory"] as const).map((wanted) =>
    inImage.filter(({ type }) => type === wanted).map(({ path }) => path),
  );
  return runtime.initLayers.hold(tree, workingDirectory, files!, directories);
}

async function execute(
  runtime: Runtime,
  sandbox: Sandbox,
  step: RunStep,
  tree: LayeredTree,
  held: HeldMounts,
): Promise<void> {
  const { signal, span, argv } = step;
  const process = await processOf(step, tree, held.env);
  const own = ownFiles({ Hostname: HOSTNAME }, {});
  const io = new ProcessIO();
  const logs = {
    stdout: new StepLog((text) => span.output("stdout", text)),
    stderr: new StepLog((text) => span.output("stderr", text)),
  };
  const stdio = io.open(runtime.machine.agent, {
    terminal: false,
    stdin: false,
    stdout: true,
    stderr: true,
    stdinOnce: true,
    onOutput: ({ stream, bytes }) => logs[stream].write(bytes),
  });
  const kill = () => void sandbox.kill(SIGKILL, true).catch(() => {});
  try {
    const { exited } = await sandbox
      .start({ spec: specOf(sandbox, process, held.mounts), stdio, files: [...own, ...held.files], tree })
      .catch((error: unknown) => {
        throw failedProcess(argv, startFailure(error, "container").exitCode, (error as Error).message);
      });
    signal.addEventListener("abort", kill);
    if (signal.aborted) kill();
    const { exitCode } = await exited;
    await io.drained();
    signal.throwIfAborted();
    if (exitCode === 0) return;
    for (const log of Object.values(logs)) log.fail();
    throw failedProcess(argv, exitCode);
  } finally {
    signal.removeEventListener("abort", kill);
    io.close();
  }
}

/** Shallow destinations first, so that none hides another. */
function byDepth(mounts: readonly Mount[]): Mount[] {
  return mounts.toSorted((a, b) => a.destination.split("/").length - b.destination.split("/").length);
}

function failedProcess(argv: readonly string[], exitCode: number, reason?: string): BuildError {
  const why =
    reason === undefined ? `exit code: ${exitCode}` : `failed to create task: ${reason}: exit code: ${exitCode}`;
  return new BuildError(`process ${JSON.stringify(argv.join(" "))} did not complete successfully: ${why}`);
}

async function processOf(step: RunStep, tree: LayeredTree, secrets: readonly string[]): Promise<Process> {
  const { home, ...ids } = await lookUpUser((path) => tree.readText(path), step.user);
  const env = overrideEnv([`PATH=${DEFAULT_PATH}`], [...step.env, ...secrets]);
  return {
    terminal: false,
    user: processUser(ids),
    args: [...step.argv],
    env: env.some((entry) => entry.startsWith("HOME=")) ? env : [...env, `HOME=${home}`],
    cwd: step.workingDirectory,
    ...privileges({}),
    rlimits: [],
  };
}

function specOf({ id, directory }: Sandbox, process: Process, mounts: readonly Mount[]): RuntimeSpec {
  return {
    ociVersion: "1.2.0",
    root: { path: `${directory}/merged` },
    hostname: HOSTNAME,
    mounts: [...defaultMounts({ privileged: false, shmBytes: DEFAULT_SHM_BYTES }), ...byDepth(mounts)],
    process,
    linux: {
      namespaces: [
        { type: "mount" },
        { type: "network" },
        { type: "uts" },
        { type: "pid" },
        { type: "ipc" },
        { type: "cgroup" },
      ],
      cgroupsPath: `/buildkit/${id}`,
      resources: {},
      maskedPaths: MASKED_PATHS,
      readonlyPaths: READONLY_PATHS,
      seccomp: defaultSeccomp(DEFAULT_CAPABILITIES),
    },
  };
}
