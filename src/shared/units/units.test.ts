import { expect, test } from "vitest";
import { humanDuration } from "./duration.js";
import { bytesSize, fromHumanSize, humanSize, ramInBytes, SizeError } from "./size.js";

test.each([
  [0, 4, "0B"],
  [1000, 4, "1kB"],
  [1024, 4, "1.024kB"],
  [1_000_000, 4, "1MB"],
  [1_048_576, 4, "1.049MB"],
  [1_233_456, 3, "1.23MB"],
  [20_971_520, 3, "21MB"],
  [999_600, 3, "1e+03kB"],
  [999_400, 3, "999kB"],
  [2e12, 4, "2TB"],
  [3.42 * 1e18, 4, "3.42EB"],
])("%d with %d digits is %s", (bytes, precision, text) => expect(humanSize(bytes, precision)).toBe(text));

test.each([
  [1024, "1KiB"],
  [1023, "1023B"],
  [32 * 2 ** 20, "32MiB"],
  [3.42 * 2 ** 30, "3.42GiB"],
  [1.05 * 2 ** 10, "1.05KiB"],
])("%d bytes are %s", (bytes, text) => expect(bytesSize(bytes)).toBe(text));

test.each([
  ["32", 32],
  ["32b", 32],
  ["32B", 32],
  ["32k", 32 * 1024],
  ["32K", 32 * 1024],
  ["32kb", 32 * 1024],
  ["32KiB", 32 * 1024],
  ["200m", 200 * 2 ** 20],
  ["1G", 2 ** 30],
  ["1.5 g", 1.5 * 2 ** 30],
  ["32.5kB", 32.5 * 1024],
  ["0", 0],
  [".5m", 2 ** 19],
  ["32 ", 32],
])("ramInBytes(%j) is %d", (text, bytes) => expect(ramInBytes(text)).toBe(bytes));

test.each([
  ["", "invalid size: ''"],
  ["hello", "invalid size: 'hello'"],
  ["-32", "invalid size: '-32'"],
  [" 32 ", 'strconv.ParseFloat: parsing " 32": invalid syntax'],
  [".", 'strconv.ParseFloat: parsing ".": invalid syntax'],
  ["32m b", 'strconv.ParseFloat: parsing "32m": invalid syntax'],
  ["32bb", "invalid suffix: 'bb'"],
  ["32QQ", "invalid suffix: 'qq'"],
  ["32mm", "invalid suffix: 'mm'"],
  ["32MBit", "invalid suffix: 'MBit'"],
])("ramInBytes(%j) is refused: %s", (text, message) => expect(() => ramInBytes(text)).toThrow(new SizeError(message)));

test("powers of 1000 on the way back", () => expect(fromHumanSize("32.5MB")).toBe(32_500_000));

const [second, minute, hour, day] = [1000, 60_000, 3_600_000, 86_400_000];
test.each([
  [450, "Less than a second"],
  [second, "1 second"],
  [45 * second, "45 seconds"],
  [minute, "About a minute"],
  [119 * second, "About a minute"],
  [3 * minute, "3 minutes"],
  [hour, "About an hour"],
  [1.4 * hour, "About an hour"],
  [1.5 * hour, "2 hours"],
  [47 * hour, "47 hours"],
  [3 * day, "3 days"],
  [14 * day, "2 weeks"],
  [60 * day, "2 months"],
  [730 * day, "2 years"],
])("%d ms: %s", (ms, text) => expect(humanDuration(ms)).toBe(text));
