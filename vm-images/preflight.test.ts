import { expect, test } from "vitest";
import { MissingTools, missingPackages } from "./preflight.js";

const there = { package: "zstd", isThere: () => true };
const missing = { package: "gcc-multilib", isThere: () => false };

test("what is missing is named with the command that brings it", () => {
  expect(missingPackages([there, missing])).toEqual(["gcc-multilib"]);
  expect(new MissingTools(["gcc-multilib", "zstd"]).message).toBe(
    "to build the VM image this machine lacks gcc-multilib, zstd: sudo apt-get install -y gcc-multilib zstd",
  );
});
