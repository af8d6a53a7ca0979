/** The product without a page: machine, engine and `docker` in this process. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { VMImageManifest } from "../machine/images.js";
import type { Machine, WorkspaceSeed } from "../machine/machine.js";
import { restoreMachine } from "../machine/restore-machine.js";
import { createSessionCore, type SessionCore } from "../session/compose.js";
import type { Disposable } from "../shared/disposable.js";
import { prepare } from "./prepare.js";
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
  const manifest: VMImageManifest = JSON.parse(await readFile(join(folder, "vm.json"), "utf8"));
  const state = await readFile(join(folder, manifest.state.file));
  return restoreMachine({
    wasm: createRequire(import.meta.url).resolve("v86/build/v86.wasm"),
    state: state.buffer.slice(state.byteOffset, state.byteOffset + state.byteLength) as ArrayBuffer,
    memoryBytes: manifest.memoryBytes,
    columns: options.columns ?? 80,
    rows: options.rows ?? 24,
    shell: options.shell ?? false,
    workspace: options.workspace,
  });
}
