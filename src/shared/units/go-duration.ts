/** A duration that cannot be read; the message is Go's. */
export class DurationError extends Error {
  override name = "DurationError";
}

/** Nanoseconds. */
const units: Record<string, number> = { ns: 1, us: 1e3, µs: 1e3, μs: 1e3, ms: 1e6, s: 1e9, m: 60e9, h: 3600e9 };

/** `1m30s`, `500ms` as Go's time.ParseDuration reads them, in nanoseconds. @throws {DurationError} in Go's words. */
export function parseGoDuration(text: string): number {
  const [, sign, rest] = /^([+-]?)(.*)$/s.exec(text)!;
  if (rest === "0") return 0;
  let nanoseconds = 0;
  let left = rest!;
  if (left === "") throw new DurationError(`time: invalid duration ${JSON.stringify(text)}`);
  while (left !== "") {
    const match = /^(\d+\.?\d*|\.\d+)([^\d.]*)/.exec(left);
    if (!match) throw new DurationError(`time: invalid duration ${JSON.stringify(text)}`);
    const [all, number, unit] = match as unknown as [string, string, string];
    if (unit === "") throw new DurationError(`time: missing unit in duration ${JSON.stringify(text)}`);
    if (!Object.hasOwn(units, unit))
      throw new DurationError(`time: unknown unit ${JSON.stringify(unit)} in duration ${JSON.stringify(text)}`);
    nanoseconds += Number(number) * units[unit]!;
    left = left.slice(all.length);
  }
  return Math.trunc(sign === "-" ? -nanoseconds : nanoseconds);
}

/** Nanoseconds as Go prints them: `1m30s`, `500ms`, `0s`. */
export function formatGoDuration(nanoseconds: number): string {
  if (nanoseconds === 0) return "0s";
  if (nanoseconds < 1e9) return `${nanoseconds / 1e6}ms`;
  const seconds = nanoseconds / 1e9;
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  const rest = `${Number((seconds % 60).toFixed(9))}s`;
  if (hours > 0) return `${hours}h${minutes}m${rest}`;
  return minutes > 0 ? `${minutes}m${rest}` : rest;
}
