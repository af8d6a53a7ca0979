/** The trace's recent past, for listeners that come late; the oldest events go first. */
import { Emitter, type Event } from "../../shared/disposable.js";
import type { TraceEvent } from "./events.js";

/** A full build of twenty steps is about two thousand events; one RUN may print four megabytes. */
const LIMITS = { events: 20_000, bytes: 16 << 20 };
/** Near enough what an event takes besides its texts. */
const EVENT_BYTES = 200;
const CHARACTER_BYTES = 2;

export class TraceHistory {
  readonly #limits: typeof LIMITS;
  readonly #emitter = new Emitter<TraceEvent>();
  #events: TraceEvent[] = [];
  #bytes = 0;

  constructor(limits: Partial<typeof LIMITS> = {}) {
    this.#limits = { ...LIMITS, ...limits };
  }

  readonly onTrace: Event<TraceEvent> = this.#emitter.event;

  add(event: TraceEvent): void {
    this.#events.push(event);
    this.#bytes += bytesOf(event);
    if (this.#events.length > this.#limits.events || this.#bytes > this.#limits.bytes) this.#drop();
    this.#emitter.fire(event);
  }

  events(): readonly TraceEvent[] {
    return this.#events;
  }

  dispose(): void {
    this.#emitter.dispose();
    this.#events = [];
    this.#bytes = 0;
  }

  /** A quarter at a time, so that a full history does not move its array with every event. */
  #drop(): void {
    const most = { events: this.#limits.events * 0.75, bytes: this.#limits.bytes * 0.75 };
    let gone = 0;
    while (this.#events.length - gone > most.events || this.#bytes > most.bytes)
      this.#bytes -= bytesOf(this.#events[gone++]!);
    this.#events = this.#events.slice(gone);
  }
}

function bytesOf(event: TraceEvent): number {
  return EVENT_BYTES + CHARACTER_BYTES * textOf(event).length;
}

/** The part that may be long. */
function textOf(event: TraceEvent): string {
  switch (event.type) {
    case "output":
      return event.text;
    case "step":
      return event.detail;
    case "span-start":
      return event.title;
    case "span-end":
      return event.message ?? "";
    default:
      return "";
  }
}
