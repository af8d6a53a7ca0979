/**
 * What a container printed, kept in the page's memory as a ring of 4 MiB: when it is full, the oldest lines go, as with
 * Docker's json-file driver and `max-size`; but whoever reads past the cut is told so on stderr. Lines are what `docker
 * logs` counts and stamps with times; a line may come in several pieces.
 */
import { Emitter } from "../../shared/disposable.js";

export type StreamName = "stdout" | "stderr";

export interface LogEntry {
  /** Counts up from 0 for the first piece. */
  readonly number: number;
  readonly stream: StreamName;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** A line with its newline, or a piece of one. */
  readonly bytes: Uint8Array;
  /** First piece of its line. */
  readonly startsLine: boolean;
}

export interface LogQuery {
  stdout: boolean;
  stderr: boolean;
  /** Milliseconds since 1970, inclusive. */
  since?: number;
  until?: number;
  /** Lines from the end; absent: all. */
  tail?: number;
  /** Goes on until the log is closed. */
  follow: boolean;
  signal?: AbortSignal;
  /** The number of a piece: it and all after it are left out. */
  before?: number;
}

const NEWLINE = 0x0a;
/** Of a log that says nothing else. */
export const LOG_LIMIT_BYTES = 4 << 20;
const CUT = new TextEncoder().encode("[log clipped: earlier lines are gone]\n");
/** What an entry costs besides its bytes, so that a million empty lines count too. */
const ENTRY_COST = 64;

export class ContainerLog {
  readonly #limitBytes: number;
  readonly #changed = new Emitter<void>();
  readonly #lineOpen: Record<StreamName, boolean> = { stdout: false, stderr: false };
  #entries: LogEntry[] = [];
  /** Entries before this index were dropped but not yet cut off the array. */
  #head = 0;
  #next = 0;
  #bytes = 0;
  /** When the last piece that was dropped came. */
  #droppedAt = Number.NEGATIVE_INFINITY;
  #open = false;

  constructor(limitBytes = LOG_LIMIT_BYTES) {
    this.#limitBytes = limitBytes;
  }

  /** A run of the container begins: followers stay until `close`. */
  open(): void {
    this.#open = true;
  }

  close(): void {
    this.#open = false;
    this.#lineOpen.stdout = false;
    this.#lineOpen.stderr = false;
    this.#changed.fire();
  }

  /** Number of the piece to come. */
  get next(): number {
    return this.#next;
  }

  append(stream: StreamName, bytes: Uint8Array, at: number): void {
    for (let start = 0; start < bytes.length; ) {
      const newline = bytes.indexOf(NEWLINE, start);
      const end = newline < 0 ? bytes.length : newline + 1;
      this.#push(stream, bytes.slice(start, end), at, newline < 0);
      start = end;
    }
    this.#drop();
    this.#changed.fire();
  }

  async *read(query: LogQuery): AsyncGenerator<LogEntry, void, undefined> {
    let next = this.#start(query);
    for (;;) {
      const cut = this.#cut(next, query);
      if (cut) yield cut;
      for (const entry of this.#from(next)) {
        next = entry.number + 1;
        if (query.until !== undefined && entry.at > query.until) return;
        if (query.before !== undefined && entry.number >= query.before) return;
        if (isWanted(entry, query)) yield entry;
      }
      if (!query.follow || query.signal?.aborted) return;
      if (next >= this.#next) {
        if (!this.#open) return;
        await this.#change(query.signal);
      }
    }
  }

  #push(stream: StreamName, bytes: Uint8Array, at: number, leavesOpen: boolean): void {
    this.#entries.push({ number: this.#next++, stream, at, bytes, startsLine: !this.#lineOpen[stream] });
    this.#lineOpen[stream] = leavesOpen;
    this.#bytes += bytes.length + ENTRY_COST;
  }

  #drop(): void {
    while (this.#bytes > this.#limitBytes && this.#head < this.#entries.length - 1) {
      const { bytes, at } = this.#entries[this.#head]!;
      this.#bytes -= bytes.length + ENTRY_COST;
      this.#droppedAt = at;
      this.#head++;
    }
    if (this.#head > 1024 && this.#head > this.#entries.length / 2) {
      this.#entries = this.#entries.slice(this.#head);
      this.#head = 0;
    }
  }

  #from(number: number): LogEntry[] {
    return this.#entries.slice(this.#head + Math.max(0, number - this.#first));
  }

  /** Number of the oldest piece that is still there. */
  get #first(): number {
    return this.#next - (this.#entries.length - this.#head);
  }

  /** Said to a reader that wants pieces from `number` on, where some of them are gone. */
  #cut(number: number, { stderr, since }: LogQuery): LogEntry | undefined {
    if (!stderr || number >= this.#first || (since !== undefined && this.#droppedAt < since)) return undefined;
    return { number: this.#first - 1, stream: "stderr", at: this.#droppedAt, bytes: CUT, startsLine: true };
  }

  #start(query: LogQuery): number {
    if (query.tail === undefined) return 0;
    if (query.tail <= 0) return this.#next;
    let lines = 0;
    for (let i = this.#entries.length - 1; i >= this.#head; i--) {
      const entry = this.#entries[i]!;
      if (isWanted(entry, query) && entry.startsLine && ++lines === query.tail) return entry.number;
    }
    return this.#first;
  }

  #change(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        subscription.dispose();
        signal?.removeEventListener("abort", done);
        resolve();
      };
      const subscription = this.#changed.event(done);
      signal?.addEventListener("abort", done);
    });
  }
}

function isWanted(entry: LogEntry, query: LogQuery): boolean {
  return query[entry.stream] && (query.since === undefined || entry.at >= query.since);
}
