/** The product without a page: machine, engine and `docker` in this process. */
import type { Machine, WorkspaceSeed } from "../machine/machine.js";
import { restoreMachine } from "../machine/restore-machine.js";
import { createSessionCore, type SessionCore } from "../session/compose.js";
import type { Disposable } from "../shared/disposable.js";
import { prepare } from "./prepare.js";
import { readVMImage, V86_WASM } from "./read-vm-image.js";
import { fetchFrom, REGISTRY_URL } from "./static-registry.js";
import type { StepListener } from "./steps.js";

export interface Headless extends Disposable {
  machine: Machine;
  core: SessionCore;
}

export interface HeadlessOptions {
  workspace?: WorkspaceSeed[];
  /** A shell on the terminal. Default false. */
  shell?: boolean;
  columns?: number;
  rows?: number;
  /** Told of what has to be built first. */
  onStep?: StepListener;
}

/** Builds what is missing, restores the machine and serves the guest's `docker` commands. */
export async function openHeadless(options: HeadlessOptions = {}): Promise<Headless> {
  const { vmImage, registry } = await prepare({ onStep: options.onStep });
  const machine = await restore(vmImage, options);
  const core = createSessionCore({ machine, registry: { fetch: fetchFrom(registry), mirror: REGISTRY_URL } });
  return {
    machine,
    core,
    dispose() {
      core.dispose();
      machine.dispose();
    },
  };
}

async function restore(folder: string, options: HeadlessOptions): Promise<Machine> {
  const { manifest, state } = await readVMImage(folder);
  return restoreMachine({
    wasm: V86_WASM,
    state,
    memoryBytes: manifest.memoryBytes,
    columns: options.columns ?? 80,
    rows: options.rows ?? 24,
    shell: options.shell ?? false,
    workspace: options.workspace,
  });
}
