/** Numbers that look random and are the same for the same seed (the mulberry32 generator). */
export interface Random {
  /** A whole number from 0 up to, but not, `limit`. */
  below(limit: number): number;
  of<Value>(values: readonly Value[]): Value;
  /** True once in `times`. */
  once(times: number): boolean;
  bytes(length: number): Uint8Array;
}

export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  return {
    below,
    of: (values) => values[below(values.length)]!,
    once: (times) => below(times) === 0,
    bytes: (length) => Uint8Array.from({ length }, () => below(256)),
  };
}
