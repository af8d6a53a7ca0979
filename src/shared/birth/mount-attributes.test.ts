import { expect, test } from "vitest";
import * as constants from "../linux/constants.js";
import { mountAttributes } from "./mount-attributes.js";

const { MS_BIND, MS_NOATIME, MS_NODEV, MS_NOEXEC, MS_NOSUID, MS_RDONLY, MS_REC, MS_STRICTATIME } = constants;

test.each([
  ["nothing to add", MS_BIND | MS_REC, undefined],
  ["read-only", MS_BIND | MS_RDONLY, [1, 0]],
  ["all that hardens", MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, [0xf, 0]],
  // What access times do is one field of the kernel's: it is cleared when it is set.
  ["noatime", MS_NOATIME, [0x10, 0x70]],
  ["strictatime", MS_STRICTATIME, [0x20, 0x70]],
])("%s", (_, flags, expected) => {
  const words = mountAttributes(flags);
  expect(words && [words[0], words[2]]).toEqual(expected);
  expect([undefined, 8]).toContain(words?.length);
});
