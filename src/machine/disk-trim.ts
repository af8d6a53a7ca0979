import type { Disposable } from "../shared/disposable.js";
import type { SparseDisk } from "./sparse-disk.js";

/** After a write that frees blocks, such as a file's removal, more writes of the same work are to be expected. */
const QUIET_MS = 2000;
/** While the guest writes on and on it is not left to grow by more than this. */
const GROWTH_BYTES = 64 << 20;
/** Less is not worth asking for: what every container writes and removes is used again by the next. */
export const LEAST_BYTES = 2 << 20;

/**
 * Has the guest give back what it freed of `disk`, once it has been written and then left alone. To ask costs the guest
 * less than half a million instructions (decision 0010).
 */
export class DiskTrim implements Disposable {
  readonly #disk: SparseDisk;
  readonly #ask: () => Promise<unknown>;
  readonly #subscription: Disposable;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #lastWrite = 0;
  #asking = false;
  /** Bytes held after the last time. */
  #kept: number;

  /** @param ask has the guest trim; may fail. */
  constructor(disk: SparseDisk, ask: () => Promise<unknown>) {
    this.#disk = disk;
    this.#ask = ask;
    this.#kept = disk.heldBytes;
    this.#subscription = disk.onWrite(() => this.#written());
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#subscription.dispose();
  }

  #written(): void {
    this.#lastWrite = performance.now();
    if (!this.#asking && this.#disk.heldBytes > this.#kept + GROWTH_BYTES) void this.#trim();
    this.#timer ??= setTimeout(() => this.#elapsed(), QUIET_MS);
  }

  #elapsed(): void {
    const rest = this.#lastWrite + QUIET_MS - performance.now();
    this.#timer = rest > 0 ? setTimeout(() => this.#elapsed(), rest) : undefined;
    if (rest <= 0 && !this.#asking && this.#disk.heldBytes >= this.#kept + LEAST_BYTES) void this.#trim();
  }

  async #trim(): Promise<void> {
    this.#asking = true;
    try {
      await this.#ask();
      this.#kept = this.#disk.heldBytes;
    } catch {
      // The machine has stopped, or is being stopped.
    } finally {
      this.#asking = false;
    }
  }
}
