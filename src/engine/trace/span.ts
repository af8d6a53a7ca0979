/**
 * Spans: pieces of work with a beginning and an end, reported to a sink as they go. A span that has ended ignores a
 * second end, so that a failure path and a normal path may both close it.
 */
import type { KernelStep } from "../../protocol/commands.js";
import type { DiffID } from "../../shared/oci/digest.js";
import type { Clock } from "../clock.js";
import type { OutputEvent, SpanEnd, SpanStart, TraceSink } from "./events.js";

/** Where spans report, and whose time they carry. */
export interface Trace {
  readonly sink: TraceSink;
  readonly clock: Clock;
  /** A span id never used before. */
  nextSpan(): string;
}

export interface Span {
  readonly id: string;
  readonly startedAt: number;
  /** `at`: when the step began, in page time. */
  step(step: KernelStep, at: number): void;
  output(stream: OutputEvent["stream"], text: string): void;
  layer(diffID: DiffID, index: number): void;
  end(outcome: SpanEnd["outcome"], message?: string): void;
}

export function createTrace(sink: TraceSink, clock: Clock): Trace {
  let count = 0;
  return {
    sink,
    clock,
    nextSpan() {
      count += 1;
      return `s${count}`;
    },
  };
}

export type SpanTitle = Pick<SpanStart, "kind" | "title" | "parent" | "step">;

export function startSpan({ sink, clock, nextSpan }: Trace, title: SpanTitle): Span {
  const span = nextSpan();
  const startedAt = clock.now();
  let ended = false;
  sink({ type: "span-start", span, at: startedAt, ...title });
  return {
    id: span,
    startedAt,
    step: (step, at) => sink({ type: "step", span, at: Math.max(at, startedAt), ...step }),
    output: (stream, text) => sink({ type: "output", span, at: clock.now(), stream, text }),
    layer: (diffID, index) => sink({ type: "layer", span, at: clock.now(), diffID, index }),
    end(outcome, message) {
      if (ended) return;
      ended = true;
      sink({ type: "span-end", span, at: clock.now(), outcome, ...(message !== undefined && { message }) });
    },
  };
}

/** Runs `work` inside a span: done when it returns, failed (or cancelled) when it throws. */
export async function inSpan<T>(
  trace: Trace,
  title: SpanTitle,
  work: (span: Span) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const span = startSpan(trace, title);
  try {
    const result = await work(span);
    span.end("done");
    return result;
  } catch (error) {
    span.end(signal?.aborted ? "cancelled" : "failed", error instanceof Error ? error.message : String(error));
    throw error;
  }
}
