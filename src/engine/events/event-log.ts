/**
 * What happened to the engine's objects, as `docker events` tells it. Apart from the trace, which tells how: what is
 * told here stays small and is the same whoever looks.
 */
import { Emitter, type Event } from "../../shared/disposable.js";
import type { Clock } from "../clock.js";

export type ObjectKind = "builder" | "container" | "image" | "network" | "volume";

export interface EngineEvent {
  kind: ObjectKind;
  /** moby's word, such as `die` or `exec_create: sh -c true`. */
  action: string;
  /** Of the object; empty where the event is of several, as `prune` is. */
  id: string;
  attributes: Readonly<Record<string, string>>;
  /** Milliseconds since 1970. */
  at: number;
}

/** As many as dockerd keeps. */
const KEPT = 256;

export class EventLog {
  readonly #clock: Clock;
  readonly #emitter = new Emitter<EngineEvent>();
  #past: EngineEvent[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  readonly onEvent: Event<EngineEvent> = this.#emitter.event;

  tell(kind: ObjectKind, action: string, id: string, attributes: EngineEvent["attributes"] = {}): void {
    const event = { kind, action, id, attributes, at: this.#clock.now() };
    this.#past = [...this.#past, event].slice(-KEPT);
    this.#emitter.fire(event);
  }

  /** The last ones, oldest first. */
  past(): readonly EngineEvent[] {
    return this.#past;
  }

  dispose(): void {
    this.#emitter.dispose();
  }
}
