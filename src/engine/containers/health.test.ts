import { afterEach, expect, test } from "vitest";
import type { EventMessage, HealthJSON } from "../api/types.js";
import { tarOf } from "../fakes/fake-build.js";
import { type FakeEngine, fakeEngine } from "../fakes/fake-engine.js";
import type { Program } from "../fakes/fake-machine.js";

const MS = 1e6;
const sleep: Program = async ({ signalled }) => 128 + (await signalled);

let fake: FakeEngine;
afterEach(() => fake.engine.dispose());

async function started(Healthcheck: object, programs: Record<string, Program>): Promise<string> {
  fake = await fakeEngine({ sleep, ...programs });
  await fake.ask("POST", "/images/create?fromImage=busybox&tag=latest");
  const { Id } = (await fake.ask("POST", "/containers/create", { Image: "busybox", Cmd: ["sleep"], Healthcheck })).body;
  await fake.ask("POST", `/containers/${Id}/start`);
  return Id;
}

const stateOf = async (id: string) => (await fake.ask("GET", `/containers/${id}/json`)).body.State;
const healthOf = async (id: string): Promise<HealthJSON> => (await stateOf(id)).Health;
const until = (id: string, status: string) => expect.poll(async () => (await healthOf(id)).Status).toBe(status);

test("starting, unhealthy after so many failures, healthy after one success; told, listed and filtered", async () => {
  let code = 1;
  const check = { Test: ["CMD-SHELL", "probe"], Interval: 2 * MS, Retries: 2 };
  const id = await started(check, { "/bin/sh": ({ args, print }) => print(`${args.join(" ")}\n`).then(() => code) });
  expect(await healthOf(id)).toEqual({ Status: "starting", FailingStreak: 0, Log: [] });
  await until(id, "unhealthy");
  const { FailingStreak, Log } = await healthOf(id);
  expect(FailingStreak).toBeGreaterThanOrEqual(2);
  expect(Log[0]).toMatchObject({ ExitCode: 1, Output: "/bin/sh -c probe\n", Start: expect.stringMatching(/Z$/) });
  code = 0;
  await until(id, "healthy");
  const filters = encodeURIComponent(JSON.stringify({ health: ["healthy"] }));
  expect((await fake.ask("GET", `/containers/json?filters=${filters}`)).body[0].Status).toMatch(/^Up .* \(healthy\)$/);
  await expect.poll(async () => (await healthOf(id)).Log.length).toBe(5);
  await fake.ask("POST", `/containers/${id}/pause`);
  expect((await healthOf(id)).Status).toBe("unhealthy");
  await fake.ask("POST", `/containers/${id}/unpause`);
  await until(id, "healthy");
  await fake.ask("POST", `/containers/${id}/stop`);
  expect((await healthOf(id)).Status).toBe("unhealthy");
  const { body } = await fake.ask("GET", `/events?since=1&until=${Date.now() / 1000 + 0.01}`);
  const actions = body.map(({ Action }: EventMessage) => Action);
  expect(actions.filter((action: string) => action.startsWith("health_status"))).toEqual([
    "health_status: unhealthy",
    "health_status: healthy",
    "health_status: healthy",
  ]);
  expect(actions).toContain("exec_create: /bin/sh -c probe");
});

test("a probe that takes too long, or cannot be executed, is a failure with its reason", async () => {
  const slow = await started({ Test: ["CMD", "slow"], Interval: MS, Timeout: 5 * MS, Retries: 1 }, { slow: sleep });
  await until(slow, "unhealthy");
  expect((await healthOf(slow)).Log[0]).toMatchObject({ ExitCode: -1, Output: "Health check exceeded timeout (5ms)" });
  fake.engine.dispose();
  const none = await started({ Test: ["CMD", "nosuch"], Interval: MS, Retries: 1 }, {});
  await until(none, "unhealthy");
  expect((await healthOf(none)).Log[0]).toMatchObject({ ExitCode: -1, Output: expect.stringContaining("nosuch") });
});

test("failures in the start period do not count", async () => {
  const check = { Test: ["CMD", "no"], Interval: MS, StartInterval: MS, StartPeriod: 3600e9, Retries: 1 };
  const id = await started(check, { no: () => 1 });
  await expect.poll(async () => (await healthOf(id)).Log.length).toBe(5);
  expect(await healthOf(id)).toMatchObject({ Status: "starting", FailingStreak: 0 });
});

test("NONE puts an image's check away; what is left out is the image's", async () => {
  const id = await started({ Test: ["NONE"] }, {});
  expect(await stateOf(id)).not.toHaveProperty("Health");
  const Dockerfile = "FROM busybox\nHEALTHCHECK --interval=7s CMD probe\nCMD sleep\n";
  await fake.ask("POST", "/build?t=checked", tarOf({ Dockerfile }));
  const { Id } = (await fake.ask("POST", "/containers/create", { Image: "checked", Healthcheck: { Retries: 9 } })).body;
  expect((await fake.ask("GET", `/containers/${Id}/json`)).body.Config.Healthcheck).toMatchObject({
    Test: ["CMD-SHELL", "probe"],
    Interval: 7e9,
    Retries: 9,
  });
});
