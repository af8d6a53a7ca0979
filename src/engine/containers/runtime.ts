/** What containers and build steps run on. */

import { ProtocolError } from "../../protocol/peer.js";
import type { Disposable } from "../../shared/disposable.js";
import type { Clock } from "../clock.js";
import type { EngineMachine } from "../engine-machine.js";
import { EventLog } from "../events/event-log.js";
import type { Layer, LayerStore } from "../layers/layer-store.js";
import { KernelSteps } from "../trace/kernel-steps.js";
import type { Trace } from "../trace/span.js";
import { Exits } from "./exits.js";
import { createInitLayers, type InitLayers } from "./init-layer.js";
import { KernelFiles } from "./kernel-files.js";
import type { RandomID } from "./random-id.js";

export interface Runtime {
  readonly machine: EngineMachine;
  readonly exits: Exits;
  readonly steps: KernelSteps;
  readonly kernelFiles: KernelFiles;
  readonly initLayers: InitLayers;
  readonly trace: Trace;
  readonly events: EventLog;
  readonly clock: Clock;
  readonly randomID: RandomID;
  /** Work in the guest that nobody waits for; failures are told on the console of the page. */
  inBackground(work: Promise<unknown>): void;
  /** Resolves when no background work is left. */
  idle(): Promise<void>;
}

export function createRuntime(
  machine: EngineMachine,
  trace: Trace,
  randomID: RandomID,
): { runtime: Runtime; subscriptions: Disposable[] } {
  const exits = new Exits();
  const steps = new KernelSteps(trace.clock);
  const pending = new Set<Promise<unknown>>();
  const subscriptions = [
    machine.agent.on("container.exited", (exit) => exits.receive(exit)),
    machine.agent.on("trace.steps", (batch) => steps.receive(batch)),
    machine.agent.onClose(() => exits.endAll()),
    // An agent that has started anew has ended what the one before it ran.
    machine.agent.onRestart(() => exits.endAll()),
  ];
  const inBackground = (work: Promise<unknown>) => {
    const done = work
      .catch((error: unknown) => {
        // When the channel is gone, so is what was to be cleaned up.
        if (!(error instanceof ProtocolError)) console.warn("drydock: cleaning up in the guest failed:", error);
      })
      .finally(() => pending.delete(done));
    pending.add(done);
  };
  const idle = async () => {
    while (pending.size > 0) await Promise.all(pending);
  };
  const initLayers = createInitLayers(machine.layers);
  const runtime: Runtime = {
    machine,
    exits,
    steps,
    kernelFiles: new KernelFiles(machine.agent),
    initLayers,
    trace,
    events: new EventLog(trace.clock),
    clock: trace.clock,
    randomID,
    inBackground,
    idle,
  };
  return { runtime, subscriptions };
}

/**
 * Names for the overlay's lowerdirs, lowest first. overlayfs refuses one directory twice; where a layer comes twice
 * the upper one decides everything that the lower one says, so the lower one goes. Empty layers go as well.
 */
export function layerNames(layers: readonly Layer[]): string[] {
  const names = layers.filter(({ changes }) => changes.length > 0).map(({ name }) => name);
  return names.filter((name, index) => names.lastIndexOf(name) === index);
}

/** @throws {Error} naming a layer that is not there; an image in the store always has its own. */
export function layersOf(store: LayerStore, diffIDs: readonly Layer["diffID"][]): Layer[] {
  return diffIDs.map((diffID) => {
    const layer = store.get(diffID);
    if (!layer) throw new Error(`layer ${diffID} is not in the layer store`);
    return layer;
  });
}
