import type { System } from "./system/system.js";

const SLICE_MICROS = 10_000;

/** Lets long work give the event loop a turn every 10 ms. */
export class Yielder {
  #since: number;

  constructor(readonly system: System) {
    this.#since = system.monotonicMicros();
  }

  due(): boolean {
    return this.system.monotonicMicros() - this.#since > SLICE_MICROS;
  }

  async turn(): Promise<void> {
    await new Promise<void>((resolve) => this.system.setTimer(0, resolve));
    this.#since = this.system.monotonicMicros();
  }
}
