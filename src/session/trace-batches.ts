import type { TraceEvent, TraceSink } from "../engine/trace/events.js";

/** A container's start is some hundred steps: they cross to the page a few times a second, in order. */
const BATCH_MS = 40;

export interface TraceBatches {
  sink: TraceSink;
  /** Hands on what waits: for when something is told that must not overtake it. */
  flush(): void;
}

/** Hands events on in batches. */
export function traceBatches(deliver: (events: TraceEvent[]) => void): TraceBatches {
  let batch: TraceEvent[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    if (batch.length === 0) return;
    const full = batch;
    batch = [];
    deliver(full);
  };
  return {
    sink(event) {
      batch.push(event);
      timer ??= setTimeout(flush, BATCH_MS);
    },
    flush,
  };
}
