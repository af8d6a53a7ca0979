/**
 * Guest instructions since the first reading. v86's own counter has 32 bits and comes round within half a minute of a
 * busy guest, so it must be read more often than that.
 */
export class InstructionCount {
  readonly #read: () => number;
  #last: number;
  #total = 0;

  /** @param read v86's counter; of its value the lower 32 bits count. */
  constructor(read: () => number) {
    this.#read = read;
    this.#last = read();
  }

  /** Reads the counter. @returns the instructions so far, which never fall. */
  sample(): number {
    const now = this.#read();
    this.#total += (now - this.#last) >>> 0;
    this.#last = now;
    return this.#total;
  }
}
