import { expect, test } from "vitest";
import { formatTime, parseTime, timeOfMs } from "./file-attributes.js";

test.each<[string, number, number]>([
  ["0", 0, 0],
  ["1700000000", 1_700_000_000, 0],
  ["1700000000.123456789", 1_700_000_000, 123_456_789],
  ["1700000000.5", 1_700_000_000, 500_000_000],
  ["0.000000001", 0, 1],
  ["-5", -5, 0],
  ["-0.5", -1, 500_000_000],
  ["-1.999999999", -2, 1],
])("%s", (text, seconds, nanoseconds) => {
  expect(formatTime({ seconds, nanoseconds })).toBe(text);
  expect(parseTime(text)).toEqual({ seconds, nanoseconds });
});

test("more decimals are cut, anything else is no time", () => {
  expect(parseTime("1.1234567899")).toEqual({ seconds: 1, nanoseconds: 123_456_789 });
  expect(parseTime("1.")).toEqual({ seconds: 1, nanoseconds: 0 });
  for (const text of ["", ".5", "1e5", "--1", "1.5x", "9007199254740993"]) expect(parseTime(text)).toBeUndefined();
});

test("milliseconds", () => {
  expect(timeOfMs(1_700_000_000_125)).toEqual({ seconds: 1_700_000_000, nanoseconds: 125_000_000 });
  expect(timeOfMs(-500)).toEqual({ seconds: -1, nanoseconds: 500_000_000 });
});
