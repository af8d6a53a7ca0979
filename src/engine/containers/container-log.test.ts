import { expect, test } from "vitest";
import { gather } from "../fakes/gather.js";
import { ContainerLog, type LogQuery } from "./container-log.js";

const encode = (text: string) => new TextEncoder().encode(text);
const all: LogQuery = { stdout: true, stderr: true, follow: false };

async function texts(log: ContainerLog, query: LogQuery): Promise<string[]> {
  const entries = await gather(log.read(query));
  return entries.map((entry) => `${entry.startsLine ? "" : "+"}${new TextDecoder().decode(entry.bytes)}`);
}

test("lines in order, pieces marked, streams told apart", async () => {
  const log = new ContainerLog();
  log.append("stdout", encode("one\ntw"), 1);
  log.append("stderr", encode("err\n"), 2);
  log.append("stdout", encode("o\n"), 3);
  expect(await texts(log, all)).toEqual(["one\n", "tw", "err\n", "+o\n"]);
  expect(await texts(log, { ...all, stdout: false })).toEqual(["err\n"]);
  expect(await texts(log, { ...all, tail: 2 })).toEqual(["tw", "err\n", "+o\n"]);
  expect(await texts(log, { ...all, tail: 0 })).toEqual([]);
  expect(await texts(log, { ...all, since: 2, until: 2 })).toEqual(["err\n"]);
});

test("the oldest lines go when the ring is full", async () => {
  const log = new ContainerLog(1000);
  for (let i = 0; i < 5000; i++) log.append("stdout", encode(`${i}\n`), i);
  const kept = await texts(log, all);
  expect(kept.length).toBeLessThan(20);
  expect(kept.at(-1)).toBe("4999\n");
  expect(kept[0]).toBe("[log clipped: earlier lines are gone]\n");
  expect(await texts(log, { ...all, stderr: false })).toEqual(kept.slice(1));
  expect(await texts(log, { ...all, tail: 3 })).toEqual(["4997\n", "4998\n", "4999\n"]);
  expect((await texts(log, { ...all, tail: 3000 })).length).toBe(kept.length - 1);
  expect(await texts(log, { ...all, since: 4998 })).toEqual(["4998\n", "4999\n"]);
});

test("a follower that does not keep up is told that it missed something, and goes on", async () => {
  const log = new ContainerLog(1000);
  log.open();
  log.append("stdout", encode("first\n"), 0);
  const entries = log.read({ ...all, follow: true });
  const next = async () => new TextDecoder().decode((await entries.next()).value!.bytes);
  expect(await next()).toBe("first\n");
  for (let i = 0; i < 100; i++) log.append("stdout", encode(`${i}\n`), i);
  expect(await next()).toBe("[log clipped: earlier lines are gone]\n");
  expect(Number(await next())).toBeGreaterThan(80);
  log.close();
});

test("a follower gets what is there, what comes, and ends with the run", async () => {
  const log = new ContainerLog();
  log.open();
  log.append("stdout", encode("a\n"), 1);
  const read = texts(log, { ...all, follow: true });
  await Promise.resolve();
  log.append("stdout", encode("b\n"), 2);
  await new Promise((resolve) => setTimeout(resolve));
  log.append("stdout", encode("c\n"), 3);
  log.close();
  expect(await read).toEqual(["a\n", "b\n", "c\n"]);
});

test("a follower that is cancelled ends", async () => {
  const log = new ContainerLog();
  log.open();
  const abort = new AbortController();
  const read = texts(log, { ...all, follow: true, signal: abort.signal });
  setTimeout(() => abort.abort());
  expect(await read).toEqual([]);
});
