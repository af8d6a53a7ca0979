/** Puts the engine together: stores, containers, builder, and the Docker Engine API in front of them. */
import type { Disposable, Event } from "../shared/disposable.js";
import { createHandler } from "./api/create-handler.js";
import type { EngineHandler } from "./api/handler.js";
import type { EngineServices } from "./api/services.js";
import { BuildCache } from "./build/build-cache.js";
import { CacheMounts } from "./build/cache-mounts.js";
import { type Clock, systemClock } from "./clock.js";
import { ContainerStore } from "./containers/container-store.js";
import { Containers } from "./containers/containers.js";
import { Execs } from "./containers/execs.js";
import { HealthChecks } from "./containers/health.js";
import { type RandomID, randomID } from "./containers/random-id.js";
import { createRuntime } from "./containers/runtime.js";
import { Stats } from "./containers/stats.js";
import type { EngineMachine } from "./engine-machine.js";
import { MemoryImageStore } from "./images/memory-image-store.js";
import { TarLayerStore } from "./layers/tar-layer-store.js";
import { ContainerNetworks } from "./networks/container-networks.js";
import { answerQuestions } from "./networks/name-server.js";
import { Networks } from "./networks/networks.js";
import { exchangeHttp } from "./ports/http.js";
import { openPort, type PortConnection } from "./ports/port-connection.js";
import { pullForBuild, pullWithMessages } from "./pull.js";
import { createRegistryClient, type RegistryClientOptions } from "./registry-client/registry-client.js";
import type { TraceEvent, TraceSink } from "./trace/events.js";
import { TraceHistory } from "./trace/history.js";
import { createTrace } from "./trace/span.js";
import { VolumeStore } from "./volumes/volume-store.js";

export interface EngineOptions {
  machine: EngineMachine;
  /** `mirror` is the base address that stands for docker.io; below it, that of others by their name. */
  registry?: RegistryClientOptions & { mirror?: string };
  clock?: Clock;
  randomID?: RandomID;
  /** Told every event of the trace. */
  sink?: TraceSink;
  /** Release of the guest's kernel, for `docker info`. */
  kernel?: string;
}

export interface Engine extends EngineHandler, Disposable {
  /**
   * A connection to the container that publishes the port. @throws {EngineError} `not-found` where none does;
   * {CommandError} with the errno, such as ECONNREFUSED, where nobody listens in it.
   */
  connectPort(port: number): Promise<PortConnection>;
  /** As a browser's `fetch` of `localhost:port`. @throws as `connectPort`; {HttpError} for what is no answer. */
  fetchPort(port: number, request: Request): Promise<Response>;
  /** Events from now on. */
  readonly onTrace: Event<TraceEvent>;
  /** The recent past of the trace, for listeners that come late. */
  traceHistory(): readonly TraceEvent[];
  /** Resolves when nothing is left to clean up in the guest. */
  idle(): Promise<void>;
  /** Figures for leak tests. */
  figures(): EngineFigures;
}

export interface EngineFigures {
  containers: number;
  execs: number;
  /** Ends of processes that are waited for. */
  expectedExits: number;
  images: number;
  /** Bytes of the layers' tars. */
  layerBytes: number;
}

export function createEngine(options: EngineOptions): Engine {
  const { machine, clock = systemClock, sink } = options;
  const history = new TraceHistory();
  const trace = createTrace((event) => {
    history.add(event);
    sink?.(event);
  }, clock);
  const { runtime, subscriptions } = createRuntime(machine, trace, options.randomID ?? randomID);
  const services = createServices(options, runtime);
  subscriptions.push(
    answerQuestions(machine.agent, services.containerNetworks),
    machine.layers.onRead(({ layer, path }) => trace.sink({ type: "layer-read", at: clock.now(), layer, path })),
  );
  const connectPort = async (port: number) => openPort(machine.agent, services.containerNetworks.target(port));
  return {
    ...createHandler(services),
    connectPort,
    fetchPort: async (port, request) => exchangeHttp(await connectPort(port), request),
    onTrace: history.onTrace,
    traceHistory: () => history.events(),
    idle: () => runtime.idle(),
    figures: () => figuresOf(services),
    dispose() {
      for (const subscription of subscriptions) subscription.dispose();
      services.health.dispose();
      services.containers.dispose();
      runtime.events.dispose();
      history.dispose();
    },
  };
}

function createServices(
  { machine, registry: { mirror, ...registryOptions } = {}, kernel = "" }: EngineOptions,
  runtime: EngineServices["runtime"],
): EngineServices {
  const layers = new TarLayerStore(machine.layers);
  const images = new MemoryImageStore(layers);
  const containerStore = new ContainerStore();
  const volumes = new VolumeStore(runtime);
  const cache = new BuildCache(layers);
  const networks = new Networks(machine.agent, runtime.clock, runtime.randomID);
  const containerNetworks = new ContainerNetworks(networks, (reference) => containerStore.resolve(reference));
  const stores = { containers: containerStore, images, layers, volumes, networks, containerNetworks };
  const containers = new Containers(runtime, stores);
  const mirrors = {
    ...(mirror && { "docker.io": mirror, "gcr.io": new URL("gcr.io/", mirror).href }),
    ...registryOptions.mirrors,
  };
  const registry = createRegistryClient({ ...registryOptions, mirrors });
  const { trace, events } = runtime;
  const pulling = { registry, images, layers, trace, events };
  const work = workCounter();
  const execs = new Execs(runtime);
  return {
    runtime,
    containers,
    execs,
    health: new HealthChecks(runtime, containerStore, execs),
    stats: new Stats(runtime),
    images,
    layers,
    volumes,
    networks,
    containerNetworks,
    cache,
    kernel,
    build: {
      runtime,
      layers,
      images,
      cache,
      cacheMounts: new CacheMounts(machine.agent, runtime.randomID),
      pull: (reference, span, signal) => pullForBuild(pulling, reference, span, signal),
    },
    pull: (reference, pull) => work.during(() => pullWithMessages(pulling, reference, pull)),
    whileWorking: work.during,
    collect() {
      // What a pull or build has brought is not held by an image yet.
      if (work.isBusy()) return 0;
      const inContainers = containers.list().flatMap(({ image }) => image.config.rootfs.diff_ids);
      return layers.collect(new Set([...images.heldLayers(), ...cache.held(), ...inContainers]));
    },
  };
}

function workCounter() {
  let running = 0;
  return {
    isBusy: () => running > 0,
    async during<T>(work: () => Promise<T>): Promise<T> {
      running++;
      try {
        return await work();
      } finally {
        running--;
      }
    },
  };
}

function figuresOf({ containers, execs, runtime, images, layers }: EngineServices): EngineFigures {
  return {
    containers: containers.list().length,
    execs: execs.size,
    expectedExits: runtime.exits.size,
    images: images.list().length,
    layerBytes: [...images.heldLayers()].reduce((sum, diffID) => sum + (layers.get(diffID)?.tarBytes ?? 0), 0),
  };
}
