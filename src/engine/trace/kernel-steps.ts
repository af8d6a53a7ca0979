/**
 * The agent's kernel steps, put into the spans whose work they are. The agent names a subject (a container's id or a
 * snapshot's key); whoever asked for the work says which span follows that subject.
 *
 * Guest time is monotonic microseconds. A batch arrives some time after its last step ended, so the smallest
 * difference seen among recent batches is the best guess of how far the two clocks are apart.
 */
import type { KernelStep } from "../../protocol/commands.js";
import type { Disposable } from "../../shared/disposable.js";
import type { Clock } from "../clock.js";
import type { Span } from "./span.js";

const RECENT_BATCHES = 32;

export class KernelSteps {
  readonly #clock: Clock;
  readonly #spans = new Map<string, Span>();
  readonly #offsets: number[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Steps of `subject` go to `span` until disposed; a later follower takes over. */
  follow(subject: string, span: Span): Disposable {
    this.#spans.set(subject, span);
    return {
      dispose: () => {
        if (this.#spans.get(subject) === span) this.#spans.delete(subject);
      },
    };
  }

  forget(subject: string): void {
    this.#spans.delete(subject);
  }

  receive({ subject, steps }: { subject: string; steps: KernelStep[] }): void {
    const offset = this.#offset(steps);
    const span = this.#spans.get(subject);
    if (!span) return;
    for (const step of steps) span.step(step, offset + step.startMicros / 1000);
  }

  #offset(steps: KernelStep[]): number {
    const last = steps.at(-1);
    if (last) {
      this.#offsets.push(this.#clock.now() - (last.startMicros + last.durationMicros) / 1000);
      if (this.#offsets.length > RECENT_BATCHES) this.#offsets.shift();
    }
    return Math.min(...this.#offsets);
  }
}
