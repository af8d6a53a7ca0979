/** The lines of the steps view: a flat list of what is unfolded, so that keys and screen readers can walk it. */
import { countBelow, type SpanForest, type SpanItem, type SpanNode } from "./span-forest.js";

export interface StepsRow {
  id: string;
  /** From 1. */
  level: number;
  position: number;
  siblings: number;
  parent?: string;
  kind: SpanNode["kind"] | "step" | "output";
  title: string;
  detail: string;
  /** Milliseconds since 1970. */
  at: number;
  /** Absent for output and for a span that still runs. */
  durationMs?: number;
  state: "running" | "done" | "cached" | "failed" | "cancelled";
  expandable: boolean;
  expanded: boolean;
  /** Share of the root span that passed before this began, and that this took, from 0 to 1. */
  offset: number;
  extent: number;
}

export interface RowsOptions {
  /** Only lines that hold this, and what they are in; empty for all. */
  filter: string;
  isExpanded(node: SpanNode, level: number): boolean;
  /** Show what programs printed. */
  output: boolean;
}

export function visibleRows(forest: SpanForest, options: RowsOptions): StepsRow[] {
  const filter = options.filter.trim().toLowerCase();
  const rows: StepsRow[] = [];
  const shown = forest.roots.filter((root) => !filter || spanMatches(root, filter, options.output));
  shown.forEach((root, index) => {
    const scale = { from: root.at, length: Math.max((root.endedAt ?? forest.lastAt) - root.at, 0.001) };
    addSpan(root, { level: 1, position: index + 1, siblings: shown.length, filter, options, scale, rows });
  });
  return rows;
}

interface Place {
  level: number;
  position: number;
  siblings: number;
  parent?: string;
  filter: string;
  options: RowsOptions;
  scale: { from: number; length: number };
  rows: StepsRow[];
}

function addSpan(node: SpanNode, place: Place): void {
  const { filter, options, rows } = place;
  // A span whose own name matches shows all that is in it.
  const inner = filter && spanSelfMatches(node, filter) ? "" : filter;
  const items = node.items.filter((item) => itemShown(item, inner, options.output));
  const expanded = items.length > 0 && (inner !== "" || options.isExpanded(node, place.level));
  rows.push({
    ...rowPlace(place),
    id: node.id,
    kind: node.kind,
    title: node.step ? `[${node.step.number}/${node.step.total}] ${node.title}` : node.title,
    detail: node.message ?? summary(node),
    at: node.at,
    durationMs: node.endedAt === undefined ? undefined : node.endedAt - node.at,
    state: node.outcome ?? "running",
    expandable: items.length > 0,
    expanded,
    ...extent(node.at, node.endedAt, place.scale),
  });
  if (!expanded) return;
  items.forEach((item, index) => {
    const below = { level: place.level + 1, position: index + 1, siblings: items.length, parent: node.id };
    addItem(item, node, { ...place, ...below, filter: inner });
  });
}

function addItem(item: SpanItem, parent: SpanNode, place: Place): void {
  if (item.type === "span") {
    addSpan(item.span, place);
    return;
  }
  const common = { ...rowPlace(place), id: `${parent.id}.${parent.items.indexOf(item)}`, expandable: false };
  if (item.type === "output") {
    const { text, at, stream } = item;
    const line = {
      kind: "output" as const,
      title: stream,
      detail: text.replace(/\n$/, ""),
      at,
      state: "done" as const,
    };
    place.rows.push({ ...common, ...line, expanded: false, ...extent(at, at, place.scale) });
    return;
  }
  const { call, detail, error, at, durationMicros } = item.step;
  const durationMs = durationMicros / 1000;
  place.rows.push({
    ...common,
    kind: "step",
    title: call,
    detail: error ? `${detail} = ${error}` : detail,
    at,
    durationMs,
    state: error ? "failed" : "done",
    expanded: false,
    ...extent(at, at + durationMs, place.scale),
  });
}

function rowPlace({ level, position, siblings, parent }: Place) {
  return { level, position, siblings, parent };
}

function extent(at: number, end: number | undefined, { from, length }: Place["scale"]) {
  const offset = clamp((at - from) / length);
  return { offset, extent: clamp(((end ?? from + length) - at) / length, 1 - offset) };
}

function clamp(value: number, most = 1): number {
  return Math.min(Math.max(value, 0), most);
}

function summary(node: SpanNode): string {
  const { steps } = countBelow(node);
  return steps === 0 ? "" : `${steps} kernel ${steps === 1 ? "step" : "steps"}`;
}

function itemShown(item: SpanItem, filter: string, output: boolean): boolean {
  if (item.type === "output" && !output) return false;
  if (!filter) return true;
  if (item.type === "span") return spanMatches(item.span, filter, output);
  if (item.type === "output") return item.text.toLowerCase().includes(filter);
  const { call, detail, error = "" } = item.step;
  return `${call} ${detail} ${error}`.toLowerCase().includes(filter);
}

function spanSelfMatches(node: SpanNode, filter: string): boolean {
  return `${node.kind} ${node.title} ${node.message ?? ""}`.toLowerCase().includes(filter);
}

function spanMatches(node: SpanNode, filter: string, output: boolean): boolean {
  return spanSelfMatches(node, filter) || node.items.some((item) => itemShown(item, filter, output));
}
