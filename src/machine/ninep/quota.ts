import { FileError } from "./errors.js";

export interface Limits {
  /** What files hold, without their holes; targets of symbolic links, names and values of extended attributes. */
  bytes: number;
  /** A file with two of them counts twice. */
  names: number;
}

export interface QuotaOptions extends Limits {
  /** One line for who is refused, and for `onFull`. */
  fullText?: (what: keyof Limits) => string;
  /** Called once when something is refused, and again when that happens after there has been room. */
  onFull?: (message: string) => void;
  /** Nodes that the guest has handles on. */
  inUse?: () => ReadonlySet<object>;
}

/** What a quota knows of a node. */
export interface Charged {
  /** Bytes that were taken for it. */
  charged: number;
}

/** There is room again, as far as `onFull` goes, when this share of a limit is free. */
const ROOM_SHARE = 0.1;

/**
 * What files in the page's memory may take. Holes count nothing, as on a disk. A file without a name counts until the guest lets go of it, which is asked when room is short.
 */
export class Quota {
  readonly limits: Limits;
  readonly #used: Limits = { bytes: 0, names: 0 };
  readonly #fullText: (what: keyof Limits) => string;
  readonly #onFull: (message: string) => void;
  readonly #inUse: () => ReadonlySet<object>;
  readonly #told = new Set<keyof Limits>();
  readonly #nameless = new Set<Charged>();

  constructor(options: QuotaOptions = { bytes: Number.POSITIVE_INFINITY, names: Number.POSITIVE_INFINITY }) {
    const { bytes, names, fullText = String, onFull = () => {}, inUse = () => new Set() } = options;
    this.limits = { bytes, names };
    this.#fullText = fullText;
    this.#onFull = onFull;
    this.#inUse = inUse;
  }

  get used(): Readonly<Limits> {
    this.#sweep();
    return this.#used;
  }

  /** What is negative is given back. @throws {FileError} ENOSPC; nothing is taken then. */
  take({ bytes = 0, names = 0 }: Partial<Limits>): void {
    this.#check("bytes", bytes);
    this.#check("names", names);
    this.#used.bytes += bytes;
    this.#used.names += names;
    for (const what of this.#told) if (this.#hasRoom(what)) this.#told.delete(what);
  }

  /** The node has lost its last name. */
  addNameless(node: Charged): void {
    this.#nameless.add(node);
  }

  #check(what: keyof Limits, count: number): void {
    if (count <= 0 || this.#fits(what, count)) return;
    const message = this.#fullText(what);
    if (!this.#told.has(what)) this.#onFull(message);
    this.#told.add(what);
    throw new FileError("ENOSPC", message);
  }

  #hasRoom(what: keyof Limits): boolean {
    return this.#used[what] < this.limits[what] * (1 - ROOM_SHARE);
  }

  #fits(what: keyof Limits, count: number): boolean {
    if (this.#used[what] + count > this.limits[what]) this.#sweep();
    return this.#used[what] + count <= this.limits[what];
  }

  #sweep(): void {
    if (this.#nameless.size === 0) return;
    const inUse = this.#inUse();
    for (const node of this.#nameless) {
      if (inUse.has(node)) continue;
      this.#nameless.delete(node);
      this.take({ bytes: -node.charged });
      node.charged = 0;
    }
  }
}
