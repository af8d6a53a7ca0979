/** A point in time to the nanosecond, exact in JSON. Before 1970 the seconds are negative, the nanoseconds never. */
export interface FileTime {
  readonly seconds: number;
  /** 0 to 999,999,999. */
  readonly nanoseconds: number;
}

/** What a file is besides its name, its type and its contents. */
export interface FileAttributes {
  /** Permission bits with setuid, setgid, sticky: 0o7777. */
  mode: number;
  uid: number;
  gid: number;
  mtime: FileTime;
  /** Character and block devices: their number. */
  major?: number;
  minor?: number;
  /** Values by full name, such as `user.note`. */
  xattrs?: ReadonlyMap<string, Uint8Array>;
}

export const EPOCH: FileTime = { seconds: 0, nanoseconds: 0 };

/** @param ms milliseconds since 1970, whole or not. */
export function timeOfMs(ms: number): FileTime {
  const seconds = Math.floor(ms / 1000);
  return { seconds, nanoseconds: Math.min(999_999_999, Math.round((ms - seconds * 1000) * 1e6)) };
}

export function isSameTime(a: FileTime, b: FileTime): boolean {
  return a.seconds === b.seconds && a.nanoseconds === b.nanoseconds;
}

/** `1700000000.125`: seconds with as many decimals as it takes. */
export function formatTime({ seconds, nanoseconds }: FileTime): string {
  if (nanoseconds === 0) return String(seconds);
  const isNegative = seconds < 0;
  const whole = isNegative ? -(seconds + 1) : seconds;
  const fraction = isNegative ? 1e9 - nanoseconds : nanoseconds;
  return `${isNegative ? "-" : ""}${whole}.${String(fraction).padStart(9, "0").replace(/0+$/, "")}`;
}

/** Of what `formatTime` writes, with any number of decimals; undefined for anything else. */
export function parseTime(text: string): FileTime | undefined {
  const [, sign, whole, decimals = ""] = /^(-?)(\d+)(?:\.(\d*))?$/.exec(text) ?? [];
  const seconds = Number(whole);
  if (whole === undefined || !Number.isSafeInteger(seconds)) return undefined;
  const fraction = Number(decimals.slice(0, 9).padEnd(9, "0"));
  if (!sign) return { seconds, nanoseconds: fraction };
  return fraction === 0
    ? { seconds: 0 - seconds, nanoseconds: 0 }
    : { seconds: -seconds - 1, nanoseconds: 1e9 - fraction };
}
