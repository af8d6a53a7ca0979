/**
 * Where an image's bytes went: for each instruction what its layer adds, changes and deletes, and which of its files
 * a later layer hides although they are still shipped. Whiteouts and opaque directories act on the layers below
 * their own only (image-spec layer.md, "Whiteouts").
 */
import type { DiffID } from "../../shared/oci/digest.js";
import type { ImageConfig } from "../../shared/oci/image.js";
import { comparePaths } from "../../shared/text/path-bytes.js";
import type { Layer, LayerChange } from "./layer-store.js";

/** One history entry, oldest first; GET /drydock/images/{id}/layers answers a list of these. */
export interface LayerReport {
  /** Null where the instruction made no layer. */
  diffID: DiffID | null;
  /** Name below the guest's `layers/`; empty where there is no layer. */
  name: string;
  /** `created_by` of the history, as `docker history` prints it untruncated. */
  instruction: string;
  /** RFC 3339, where the history tells. */
  created?: string;
  /** Bytes of the regular files: SIZE of `docker history`. */
  size: number;
  /** Bytes of the uncompressed tar. */
  tarBytes: number;
  empty: boolean;
  changes: LayerReportChange[];
  /** Bytes of this layer's files that a later layer hides. */
  hiddenBytes: number;
}

export interface LayerReportChange {
  /** Absolute. */
  path: string;
  action: "added" | "changed" | "deleted" | "opaque";
  type?: LayerChange["type"];
  /** Files: bytes. Deleted and opaque: bytes of the files that it hides. */
  size: number;
  mode?: number;
  /** A later layer replaced or removed it: its bytes are shipped, but no container sees them. */
  hidden: boolean;
  /** Position in the report of the layer that hid it. */
  hiddenBy?: number;
}

/** What a container of the layers so far sees at a path. */
interface Seen {
  children: Map<string, Seen>;
  /** Absent for directories that no layer lists. */
  change?: LayerReportChange;
}

/** @param layers the image's layers by DiffID; @throws {RangeError} naming a DiffID that is not among them. */
export function reportLayers(config: ImageConfig, layers: (diffID: DiffID) => Layer | undefined): LayerReport[] {
  const root: Seen = { children: new Map() };
  const reports = historyOf(config).map(({ instruction, created, diffID }, index) => {
    if (!diffID) return emptyReport(instruction, created);
    const layer = layers(diffID);
    if (!layer) throw new RangeError(`no layer ${diffID}`);
    const { name, size, tarBytes } = layer;
    const changes = applyLayer(root, layer.changes, index);
    return { diffID, name, instruction, created, size, tarBytes, empty: false, changes, hiddenBytes: 0 };
  });
  for (const report of reports) {
    for (const change of report.changes) if (change.hidden) report.hiddenBytes += change.size;
  }
  return reports;
}

/** History and rootfs side by side; layers without a history entry come last, unnamed. */
function historyOf({ history = [], rootfs }: ImageConfig) {
  const left = [...rootfs.diff_ids];
  const entries: { instruction: string; created?: string; diffID?: DiffID }[] = history.map((entry) => ({
    instruction: entry.created_by ?? "",
    created: entry.created,
    diffID: entry.empty_layer ? undefined : left.shift(),
  }));
  for (const diffID of left) entries.push({ instruction: "", diffID });
  return entries;
}

function emptyReport(instruction: string, created: string | undefined): LayerReport {
  return {
    diffID: null,
    name: "",
    instruction,
    created,
    size: 0,
    tarBytes: 0,
    empty: true,
    changes: [],
    hiddenBytes: 0,
  };
}

function applyLayer(root: Seen, changes: readonly LayerChange[], index: number): LayerReportChange[] {
  const set = new Set(changes.filter((change) => change.action === "set").map((change) => change.path));
  const replaced = new Set<string>();
  const removals: LayerReportChange[] = [];
  for (const change of changes) {
    if (change.action === "set") continue;
    const hidden = hide(root, change, index);
    if (change.action === "whiteout" && hidden.existed && set.has(change.path)) replaced.add(change.path);
    else removals.push(removal(change, hidden.bytes));
  }
  const settings = changes
    .filter((change) => change.action === "set")
    .map((change) => place(root, change, index, replaced));
  return [...settings, ...removals].sort((a, b) => comparePaths(a.path, b.path));
}

function removal({ path, action, type, mode }: LayerChange, bytes: number): LayerReportChange {
  return { path, action: action === "opaque" ? "opaque" : "deleted", type, size: bytes, mode, hidden: false };
}

/** Takes what a whiteout or an opaque directory hides out of sight. */
function hide(root: Seen, change: LayerChange, index: number): { bytes: number; existed: boolean } {
  const parts = partsOf(change.path);
  const name = parts.at(-1);
  if (change.action === "whiteout" && name !== undefined) {
    const parent = find(root, parts.slice(0, -1));
    const node = parent?.children.get(name);
    if (!node) return { bytes: 0, existed: false };
    parent?.children.delete(name);
    return { bytes: markHidden(node, index), existed: true };
  }
  const directory = find(root, parts);
  let bytes = 0;
  for (const child of directory?.children.values() ?? []) bytes += markHidden(child, index);
  directory?.children.clear();
  return { bytes, existed: directory !== undefined };
}

/** Puts an entry in sight, in place of what was there. */
function place(root: Seen, entry: LayerChange, index: number, replaced: ReadonlySet<string>): LayerReportChange {
  let parent = root;
  const parts = partsOf(entry.path);
  for (const part of parts.slice(0, -1)) parent = childOf(parent, part);
  const name = parts.at(-1);
  const before = name === undefined ? root : parent.children.get(name);
  const { path, type, size, mode } = entry;
  const existed = before !== undefined || replaced.has(path);
  const change: LayerReportChange = { path, action: existed ? "changed" : "added", type, size, mode, hidden: false };
  // A directory listed again has new attributes at most: overlayfs merges what is in it.
  const keepsChildren = before !== undefined && type === "directory";
  if (before && !keepsChildren) markHidden(before, index);
  const node: Seen = { children: keepsChildren ? before.children : new Map(), change };
  if (name === undefined) root.change = change;
  else parent.children.set(name, node);
  return change;
}

/** @returns the bytes that went out of sight. */
function markHidden({ change, children }: Seen, index: number): number {
  let bytes = 0;
  if (change) {
    change.hidden = true;
    change.hiddenBy = index;
    bytes += change.size;
  }
  for (const child of children.values()) bytes += markHidden(child, index);
  return bytes;
}

function find(root: Seen, parts: readonly string[]): Seen | undefined {
  let node: Seen | undefined = root;
  for (const part of parts) node = node?.children.get(part);
  return node;
}

function childOf(parent: Seen, name: string): Seen {
  const there = parent.children.get(name);
  if (there) return there;
  const made: Seen = { children: new Map() };
  parent.children.set(name, made);
  return made;
}

function partsOf(path: string): string[] {
  return path.split("/").filter((part) => part !== "");
}
