/** Throws when what the seed stands for goes wrong. The same seed always does the same. */
export type FuzzTarget = (seed: number) => void;

/** Which seed it was is the message; what went wrong its cause. */
export class SeedError extends Error {
  override name = "SeedError";
  constructor(
    readonly seed: number,
    cause: unknown,
  ) {
    super(`seed ${seed}: ${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}`, { cause });
  }
}

/** @throws {SeedError} at the first seed that fails. */
export function fuzzSeeds(target: FuzzTarget, from: number, count: number): void {
  for (let seed = from; seed < from + count; seed++)
    try {
      target(seed);
    } catch (error) {
      throw new SeedError(seed, error);
    }
}

/** @throws {Error} with the message, unless it holds. */
export function check(holds: boolean, message: string): asserts holds {
  if (!holds) throw new Error(message);
}
