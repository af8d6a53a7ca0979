import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { AgentClient } from "../protocol/peer.js";
import { Emitter } from "../shared/disposable.js";
import { HealthWatch } from "./health.js";
import type { MachineHealth } from "./machine.js";

const TIMEOUT_MS = 20_000;
const PING = { uptimeMs: 1, epochMs: 2 };

let serial: Emitter<string>;
let stopped: Emitter<Error>;
let restarted: Emitter<void>;
let closed: Emitter<Error>;
let answers: ((ping: { uptimeMs: number; epochMs: number }) => void)[];
let heard: [epochMs: number, askedAt: number][];
let watch: HealthWatch;
let seen: MachineHealth[];

beforeEach(() => {
  vi.useFakeTimers();
  [serial, stopped, restarted, closed] = [new Emitter(), new Emitter(), new Emitter(), new Emitter()];
  answers = [];
  seen = [];
  const agent = {
    onRestart: restarted.event,
    onClose: closed.event,
    call: () => new Promise((resolve) => answers.push(resolve)),
  } as unknown as AgentClient;
  watch = new HealthWatch({ onSerialLine: serial.event, onStopped: stopped.event }, agent);
  watch.onHealth((health) => seen.push(health));
  heard = [];
  watch.start(agent, TIMEOUT_MS, ({ epochMs }, askedAt) => heard.push([epochMs, askedAt]));
});
afterEach(() => {
  watch.dispose();
  vi.useRealTimers();
});

test("an agent that answers is healthy", async () => {
  for (let i = 0; i < 20; i++) {
    await vi.advanceTimersByTimeAsync(5000);
    answers.shift()?.(PING);
  }
  expect(seen).toEqual([]);
  expect(watch.health).toEqual({ state: "running" });
});

test("silence is a hung guest, an answer ends it; one ping waits at a time", async () => {
  await vi.advanceTimersByTimeAsync(60_000);
  expect(answers.length).toBe(1);
  expect(seen).toEqual([{ state: "hung", message: "the guest has not answered for 20 s" }]);
  answers[0]!(PING);
  await vi.advanceTimersByTimeAsync(0);
  expect(watch.health).toEqual({ state: "running" });
});

test("a computer that slept does not look like a guest that hung, whatever it was doing", async () => {
  await vi.advanceTimersByTimeAsync(5000);
  for (let night = 0; night < 3; night++) {
    // Timers stand still, the clock does not; what was due is done once.
    vi.setSystemTime(Date.now() + 8 * 3_600_000);
    await vi.advanceTimersByTimeAsync(5000);
  }
  expect(seen).toEqual([]);
  answers[0]!(PING);
  await vi.advanceTimersByTimeAsync(5000);
  expect(watch.health).toEqual({ state: "running" });
});

test("each answer is passed on with the time it was asked for", async () => {
  await vi.advanceTimersByTimeAsync(5000);
  const askedAt = Date.now();
  await vi.advanceTimersByTimeAsync(3000);
  answers[0]!(PING);
  await vi.advanceTimersByTimeAsync(0);
  expect(heard).toEqual([[2, askedAt]]);
});

test.each([
  [
    "a panic",
    () => serial.fire("[ 12.3] Kernel panic - not syncing: Fatal exception"),
    "Kernel panic - not syncing: Fatal exception",
  ],
  [
    "an emulator that stopped",
    () => stopped.fire(new Error("the emulator stopped: unreachable")),
    "the emulator stopped: unreachable",
  ],
  ["an agent that was started anew", () => restarted.fire(), "the agent ended and was started anew"],
  ["a channel that closed", () => closed.fire(new Error("unknown frame kind 77")), "unknown frame kind 77"],
])("%s is death, told once", async (_name, cause, message) => {
  cause();
  cause();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(seen).toEqual([{ state: "dead", message }]);
});

test("what the kernel says otherwise is no death", () => {
  serial.fire("drydock: the agent ended with status 1; starting it again");
  expect(seen).toEqual([]);
});
