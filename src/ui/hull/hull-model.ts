/** The machine as one picture, from the engine's answers: the shelf of layers, and the containers that stand on it. */
import type { ContainerInspect, ImageSummary, LayerReport } from "../../session/client.js";
import { partInstruction } from "../layers/layer-model.js";

/** A layer on the shelf: drawn once, however many images and containers stand on it. */
export interface Slab {
  diffID: string;
  /** The instruction that made it. */
  keyword: string;
  rest: string;
  bytes: number;
  /** Bytes that a later layer hides in every image that has it. */
  hiddenBytes: number;
  /** Names of the images that have it. */
  images: string[];
}

export type NamespaceName = "mnt" | "pid" | "net" | "uts" | "ipc" | "cgroup" | "user";

/** A wall of a container. */
export interface Wall {
  namespace: NamespaceName;
  /** `own`; `guest` where there is no wall; `joined` with the name of the container whose it is. */
  kind: "own" | "guest" | "joined";
  with?: string;
}

export interface Vessel {
  id: string;
  name: string;
  command: string;
  /** Process id in the guest; inside it is 1. */
  pid: number;
  walls: Wall[];
  /** Of each network that it is in, with its address there. */
  networks: { name: string; address: string }[];
  /** Such as `8080 → 80/tcp`. */
  ports: string[];
  /** Of the image, the topmost first. */
  slabs: string[];
  /** Bytes in the container's own layer; undefined until they are known. */
  upperBytes?: number;
  readOnly: boolean;
}

export interface ImageLayers {
  name: string;
  reports: readonly LayerReport[];
}

/** Each layer of the images once, in the order in which the images have them. */
export function shelfOf(images: Iterable<ImageLayers>): Slab[] {
  const slabs = new Map<string, Slab>();
  for (const { name, reports } of images) {
    for (const { diffID, instruction, size, hiddenBytes } of reports) {
      if (!diffID) continue;
      const known = slabs.get(diffID);
      if (!known) {
        slabs.set(diffID, { diffID, ...partInstruction(instruction), bytes: size, hiddenBytes, images: [name] });
        continue;
      }
      known.hiddenBytes = Math.min(known.hiddenBytes, hiddenBytes);
      if (!known.images.includes(name)) known.images.push(name);
    }
  }
  return [...slabs.values()];
}

export function vesselOf(inspect: ContainerInspect, reports: readonly LayerReport[], upperBytes?: number): Vessel {
  const { Id, Name, Path, Args, State, HostConfig } = inspect;
  return {
    id: Id,
    name: Name.replace(/^\//, ""),
    command: [Path, ...Args].join(" "),
    pid: State.Pid,
    walls: wallsOf(HostConfig),
    networks: networksOf(inspect),
    ports: portsOf(inspect),
    slabs: reports.flatMap(({ diffID }) => diffID ?? []).reverse(),
    upperBytes,
    readOnly: HostConfig.ReadonlyRootfs ?? false,
  };
}

function wallsOf(host: ContainerInspect["HostConfig"]): Wall[] {
  return [
    { namespace: "mnt", kind: "own" },
    wall("pid", host.PidMode),
    wall("net", host.NetworkMode),
    wall("uts", host.UTSMode),
    wall("ipc", host.IpcMode),
    wall("cgroup", host.CgroupnsMode),
    // Not built yet: every container is in the guest's.
    { namespace: "user", kind: "guest" },
  ];
}

function wall(namespace: NamespaceName, mode = ""): Wall {
  if (mode === "host") return { namespace, kind: "guest" };
  const [, container] = /^container:(.+)/.exec(mode) ?? [];
  return container ? { namespace, kind: "joined", with: container.slice(0, 12) } : { namespace, kind: "own" };
}

function networksOf({ NetworkSettings }: ContainerInspect): Vessel["networks"] {
  const entries = Object.entries(NetworkSettings.Networks).filter(([, { IPAddress }]) => IPAddress);
  return entries.map(([name, { IPAddress }]) => ({ name, address: IPAddress }));
}

/** A port that is published for IPv4 and for IPv6 is one. */
function portsOf({ NetworkSettings }: ContainerInspect): string[] {
  const published = Object.entries(NetworkSettings.Ports).flatMap(([port, bindings]) =>
    (bindings ?? []).map(({ HostPort }) => `${HostPort} → ${port}`),
  );
  return [...new Set(published)];
}

/** Share of a slab's widest, from 0 to 1: the square root of the bytes, so that small ones stay to be seen. */
export function slabShare(bytes: number, mostBytes: number): number {
  return mostBytes === 0 ? 0 : Math.sqrt(bytes / mostBytes);
}

/** The same angle on the colour wheel for the same layer, wherever it is drawn. */
export function hueOf(diffID: string): number {
  const digits = Number.parseInt(diffID.replace("sha256:", "").slice(0, 6), 16);
  return Number.isNaN(digits) ? 0 : digits % 360;
}

export function imageName({ RepoTags, Id }: ImageSummary): string {
  return RepoTags[0] ?? Id.replace("sha256:", "").slice(0, 12);
}
