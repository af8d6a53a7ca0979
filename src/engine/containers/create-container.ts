/** Makes a container of a create request: checks it and plans its mounts. The guest hears of it when it is started. */
import type { ContainerConfigJSON, ContainerCreateRequest, HostConfigJSON } from "../api/types.js";
import { EngineError } from "../engine-error.js";
import type { ImageStore } from "../images/image-store.js";
import type { LayerStore } from "../layers/layer-store.js";
import type { ContainerNetworks } from "../networks/container-networks.js";
import type { Membership } from "../networks/network.js";
import { parseNetworkMode } from "../networks/network-mode.js";
import type { Networks } from "../networks/networks.js";
import { planMemberships } from "../networks/plan-memberships.js";
import { planPorts } from "../networks/plan-ports.js";
import { startSpan } from "../trace/span.js";
import type { VolumeStore } from "../volumes/volume-store.js";
import { Container } from "./container.js";
import { mergeConfig } from "./container-config.js";
import type { ContainerStore } from "./container-store.js";
import { settleHostConfig } from "./host-config.js";
import { LayeredTree } from "./layered-tree.js";
import { type PlannedMount, planMounts } from "./mount-points.js";
import { layerNames, layersOf, type Runtime } from "./runtime.js";
import { Sandbox, sandboxKey } from "./sandbox.js";
import { parseSignal } from "./signals.js";

export interface Stores {
  readonly containers: ContainerStore;
  readonly images: ImageStore;
  readonly layers: LayerStore;
  readonly volumes: VolumeStore;
  readonly networks: Networks;
  readonly containerNetworks: ContainerNetworks;
}

/** The guest's own host name. */
const GUEST_NAME = "drydock";

export interface Created {
  container: Container;
  warnings: string[];
}

/** @throws {EngineError} in Docker's words. */
export async function createContainer(
  runtime: Runtime,
  stores: Stores,
  request: ContainerCreateRequest,
  askedName: string | undefined,
): Promise<Created> {
  stores.containers.claim(askedName);
  const image = stores.images.find(request.Image);
  if (!image) throw new EngineError("not-found", `No such image: ${withTag(request.Image)}`);
  const id = runtime.randomID();
  const config = mergeConfig(request, image.config.config ?? {}, id);
  if (config.StopSignal) parseSignal(config.StopSignal);
  const { host, warnings } = settleHostConfig(request.HostConfig);
  const memberships = membershipsOf(stores, host, config, request.NetworkingConfig?.EndpointsConfig);
  const mounts = planMounts(host, Object.keys(config.Volumes ?? {}), stores.volumes.directory, runtime.randomID);
  const layers = layersOf(stores.layers, image.config.rootfs.diff_ids);
  const tree = new LayeredTree(layers.map((layer) => layer.tree));
  const initLayer = await runtime.initLayers.hold(tree, config.WorkingDir ?? "", ["/.dockerenv"]);
  let name: string;
  try {
    // The name may have gone while the layer was hashed.
    name = stores.containers.claim(askedName);
  } catch (error) {
    runtime.initLayers.release(initLayer);
    throw error;
  }
  const span = startSpan(runtime.trace, { kind: "container", title: name });
  const key = sandboxKey(id);
  runtime.steps.follow(key, span);
  const names = layerNames(layers);
  const sandbox = new Sandbox(runtime, key, initLayer ? [...names, initLayer] : names, tree.root.node);
  const createdAt = runtime.clock.now();
  const container = new Container({
    id,
    name,
    createdAt,
    image,
    layers,
    tree,
    config,
    host,
    mounts,
    memberships,
    initLayer,
    sandbox,
    span,
  });
  stores.containers.add(container);
  stores.volumes.claim(mounts, id);
  return { container, warnings: [...warnings, ...uncopied(tree, mounts)] };
}

/** @throws {EngineError} `invalid`, also for ports that cannot be published. */
function membershipsOf(
  { networks, containers }: Stores,
  host: HostConfigJSON,
  config: ContainerConfigJSON,
  endpoints: Parameters<typeof planMemberships>[1],
): Membership[] {
  planPorts(host, config);
  const mode = parseNetworkMode(host.NetworkMode);
  // It has the names of the other, or of the guest.
  if (mode.kind === "container") config.Hostname = containers.resolve(mode.reference).config.Hostname;
  if (mode.kind === "host") config.Hostname = GUEST_NAME;
  return planMemberships(mode, endpoints).map((membership) => {
    return { ...membership, reference: networks.find(membership.reference)?.name ?? membership.reference };
  });
}

/** Docker fills a new volume with what the image has at its path; here it starts empty, and says so. */
function uncopied(tree: LayeredTree, mounts: readonly PlannedMount[]): string[] {
  return mounts.flatMap(({ Type, Destination }) => {
    const found = Type === "volume" ? tree.lookup(Destination) : undefined;
    return found && tree.children(found).length > 0
      ? [`the image's files at ${Destination} are not copied to a new volume yet: it starts empty`]
      : [];
  });
}

function withTag(reference: string): string {
  return /[:@][^/]*$/.test(reference) ? reference : `${reference}:latest`;
}
