/**
 * What one stream of a RUN shows of its output, as BuildKit's util/progress/logs has it with its defaults: the first
 * 2 MiB, then a line that says so; and, should the step fail, the last 256 KiB as well. The process goes on printing.
 * BuildKit's second limit, 200 KiB a second, is left out: it would make a slower machine show less of the same build.
 */
const LIMIT_BYTES = 2 << 20;
const TAIL_BYTES = 256 << 10;
const NOTICE = "\n[output clipped, log limit 2MiB reached]\n";

export class StepLog {
  readonly #show: (text: string) => void;
  readonly #decoder = new TextDecoder();
  #shownBytes = 0;
  /** From the limit on, as a ring. */
  #tail: Uint8Array | undefined;
  #tailBytes = 0;

  constructor(show: (text: string) => void) {
    this.#show = show;
  }

  write(bytes: Uint8Array): void {
    const room = LIMIT_BYTES - this.#shownBytes;
    const shown = bytes.subarray(0, room);
    this.#shownBytes += shown.length;
    const text = this.#decoder.decode(shown, { stream: true });
    if (bytes.length <= room) {
      if (text !== "") this.#show(text);
      return;
    }
    if (!this.#tail) {
      this.#tail = new Uint8Array(TAIL_BYTES);
      this.#show(text + NOTICE);
    }
    this.#keep(bytes);
  }

  /** The step has failed: how it ended is what matters. */
  fail(): void {
    if (!this.#tail) return;
    const start = this.#tailBytes % TAIL_BYTES;
    const decoder = new TextDecoder();
    // Before the ring is full, its end holds nothing.
    const older = this.#tailBytes >= TAIL_BYTES ? decoder.decode(this.#tail.subarray(start), { stream: true }) : "";
    this.#show(older + decoder.decode(this.#tail.subarray(0, start)));
  }

  #keep(bytes: Uint8Array): void {
    const kept = bytes.subarray(-TAIL_BYTES);
    this.#tailBytes += bytes.length - kept.length;
    const start = this.#tailBytes % TAIL_BYTES;
    const first = kept.subarray(0, TAIL_BYTES - start);
    this.#tail!.set(first, start);
    this.#tail!.set(kept.subarray(first.length));
    this.#tailBytes += kept.length;
  }
}
