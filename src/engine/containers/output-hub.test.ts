import { expect, test } from "vitest";
import { gather } from "../fakes/gather.js";
import { OutputHub } from "./output-hub.js";

const chunk = (text: string) => ({ stream: "stdout" as const, bytes: new TextEncoder().encode(text) });

test("every reader gets what comes after it attached, and the end", async () => {
  const hub = new OutputHub();
  const first = hub.attach();
  await hub.write(chunk("a"));
  const second = hub.attach();
  await hub.write(chunk("b"));
  hub.close();
  expect(await gather(first)).toHaveLength(2);
  expect(await gather(second)).toHaveLength(1);
});

test("a reader that cancels no longer holds the process up", async () => {
  const hub = new OutputHub();
  await hub.attach().cancel();
  for (let i = 0; i < 500; i++) await hub.write(chunk("x"));
  hub.close();
});

test("a reader that lags holds the writer up until it reads", async () => {
  const hub = new OutputHub();
  const reader = hub.attach().getReader();
  let written = 0;
  const writing = (async () => {
    for (; written < 200; written++) await hub.write(chunk("x"));
  })();
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(written).toBeLessThan(80);
  for (let i = 0; i < 200; i++) await reader.read();
  await writing;
  expect(written).toBe(200);
});

test("attaching to what has ended gives the end", async () => {
  const hub = new OutputHub();
  hub.close();
  expect(await gather(hub.attach())).toEqual([]);
});
