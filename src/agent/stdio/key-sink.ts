import { DetachKeys } from "../../shared/terminal/detach-keys.js";
import type { ByteSink } from "./descriptor-sink.js";

/** Passes on what is typed, up to the keys that leave the terminal. */
export class KeySink implements ByteSink {
  readonly #keys: DetachKeys;

  constructor(
    readonly sink: ByteSink,
    keys: readonly number[],
    readonly onDetach: () => void,
  ) {
    this.#keys = new DetachKeys(keys);
  }

  get broken(): boolean {
    return this.#keys.detached || this.sink.broken;
  }

  write(typed: Uint8Array): Promise<void> | undefined {
    if (this.#keys.detached) return undefined;
    const passed = this.#keys.pass(typed);
    if (this.#keys.detached) this.onDetach();
    return passed.length > 0 ? this.sink.write(passed) : undefined;
  }
}
