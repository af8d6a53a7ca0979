/** The trace's recent past, for listeners that come late; the oldest events go first. */
import { Emitter, type Event } from "../../shared/disposable.js";
import type { TraceEvent } from "./events.js";

/** Events kept; a full build of twenty steps is about two thousand. */
const LIMIT = 20_000;

export class TraceHistory {
  readonly #limit: number;
  readonly #emitter = new Emitter<TraceEvent>();
  #events: TraceEvent[] = [];

  constructor(limit = LIMIT) {
    this.#limit = limit;
  }

  readonly onTrace: Event<TraceEvent> = this.#emitter.event;

  add(event: TraceEvent): void {
    this.#events.push(event);
    // Dropped a quarter at a time, so that a full history does not move its array with every event.
    if (this.#events.length > this.#limit) this.#events = this.#events.slice(-Math.ceil(this.#limit * 0.75));
    this.#emitter.fire(event);
  }

  events(): readonly TraceEvent[] {
    return this.#events;
  }

  dispose(): void {
    this.#emitter.dispose();
    this.#events = [];
  }
}
