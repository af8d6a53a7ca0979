import { median } from "./figure.js";

/** What became of a figure over a long run. */
export interface Growth {
  /** Medians of the first and of the last quarter of the samples. */
  first: number;
  last: number;
  /** The larger median deviation within either quarter. */
  noise: number;
  grew: boolean;
}

/** Of normally distributed samples the medians of two quarters differ by so much once in many thousand. */
const NOISE_FACTOR = 5;
/** Less than this part of the figure is not worth a word. */
const SMALLEST = 0.01;

/** @param samples in order. @throws {RangeError} without samples. */
export function growthOf(samples: readonly number[]): Growth {
  const quarter = Math.ceil(samples.length / 4);
  const head = samples.slice(0, quarter);
  const tail = samples.slice(-quarter);
  const [first, last] = [median(head), median(tail)];
  const noise = Math.max(deviation(head, first), deviation(tail, last));
  return { first, last, noise, grew: last - first > Math.max(noise * NOISE_FACTOR, Math.abs(first) * SMALLEST) };
}

function deviation(samples: readonly number[], middle: number): number {
  return median(samples.map((sample) => Math.abs(sample - middle)));
}
