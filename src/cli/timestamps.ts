/** Points in time as `--since` and `--until` take them. */

const UNITS: Record<string, number> = { h: 3600, m: 60, s: 1, ms: 1e-3, us: 1e-6, µs: 1e-6, ns: 1e-9 };

/** Seconds of a Go duration such as `1h30m`; undefined if `text` is none. */
export function parseDuration(text: string): number | undefined {
  if (/^[+-]?0$/.test(text)) return 0;
  if (!/^[+-]?((\d+\.?\d*|\.\d+)(h|ms|us|µs|ns|m|s))+$/.test(text)) return undefined;
  let seconds = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+\.?\d*|\.\d+)(h|ms|us|µs|ns|m|s)/g))
    seconds += Number(amount) * UNITS[unit!]!;
  return text.startsWith("-") ? -seconds : seconds;
}

/**
 * What the API takes for a point in time: seconds since 1970, of `10m` (ago), RFC 3339, a date, or seconds as given.
 * Anything else is passed on as it is, for the engine to refuse.
 */
export function toTimestamp(text: string, nowMs = Date.now()): string {
  const ago = parseDuration(text);
  if (ago !== undefined) return String(Math.floor(nowMs / 1000 - ago));
  if (!/^\d{4}-\d\d-\d\d/.test(text)) return text;
  const zoned = /T.*(Z|[+-]\d\d:\d\d)$/.test(text) ? text : `${text.length === 10 ? `${text}T00:00:00` : text}Z`;
  const milliseconds = Date.parse(zoned);
  return Number.isNaN(milliseconds) ? text : String(milliseconds / 1000);
}
