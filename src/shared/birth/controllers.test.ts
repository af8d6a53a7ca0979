import { expect, test } from "vitest";
import type { Resources } from "../oci/runtime.js";
import { cpuFiles, weightOf } from "./cpu.js";
import { memoryFiles } from "./memory.js";
import { pidsFiles } from "./pids.js";

function written(resources: Resources): string[] {
  return [...memoryFiles(resources), ...cpuFiles(resources), ...pidsFiles(resources)].map((file) => file.join(" "));
}

test.each<[Resources, string[]]>([
  [{}, []],
  [{ memory: { limit: 33554432 } }, ["memory.max 33554432"]],
  [{ memory: { limit: 33554432, swap: 67108864 } }, ["memory.max 33554432", "memory.swap.max 33554432"]],
  [{ memory: { limit: 33554432, swap: 33554432 } }, ["memory.max 33554432", "memory.swap.max 0"]],
  [{ memory: { limit: 33554432, swap: -1 } }, ["memory.max 33554432", "memory.swap.max max"]],
  [{ memory: { limit: -1, swap: -1 } }, ["memory.max max", "memory.swap.max max"]],
  [{ memory: { reservation: 1048576 } }, ["memory.low 1048576"]],
  [{ cpu: { shares: 1024 } }, ["cpu.weight 39"]],
  [{ cpu: { quota: 50000, period: 100000 } }, ["cpu.max 50000 100000"]],
  [{ cpu: { quota: 50000 } }, ["cpu.max 50000 100000"]],
  [{ cpu: { quota: -1, period: 20000 } }, ["cpu.max max 20000"]],
  [{ pids: { limit: 5 } }, ["pids.max 5"]],
  [{ pids: { limit: -1 } }, ["pids.max max"]],
  [{ pids: { limit: 0 } }, []],
])("%j", (resources, files) => {
  expect(written(resources)).toEqual(files);
});

test.each([
  [2, 1],
  [0, 1],
  [512, 20],
  [1024, 39],
  [262144, 10000],
  [1_000_000, 10000],
])("%i shares weigh %i", (shares, weight) => {
  expect(weightOf(shares)).toBe(weight);
});

test("what cannot be is refused", () => {
  expect(() => memoryFiles({ memory: { limit: 2 ** 25, swap: 2 ** 24 } })).toThrow(
    "memory.swap 16777216 is less than the memory limit 33554432",
  );
  expect(() => memoryFiles({ memory: { swap: 2 ** 24 } })).toThrow("needs a memory limit");
  expect(() => weightOf(-1)).toThrow("cpu.shares -1");
});
