/** Trace events gathered into trees: what was done, and inside it what the kernel did. */
import type { SpanEnd, SpanStart, StepEvent, TraceEvent } from "../../session/client.js";

export interface SpanNode {
  id: string;
  kind: SpanStart["kind"];
  title: string;
  step?: SpanStart["step"];
  /** Milliseconds since 1970. */
  at: number;
  endedAt?: number;
  outcome?: SpanEnd["outcome"];
  message?: string;
  /** Spans, kernel steps and output, in the order in which they were reported. */
  items: SpanItem[];
  /** What the output among them takes, near enough. */
  outputBytes: number;
}

export type SpanItem =
  | { type: "span"; span: SpanNode }
  | { type: "step"; step: StepEvent }
  | { type: "output"; stream: "stdout" | "stderr" | "progress"; text: string; at: number };

export interface SpanForest {
  roots: SpanNode[];
  byId: Map<string, SpanNode>;
  /** Latest time that any event carried: where a running span has got to. */
  lastAt: number;
}

/** What one span's output may take; the oldest goes first. */
const OUTPUT_BYTES_KEPT = 2 << 20;
/** Of one piece, besides its characters. */
const PIECE_BYTES = 100;
/** Whole pieces of work kept; the oldest go first. */
const ROOTS_KEPT = 100;

export function emptyForest(): SpanForest {
  return { roots: [], byId: new Map(), lastAt: 0 };
}

/** Adds `event` to `forest`, in place. Steps and output of a span that is not there are dropped. */
export function applyTrace(forest: SpanForest, event: TraceEvent): void {
  forest.lastAt = Math.max(forest.lastAt, event.at);
  switch (event.type) {
    case "span-start":
      startSpan(forest, event);
      break;
    case "span-end":
      endSpan(forest, event);
      break;
    case "step":
      forest.byId.get(event.span)?.items.push({ type: "step", step: event });
      forest.lastAt = Math.max(forest.lastAt, event.at + event.durationMicros / 1000);
      break;
    case "output": {
      const { stream, text, at } = event;
      const node = forest.byId.get(event.span);
      if (node) addOutput(node, { type: "output", stream, text, at });
      break;
    }
  }
}

type OutputItem = Extract<SpanItem, { type: "output" }>;

const takes = ({ text }: OutputItem): number => PIECE_BYTES + 2 * text.length;

function addOutput(node: SpanNode, item: OutputItem): void {
  node.items.push(item);
  node.outputBytes += takes(item);
  if (node.outputBytes <= OUTPUT_BYTES_KEPT) return;
  // Half of it at once, so that the list is not gone through for each piece.
  node.items = node.items.filter((old) => {
    if (old.type !== "output" || old === item || node.outputBytes <= OUTPUT_BYTES_KEPT / 2) return true;
    node.outputBytes -= takes(old);
    return false;
  });
}

function startSpan(forest: SpanForest, { span, parent, kind, title, step, at }: SpanStart): void {
  const node: SpanNode = { id: span, kind, title, step, at, items: [], outputBytes: 0 };
  forest.byId.set(span, node);
  const above = parent === undefined ? undefined : forest.byId.get(parent);
  if (above) above.items.push({ type: "span", span: node });
  else addRoot(forest, node);
}

function addRoot(forest: SpanForest, node: SpanNode): void {
  forest.roots.push(node);
  while (forest.roots.length > ROOTS_KEPT) forget(forest, forest.roots.shift());
}

function forget(forest: SpanForest, node: SpanNode | undefined): void {
  if (!node) return;
  forest.byId.delete(node.id);
  for (const item of node.items) if (item.type === "span") forget(forest, item.span);
}

function endSpan(forest: SpanForest, { span, at, outcome, message }: SpanEnd): void {
  const node = forest.byId.get(span);
  if (!node) return;
  node.endedAt = at;
  node.outcome = outcome;
  node.message = message;
}

/** Spans and kernel steps below `node`. */
export function countBelow(node: SpanNode): { spans: number; steps: number; failed: number } {
  const count = { spans: 0, steps: 0, failed: 0 };
  for (const item of node.items) {
    if (item.type === "step") {
      count.steps++;
      if (item.step.error) count.failed++;
    } else if (item.type === "span") {
      const below = countBelow(item.span);
      count.spans += 1 + below.spans;
      count.steps += below.steps;
      count.failed += below.failed;
    }
  }
  return count;
}
