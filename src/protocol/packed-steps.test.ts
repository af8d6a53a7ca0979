import { expect, test } from "vitest";
import type { KernelStep } from "./commands.js";
import { packStep, unpackSteps } from "./packed-steps.js";

test("what is packed is unpacked", () => {
  const steps: KernelStep[] = [
    { call: "mount", detail: "proc on /proc MS_NOSUID", startMicros: 12, durationMicros: 3 },
    { call: "execve", detail: 'sh -c "a\tb\nc\\td"', startMicros: 4294967296, durationMicros: 0, error: "ENOENT" },
    { call: "setsid", detail: "", startMicros: 0, durationMicros: 0 },
  ];
  expect(unpackSteps(steps.map(packStep).join("\n"))).toEqual(steps);
});

test("nothing", () => {
  expect(unpackSteps("")).toEqual([]);
});
