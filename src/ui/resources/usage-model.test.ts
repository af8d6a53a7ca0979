import { expect, test } from "vitest";
import type { ContainerStats } from "../../session/client.js";
import { addSample, chartPoints, chartTop, newUsage, SAMPLES_KEPT } from "./usage-model.js";

const stats = (second: number, totalNanos: number, usage?: number, inactive = 0) =>
  ({
    read: new Date(second * 1000).toISOString(),
    cpu_stats: { cpu_usage: { total_usage: totalNanos } },
    memory_stats: usage === undefined ? {} : { usage, stats: { inactive_file: inactive } },
    pids_stats: { current: 3 },
  }) as unknown as ContainerStats;

const usage = () => newUsage("c1", "web", "busybox", {});

test("cpu is counted between two samples, memory without the file cache", () => {
  const first = addSample(usage(), stats(10, 1e9, 5_000_000, 1_000_000));
  expect(first.samples).toEqual([{ at: 10_000, memoryBytes: 4_000_000, cpuPercent: 0, pids: 3 }]);
  const second = addSample(first, stats(12, 2e9, 5_000_000));
  expect(second.samples[1]).toMatchObject({ cpuPercent: 50, memoryBytes: 5_000_000 });
});

test("an ended container's answer changes nothing", () => {
  const before = usage();
  expect(addSample(before, stats(1, 0))).toBe(before);
});

test("only the last samples are kept", () => {
  let now = usage();
  for (let second = 1; second <= SAMPLES_KEPT + 5; second++) now = addSample(now, stats(second, 0, second));
  expect(now.samples).toHaveLength(SAMPLES_KEPT);
  expect(now.samples[0]!.memoryBytes).toBe(6);
});

test.each([
  [{}, null, null, null],
  [{ memory: 33_554_432, nanoCpus: 5e8, pids: 5 }, 33_554_432, 50, 5],
  [{ cpuQuota: 150_000, cpuPeriod: 100_000, pids: -1 }, null, 150, null],
])("limits %j", (limits, memory, cpu, pids) => {
  expect(newUsage("c", "c", "i", limits)).toMatchObject({
    memoryLimitBytes: memory,
    cpuLimitPercent: cpu,
    pidsLimit: pids,
  });
});

test("a chart shows its limit once that is near", () => {
  expect(chartTop([1, 30], 32, 1)).toBeCloseTo(36.8);
  expect(chartTop([1, 2], 1000, 1)).toBe(5);
  expect(chartTop([0], null, 10)).toBe(20);
});

test("the newest point is at the right edge", () => {
  expect(chartPoints([0, 5, 10], 10, SAMPLES_KEPT - 1, 40)).toBe("57,40 58,20 59,0");
  expect(chartPoints([5], 10, SAMPLES_KEPT - 1, 40)).toBe("58,20 59,20");
  expect(chartPoints([], 10, 100, 40)).toBe("");
});
