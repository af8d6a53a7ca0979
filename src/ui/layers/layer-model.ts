/** The layers view as data: an image's layers newest first, as `docker history` lists them, and where the bytes are. */
import type { LayerReport, LayerReportChange } from "../../session/client.js";

export interface LayersModel {
  /** Newest first. */
  layers: LayerRow[];
  /** Sum of all layers' sizes: what `docker images` calls SIZE. */
  shippedBytes: number;
  /** What a container sees of it. */
  visibleBytes: number;
  hiddenBytes: number;
}

export interface LayerRow {
  /** 1 for the oldest entry of the history. */
  number: number;
  diffID: string | null;
  keyword: string;
  rest: string;
  /** As the history has it. */
  instruction: string;
  empty: boolean;
  size: number;
  tarBytes: number;
  hiddenBytes: number;
  /** Shares of the shipped bytes, from 0 to 1. */
  visibleShare: number;
  hiddenShare: number;
  counts: { added: number; changed: number; deleted: number };
  changes: ChangeRow[];
}

export interface ChangeRow extends LayerReportChange {
  mark: "A" | "C" | "D";
  /** What became of it, or what it did, in words; empty for an ordinary change. */
  note: string;
}

export function layersModel(reports: readonly LayerReport[]): LayersModel {
  const shippedBytes = reports.reduce((sum, report) => sum + report.size, 0);
  const hiddenBytes = reports.reduce((sum, report) => sum + report.hiddenBytes, 0);
  const layers = reports.map((report, index) => layerRow(report, index, shippedBytes)).reverse();
  return { layers, shippedBytes, hiddenBytes, visibleBytes: shippedBytes - hiddenBytes };
}

function layerRow(report: LayerReport, index: number, shippedBytes: number): LayerRow {
  const { diffID, instruction, empty, size, tarBytes, hiddenBytes } = report;
  const share = (bytes: number) => (shippedBytes === 0 ? 0 : bytes / shippedBytes);
  const changes = report.changes.filter((change) => !isPassedThrough(change)).map(changeRow);
  return {
    number: index + 1,
    diffID,
    ...partInstruction(instruction),
    instruction,
    empty,
    size,
    tarBytes,
    hiddenBytes,
    visibleShare: share(size - hiddenBytes),
    hiddenShare: share(hiddenBytes),
    counts: {
      added: changes.filter(({ mark }) => mark === "A").length,
      changed: changes.filter(({ mark }) => mark === "C").length,
      deleted: changes.filter(({ mark }) => mark === "D").length,
    },
    changes,
  };
}

/** A layer lists the directories on the way to what it changed; those say nothing by themselves. */
function isPassedThrough({ action, type }: LayerReportChange): boolean {
  return action === "changed" && type === "directory";
}

function changeRow(change: LayerReportChange): ChangeRow {
  const mark = change.action === "added" ? "A" : change.action === "changed" ? "C" : "D";
  return { ...change, mark, note: noteOf(change) };
}

function noteOf({ action, hidden, hiddenBy, size }: LayerReportChange): string {
  if (action === "opaque") return "hides all that lower layers have here";
  if (action === "deleted") return size > 0 ? "its bytes stay in the layer below" : "";
  if (hidden && size > 0) return `shipped, hidden by layer ${(hiddenBy ?? 0) + 1}`;
  return hidden ? `hidden by layer ${(hiddenBy ?? 0) + 1}` : "";
}

/** `RUN /bin/sh -c rm /x # buildkit` as the Dockerfile had it: RUN, and `rm /x`. */
export function partInstruction(createdBy: string): { keyword: string; rest: string } {
  const text = createdBy
    .replace(/^\/bin\/sh -c #\(nop\)\s+/, "")
    .replace(/^\/bin\/sh -c /, "RUN ")
    .replace(/\s*# buildkit$/, "")
    .trim();
  const [, keyword = "", rest = ""] = /^([A-Z]+)(?:\s+([\s\S]*))?$/.exec(text) ?? [];
  if (!keyword) return { keyword: "", rest: text };
  const shell = keyword === "RUN" ? rest.replace(/^\/bin\/sh -c /, "") : rest;
  return { keyword, rest: shell };
}
