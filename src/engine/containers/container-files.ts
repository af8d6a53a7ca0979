/** A container's files as they are now, for what reads them from outside: cp, export, commit. */
import { timeOfMs } from "../../shared/files/file-attributes.js";
import { writeTar } from "../../shared/tar/write-tar.js";
import type { EngineMachine } from "../engine-machine.js";
import { layerTar } from "../layers/layer-tar.js";
import { readLayer } from "../layers/read-layer.js";
import { collectGuestTree, collectLayer, collectRunning, listDiff } from "./collected.js";
import type { Container } from "./container.js";
import { OWN_FILES } from "./default-spec.js";
import { LayeredTree, type MergedNode, resolvePath } from "./layered-tree.js";
import type { PlannedMount } from "./mount-points.js";
import { isRunning } from "./status.js";

/** The layer tar of what a container has changed; what the engine itself puts there is left out. */
export async function changedLayer(machine: EngineMachine, container: Container): Promise<Uint8Array> {
  const { sandbox, state } = container;
  const { entries, contents } = await (isRunning(state.status) ? collectRunning : collectLayer)(machine, sandbox);
  return layerTar(
    entries.filter(({ path }) => !OWN_FILES.includes(`/${path}`)),
    contents,
  );
}

/** Its image's layers with what it has changed on top; not what is mounted there. */
export async function containerTree(machine: EngineMachine, container: Container): Promise<LayeredTree> {
  return onLayers(container, await changedLayer(machine, container));
}

/** The same, cheaply: the changed files have their sizes, and no data. */
async function outline(machine: EngineMachine, container: Container): Promise<LayeredTree> {
  const entries = await listDiff(machine, container.sandbox);
  const hollow = entries.map((entry) => (entry.type === "file" ? { ...entry, offset: 0, extents: [] } : entry));
  return onLayers(container, layerTar(hollow, new Uint8Array()));
}

function onLayers({ layers }: Container, changes: Uint8Array): LayeredTree {
  return new LayeredTree([...layers.map((layer) => layer.tree), readLayer(changes).tree]);
}

export interface FoundFile {
  /** The tree that `node` is of. */
  tree: LayeredTree;
  node: MergedNode;
}

/**
 * What is at `path` of a container, in a volume or bind too; a link at its end is not followed.
 * @param withData whether what the container has changed is read, and not only listed.
 */
export async function findFile(
  machine: EngineMachine,
  container: Container,
  path: string,
  withData: boolean,
): Promise<FoundFile | undefined> {
  const absolute = resolvePath("/", path);
  const own = OWN_FILES.includes(absolute) ? await ownFile(container, absolute) : undefined;
  if (own) return own;
  const mount = mountAt(container, absolute);
  const treeOf = withData ? containerTree : outline;
  const tree = mount ? await mountedTree(machine, mount) : await treeOf(machine, container);
  const node = tree.lookup(mount ? absolute.slice(mount.Destination.length) : absolute, { follow: false });
  return node && { tree, node };
}

/** One of those that the engine puts into a container that runs. */
async function ownFile({ sandbox, state }: Container, path: string): Promise<FoundFile | undefined> {
  const text = isRunning(state.status) ? await sandbox.readText(path) : undefined;
  if (text === undefined) return undefined;
  const attributes = { mode: 0o644, uid: 0, gid: 0, mtime: timeOfMs(state.startedAt ?? 0) };
  const contents = new TextEncoder().encode(text);
  const tree = new LayeredTree([
    readLayer(writeTar([{ ...attributes, path: path.slice(1), type: "file", contents }])).tree,
  ]);
  return { tree, node: tree.lookup(path)! };
}

/** The deepest volume or bind that `path` leads into. */
export function mountAt({ mounts }: Container, path: string): PlannedMount | undefined {
  return mounts
    .filter(({ Type, Destination }) => Type !== "tmpfs" && `${path}/`.startsWith(`${Destination}/`))
    .sort((a, b) => b.Destination.length - a.Destination.length)[0];
}

async function mountedTree(machine: EngineMachine, { Source }: PlannedMount): Promise<LayeredTree> {
  const { entries, contents } = await collectGuestTree(machine, Source);
  const layer = readLayer(layerTar(entries, contents));
  return new LayeredTree([layer.tree]);
}
