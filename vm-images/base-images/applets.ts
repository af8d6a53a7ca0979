/**
 * Names of the applets in a busybox binary, without running it: they stand one after the other, each ended by NUL,
 * sorted, beginning with `[` and `[[`, ended by an empty one.
 */
export function appletsOf(busybox: Buffer): string[] {
  const start = busybox.indexOf("\0[\0[[\0", 0, "latin1");
  if (start < 0) throw new RangeError("no applet names in this busybox");
  const end = busybox.indexOf("\0\0", start + 1, "latin1");
  return busybox.toString("latin1", start + 1, end).split("\0");
}
