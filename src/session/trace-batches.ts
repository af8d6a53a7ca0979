import type { TraceEvent, TraceSink } from "../engine/trace/events.js";

/** A container's start is some hundred steps: they cross to the page a few times a second, in order. */
const BATCH_MS = 40;

/** A sink that hands events on in batches. */
export function traceBatches(deliver: (events: TraceEvent[]) => void): TraceSink {
  let batch: TraceEvent[] = [];
  return (event) => {
    batch.push(event);
    if (batch.length > 1) return;
    setTimeout(() => {
      const full = batch;
      batch = [];
      deliver(full);
    }, BATCH_MS);
  };
}
