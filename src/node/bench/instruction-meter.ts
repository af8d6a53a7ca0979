/**
 * Counts what a line costs the guest in instructions, which are steadier than times. A line is counted until the guest
 * is quiet again, so that what is done after the answer is counted too; the guest's idling is taken off.
 *
 * What is put off for longer than the quiet (written-back pages, freed namespaces) falls into the next run of the same
 * line. One run goes ahead uncounted, so that each counted run has as much of it from the one before as it leaves.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { median } from "./figure.js";

/** A shell in a guest, and the guest's instructions so far. */
export interface CountedGuest {
  run(line: string): Promise<unknown>;
  instructions(): number;
}

const WINDOW_MS = 100;
/** Less than the half second after which a quiet guest is woken less often: its idling has one rate until then. */
const QUIET_WINDOWS = 4;
/** A window with so many times the idle guest's instructions has some work in it. */
const WORK_FACTOR = 2;
const IDLE_SAMPLES = 5;
/** A guest that is never quiet is told, not waited for. */
const QUIET_TIMEOUT_MS = 60_000;

export class InstructionMeter {
  readonly #guest: CountedGuest;
  /** Instructions of the idle guest a millisecond. */
  readonly #idleRate: number;

  /** Measures the idle guest, which takes 3 seconds. */
  static async open(guest: CountedGuest): Promise<InstructionMeter> {
    await sleep(1000);
    const rates: number[] = [];
    for (let sample = 0; sample < IDLE_SAMPLES; sample++) {
      await guest.run(":");
      await sleep(WINDOW_MS);
      rates.push(await rateOver(guest, WINDOW_MS * (QUIET_WINDOWS - 1)));
    }
    return new InstructionMeter(guest, median(rates));
  }

  private constructor(guest: CountedGuest, idleRate: number) {
    this.#guest = guest;
    this.#idleRate = idleRate;
  }

  /** Instructions of each of `runs` runs of `line`, back to back, each until the guest is quiet. */
  async count(line: string, runs: number): Promise<number[]> {
    await this.countOnce(line);
    const counts: number[] = [];
    while (counts.length < runs) counts.push(await this.countOnce(line));
    return counts;
  }

  /** @throws {Error} when the guest always has something to do. */
  async untilQuiet(): Promise<void> {
    const deadline = performance.now() + QUIET_TIMEOUT_MS;
    for (let quiet = 0; quiet < QUIET_WINDOWS; ) {
      if (performance.now() > deadline) throw new Error(`the guest was not quiet for ${QUIET_TIMEOUT_MS / 1000} s`);
      const rate = await rateOver(this.#guest, WINDOW_MS);
      quiet = rate > this.#idleRate * WORK_FACTOR ? 0 : quiet + 1;
    }
  }

  /** Instructions of one run, until the guest is quiet. What was put off before it is counted too. */
  async countOnce(line: string): Promise<number> {
    const before = this.#guest.instructions();
    const startedMs = performance.now();
    await this.#guest.run(line);
    await this.untilQuiet();
    return this.#guest.instructions() - before - this.#idleRate * (performance.now() - startedMs);
  }
}

/** Instructions a millisecond. */
async function rateOver(guest: CountedGuest, windowMs: number): Promise<number> {
  const before = guest.instructions();
  const startedMs = performance.now();
  await sleep(windowMs);
  return (guest.instructions() - before) / (performance.now() - startedMs);
}
