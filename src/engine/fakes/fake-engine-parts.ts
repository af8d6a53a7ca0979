/** Containers on a fake machine, with one image `busybox:latest`. */

import type { ContainerConfig } from "../../shared/oci/image.js";
import { ContainerStore } from "../containers/container-store.js";
import { Containers } from "../containers/containers.js";
import { Execs } from "../containers/execs.js";
import { createRuntime } from "../containers/runtime.js";
import { ContainerNetworks } from "../networks/container-networks.js";
import { Networks } from "../networks/networks.js";
import type { TraceEvent } from "../trace/events.js";
import { createTrace } from "../trace/span.js";
import { VolumeStore } from "../volumes/volume-store.js";
import { fakeMachine, type Program } from "./fake-machine.js";
import { fakeLayer, fakeStores } from "./fake-stores.js";
import { directory, file } from "./trees.js";

export const busyboxRoot = () =>
  directory({
    bin: directory({ sh: file("sh", { mode: 0o755 }) }),
    etc: directory({
      passwd: file("root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/home:/bin/false\n"),
      group: file("root:x:0:\nwheel:x:10:root\nnogroup:x:65534:\n"),
    }),
  });

export function fakeEngineParts(programs: Record<string, Program> = {}, config: ContainerConfig = {}) {
  const machine = fakeMachine(programs);
  const events: TraceEvent[] = [];
  let now = 1_700_000_000_000;
  let ids = 0;
  const clock = {
    now: () => now++,
    sleeps: [] as number[],
    sleep(ms: number, signal?: AbortSignal) {
      clock.sleeps.push(ms);
      return new Promise<void>((resolve) => {
        setTimeout(resolve, 1);
        signal?.addEventListener("abort", () => resolve());
      });
    },
  };
  const randomID = () => (++ids).toString(16).padStart(4, "a").padEnd(64, "0");
  const trace = createTrace((event) => events.push(event), clock);
  const { runtime, subscriptions } = createRuntime(machine, trace, randomID);
  const stores = fakeStores("busybox:latest", { Cmd: ["sh"], Env: ["PATH=/bin"], ...config }, [
    fakeLayer("b0", busyboxRoot()),
  ]);
  const store = new ContainerStore();
  const volumes = new VolumeStore(runtime);
  const networks = new Networks(machine.agent, clock, () => `f${randomID().slice(1)}`);
  const containerNetworks = new ContainerNetworks(networks, (reference) => store.resolve(reference));
  const all = { ...stores, containers: store, volumes, networks, containerNetworks };
  const containers = new Containers(runtime, all);
  const execs = new Execs(runtime);
  return { machine, events, clock, runtime, subscriptions, stores: all, store, volumes, containers, execs };
}
