import { expect, test } from "vitest";
import type { Resources } from "../oci/runtime.js";
import { cgroupFiles } from "./cgroup-files.js";
import { weightOf } from "./cpu.js";

function written(resources: Resources): string[] {
  return cgroupFiles(resources).map((file) => file.join(" "));
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
  [{ cpu: { cpus: "0-2,4", mems: "0" } }, ["cpuset.cpus 0-2,4", "cpuset.mems 0"]],
  [{ blockIO: { weight: 10 } }, ["io.weight 1"]],
  [{ blockIO: { weight: 500 } }, ["io.weight 4950"]],
  [{ blockIO: { weight: 1000 } }, ["io.weight 10000"]],
  [
    {
      blockIO: {
        throttleReadBpsDevice: [
          { major: 8, minor: 0, rate: 1024 },
          { major: 8, minor: 16, rate: 5 },
        ],
        throttleWriteIOPSDevice: [{ major: 8, minor: 0, rate: 9 }],
      },
    },
    ["io.max 8:0 rbps=1024", "io.max 8:16 rbps=5", "io.max 8:0 wiops=9"],
  ],
  // What is named itself has the last word.
  [
    { pids: { limit: 5 }, unified: { "memory.high": "1M", "pids.max": "7", "hugetlb.2MB.max": "0" } },
    ["pids.max 5", "memory.high 1M", "pids.max 7", "hugetlb.2MB.max 0"],
  ],
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

test.each<[string, Resources]>([
  ["memory.swap 16777216 is less than the memory limit 33554432", { memory: { limit: 2 ** 25, swap: 2 ** 24 } }],
  ["needs a memory limit", { memory: { swap: 2 ** 24 } }],
  ["cpu.shares -1", { cpu: { shares: -1 } }],
  ["linux.resources.cpu.cpus 0-", { cpu: { cpus: "0-" } }],
  ["linux.resources.cpu.mems 0\n1", { cpu: { mems: "0\n1" } }],
  ["linux.resources.unified: cgroup.procs", { unified: { "cgroup.procs": "1" } }],
  ["linux.resources.unified: ../memory.max", { unified: { "../memory.max": "1" } }],
  ["linux.resources.unified: memory", { unified: { memory: "1" } }],
])("%s is refused", (message, resources) => {
  expect(() => cgroupFiles(resources)).toThrow(message);
});
