import { expect, test } from "vitest";
import { StepLog } from "./step-log.js";

const NOTICE = "\n[output clipped, log limit 2MiB reached]\n";
const LIMIT = 2 << 20;
const encode = (text: string) => new TextEncoder().encode(text);

function log() {
  const shown: string[] = [];
  return { shown, log: new StepLog((text) => shown.push(text)) };
}

test("less than the limit is shown as it comes, characters whole", () => {
  const { shown, log: step } = log();
  const bytes = encode("a\u00e4b");
  step.write(bytes.subarray(0, 2));
  step.write(bytes.subarray(2));
  step.write(encode("x".repeat(LIMIT - 4)));
  step.fail();
  expect(shown.slice(0, 2)).toEqual(["a", "\u00e4b"]);
  expect(shown).toHaveLength(3);
});

test("64 MB are clipped at 2 MiB with one notice; a step that does not fail shows nothing more", () => {
  const { shown, log: step } = log();
  const chunk = encode("0123456789abcdef".repeat(64));
  for (let sent = 0; sent < 64e6; sent += chunk.length) step.write(chunk);
  const text = shown.join("");
  expect(text.length).toBe(LIMIT + NOTICE.length);
  expect(text.endsWith(NOTICE)).toBe(true);
});

test("a step that fails shows how it ended", () => {
  const { shown, log: step } = log();
  for (let line = 0; line < 500_000; line++) step.write(encode(`line ${line}\n`));
  const before = shown.length;
  step.fail();
  expect(shown).toHaveLength(before + 1);
  const tail = shown.at(-1)!;
  expect(tail.length).toBe(256 << 10);
  expect(tail.endsWith("line 499998\nline 499999\n")).toBe(true);
});

test.each([
  ["pieces", 1000, 1_000_000],
  ["pieces that fill the ring", 65_536, 262_144],
  ["pieces larger than the ring", 300_000, 900_000],
  ["less than the ring holds", 10, 100],
])("how it ended, in %s", (_name, size, length) => {
  const { shown, log: step } = log();
  step.write(encode("x".repeat(LIMIT)));
  const printed = Array.from({ length }, (_, i) => String.fromCharCode(32 + (i % 89))).join("");
  for (let at = 0; at < length; at += size) step.write(encode(printed.slice(at, at + size)));
  step.fail();
  expect(shown.at(-1) === printed.slice(-(256 << 10))).toBe(true);
});

test("a chunk that crosses the limit is cut there", () => {
  const { shown, log: step } = log();
  step.write(encode("x".repeat(LIMIT - 1)));
  step.write(encode("yz"));
  expect(shown.at(-1)).toBe(`y${NOTICE}`);
});
