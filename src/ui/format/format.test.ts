import { expect, test } from "vitest";
import { exactBytes, formatBytes, formatMemory } from "./bytes.js";
import { formatDuration } from "./time.js";

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [1234, "1.23 kB"],
  [20_000_000, "20 MB"],
  [20_971_520, "21 MB"],
  [1_994_432, "1.99 MB"],
])("%d is %s", (bytes, text) => expect(formatBytes(bytes)).toBe(text));

test.each([
  [512, "512 B"],
  [33_554_432, "32 MiB"],
  [1_572_864, "1.5 MiB"],
])("%d of memory is %s", (bytes, text) => expect(formatMemory(bytes)).toBe(text));

test("every digit", () => {
  expect(exactBytes(20_000_000)).toBe("20,000,000 bytes");
  expect(exactBytes(1)).toBe("1 byte");
});

test.each([
  [0.123, "0.12 ms"],
  [4.56, "4.6 ms"],
  [123.4, "123 ms"],
  [1234, "1.2 s"],
  [125_000, "2 min 5 s"],
])("%d ms is %s", (ms, text) => expect(formatDuration(ms)).toBe(text));
