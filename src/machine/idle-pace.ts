/** A guest that has had nothing to do for so long is woken less often. */
const QUIET_AFTER_MS = 500;
const SLOW_WAKE_MS = 20;
/** A slice of guest time that takes longer did some work. */
const WORK_MS = 5;

/**
 * Says how long the guest may sleep. The stock 686 kernel has a periodic tick: left alone, an idle guest wakes 250
 * times a second and takes a tenth of a core. Once it has been quiet for a while its sleeps are stretched, which costs
 * it only the precision of its own timers; its clock is right whenever it wakes, and input wakes it at once.
 *
 * Sleeps are whole milliseconds, rounded up: timers fire at whole ones, and v86 would spend what is left spinning.
 */
export class IdlePace {
  #quietSince: number | null = null;

  /**
   * @param sleepMs what the guest asked for at the end of a slice.
   * @param sliceMs how long the slice took.
   */
  sleep(sleepMs: number, sliceMs: number, halted: boolean, now: number): number {
    if (!halted || sliceMs > WORK_MS) {
      this.#quietSince = null;
      return halted ? Math.ceil(sleepMs) : sleepMs;
    }
    this.#quietSince ??= now;
    const wholeMs = Math.ceil(sleepMs);
    return now - this.#quietSince < QUIET_AFTER_MS ? wholeMs : Math.max(wholeMs, SLOW_WAKE_MS);
  }

  /** Something came in. */
  wake(): void {
    this.#quietSince = null;
  }
}
