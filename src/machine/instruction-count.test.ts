import { expect, test } from "vitest";
import { InstructionCount } from "./instruction-count.js";

test("counts on where v86's counter comes round, signed or not", () => {
  let counter = 0xffff_ff00;
  const count = new InstructionCount(() => counter);
  expect(count.sample()).toBe(0);
  counter = 0x10;
  expect(count.sample()).toBe(0x110);
  counter = 0x7fff_ffff;
  count.sample();
  counter = -0x8000_0000;
  expect(count.sample()).toBe(0x110 + 0x7fff_ffff - 0x10 + 1);
});
