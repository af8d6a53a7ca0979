import { expect, test } from "vitest";
import { CAP_LAST_CAP } from "../linux/constants.js";
import { capabilityNumbers, capabilitySet, LAST_CAPABILITY } from "./capabilities.js";

test("the table ends where the kernel's does", () => {
  expect(LAST_CAPABILITY).toBe(CAP_LAST_CAP);
});

test("both halves", () => {
  expect(capabilitySet([])).toEqual([0, 0]);
  expect(capabilitySet(["CAP_CHOWN", "CAP_SETFCAP"])).toEqual([0x80000001, 0]);
  expect(capabilitySet(["CAP_CHECKPOINT_RESTORE", "CAP_MAC_OVERRIDE"])).toEqual([0, 0x101]);
});

test("an unknown name is refused", () => {
  expect(() => capabilityNumbers(["CAP_NONE"])).toThrow("unknown capability CAP_NONE");
});
