import type { System } from "../system.js";

/** Around the allocator's classes, which end at 512, and far beyond. */
const SIZES = [
  ...Array.from({ length: 40 }, (_, i) => i),
  ...[63, 64, 65, 127, 128, 129, 255, 256, 257, 479, 480, 481, 495, 496, 497, 511, 512, 513, 520, 528, 529],
  ...[1000, 4095, 4096, 4097, 65535, 65536, 65537, 131072, 1_000_000],
];

/** A text of this length that is no other's. */
function textOf(size: number, mark: number): string {
  const word = `${mark}:${size};`;
  return word.repeat(Math.ceil(size / word.length)).slice(0, size);
}

/** The byte at `index` of what has this mark. */
const byteOf = (index: number, mark: number) => (index * 7 + mark) & 0xff;

class Held {
  readonly #text: string;
  readonly #bytes: Uint8Array;
  readonly #doubles: Float64Array;
  #numbers: number[] = [];

  constructor(
    readonly size: number,
    readonly mark: number,
  ) {
    this.#text = textOf(size, mark);
    this.#bytes = new Uint8Array(size).map((_, index) => byteOf(index, mark));
    // Eight bytes each: the block must lie where they may.
    this.#doubles = new Float64Array(size >> 3).fill(mark + 0.5);
    this.resize(size);
  }

  resize(size: number): void {
    for (let i = this.#numbers.length; i < size; i++) this.#numbers.push(i ^ this.mark);
    this.#numbers.length = size;
  }

  isWhole(): boolean {
    return (
      this.#text === textOf(this.size, this.mark) &&
      this.#bytes.length === this.size &&
      this.#bytes.every((byte, index) => byte === byteOf(index, this.mark)) &&
      this.#doubles.every((double) => double === this.mark + 0.5) &&
      this.#numbers.every((number, index) => number === (index ^ this.mark))
    );
  }
}

/** Texts, arrays and typed arrays of all sizes, held beside each other, grown, shrunk and dropped in changing order. */
export function allocations(system: System) {
  const megabytes = () =>
    Number(/VmRSS:\s+(\d+)/.exec(system.utf8Decode(system.readFile("/proc/self/status")))![1]) / 1024;
  let [broken, checked] = [0, 0];
  const check = (held: Held | undefined) => {
    if (!held) return;
    checked++;
    if (!held.isWhole()) broken++;
  };
  const round = (seed: number) => {
    const sizes = SIZES.filter((size) => size < 5000);
    const held: (Held | undefined)[] = sizes.map((size, mark) => new Held(size, mark + seed));
    for (let step = 0; step < 1500; step++) {
      const at = (step * 31 + seed * 17) % held.length;
      const [size, other] = [sizes[at]!, sizes[(at * 5 + step) % sizes.length]!];
      if (step % 3 === 0) {
        check(held[at]);
        held[at] = undefined;
      } else if (step % 3 === 1) held[at] ??= new Held(size, at + step);
      else held[at]?.resize(other);
    }
    held.forEach(check);
  };
  for (let seed = 0; seed < 3; seed++) round(seed);
  const before = megabytes();
  for (let seed = 3; seed < 10; seed++) round(seed);
  const grownByRounds = megabytes() - before;
  for (const size of SIZES.filter((each) => each > 5000)) check(new Held(size, 3));
  let large: Uint8Array[] = Array.from({ length: 40 }, () => new Uint8Array(1 << 20).fill(1));
  const whileHeld = megabytes() - before;
  large = [];
  return {
    broken,
    checked: checked > 300,
    grownByRounds,
    whileHeld,
    afterwards: megabytes() - before,
    left: large.length,
  };
}
