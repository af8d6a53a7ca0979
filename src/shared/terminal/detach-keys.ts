/** The keys that leave a process's terminal without ending it. */
const DEFAULT = "ctrl-p,ctrl-q";
const CONTROLS = "@abcdefghijklmnopqrstuvwxyz[\\]^_";

/** `ctrl-p,ctrl-q`, `a,b`; Docker's own where nothing is said. @throws {RangeError} naming the key. */
export function parseDetachKeys(text = ""): number[] {
  return (text || DEFAULT).split(",").map((key) => {
    const control = /^ctrl-(.)$/.exec(key)?.[1];
    const code = control === undefined ? -1 : CONTROLS.indexOf(control);
    if (code >= 0) return code;
    if (!/^[\x20-\x7e]$/.test(key)) throw new RangeError(`invalid detach keys (${text}): unknown key ${key}`);
    return key.charCodeAt(0);
  });
}

/** Looks for the keys in what is typed, however it comes in pieces. */
export class DetachKeys {
  readonly #keys: readonly number[];
  #matched = 0;
  #detached = false;

  constructor(keys: readonly number[]) {
    this.#keys = keys;
  }

  /** The keys have come, all of them. */
  get detached(): boolean {
    return this.#detached;
  }

  /** What of `typed` is for the process. The beginning of the keys is held back until it is known to be none. */
  pass(typed: Uint8Array): Uint8Array {
    const passed: number[] = [];
    for (const byte of typed) {
      if (this.#detached) break;
      this.#take(byte, passed);
    }
    return Uint8Array.from(passed);
  }

  #take(byte: number, passed: number[]): void {
    if (byte !== this.#keys[this.#matched]) {
      passed.push(...this.#keys.slice(0, this.#matched));
      this.#matched = 0;
    }
    if (byte !== this.#keys[this.#matched]) passed.push(byte);
    else this.#detached = ++this.#matched === this.#keys.length;
  }
}
