/** What the API's resources are made of. */
import type { BuildCache } from "../build/build-cache.js";
import type { BuildServices } from "../build/build-request.js";
import type { Containers } from "../containers/containers.js";
import type { Execs } from "../containers/execs.js";
import type { HealthChecks } from "../containers/health.js";
import type { Runtime } from "../containers/runtime.js";
import type { Stats } from "../containers/stats.js";
import type { Image, ImageStore } from "../images/image-store.js";
import type { LayerStore } from "../layers/layer-store.js";
import type { ContainerNetworks } from "../networks/container-networks.js";
import type { Networks } from "../networks/networks.js";
import type { VolumeStore } from "../volumes/volume-store.js";
import type { ProgressMessage } from "./types.js";

export interface EngineServices {
  readonly runtime: Runtime;
  readonly containers: Containers;
  readonly execs: Execs;
  readonly health: HealthChecks;
  readonly stats: Stats;
  readonly images: ImageStore;
  readonly layers: LayerStore;
  readonly volumes: VolumeStore;
  readonly networks: Networks;
  readonly containerNetworks: ContainerNetworks;
  readonly cache: BuildCache;
  readonly build: BuildServices;
  /** Fetches an image from its registry into the store, telling of its progress as Docker does. */
  pull(reference: string, options: PullOptions): Promise<Image>;
  /** Layers that `work` brings are not let go while it lasts. */
  whileWorking<T>(work: () => Promise<T>): Promise<T>;
  /** Lets go of layers that no image, container or cache entry holds. @returns bytes freed. */
  collect(): number;
  /** Release of the guest's kernel, empty when it is not known. */
  readonly kernel: string;
}

export interface PullOptions {
  signal: AbortSignal;
  onProgress(message: ProgressMessage): void;
}
