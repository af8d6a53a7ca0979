import { RLIMIT_NOFILE } from "../../../shared/linux/constants.js";
import type { System } from "../system.js";
import { must } from "./carry-out.js";

function sleep(system: System, ms: number): Promise<void> {
  return new Promise((resolve) => {
    system.setTimer(ms, resolve);
  });
}

export async function timers(system: System) {
  const heard: string[] = [];
  for (const [name, ms] of [
    ["c", 200],
    ["a", 1],
    ["b", 100],
    ["b2", 100],
  ] as const)
    system.setTimer(ms, () => heard.push(name));
  const cancel = system.setTimer(50, () => heard.push("never"));
  cancel();
  cancel();
  system.setTimer(250, () => {
    throw new Error("thrown in a callback");
  });
  await sleep(system, 300);
  return heard;
}

/** An early busy descriptor does not keep later ones waiting. */
export async function fairness(system: System) {
  const counts = [0, 0, 0];
  const pipes = counts.map(() => system.pipe());
  await new Promise<void>((resolve) => {
    for (const [i, { read, write }] of pipes.entries()) {
      system.write(write, Uint8Array.of(1));
      system.onReadable(read, () => {
        counts[i]!++;
        if (counts.reduce((sum, count) => sum + count) < 30) return;
        for (const each of pipes) system.onReadable(each.read, null);
        resolve();
      });
    }
  });
  return counts;
}

/** Beyond what select() can count. */
export async function manyDescriptors(system: System) {
  must(system, (calls) => calls.call("prlimit64", [0, RLIMIT_NOFILE, calls.words([4096, 0, 4096, 0]), 0]));
  const pipes = Array.from({ length: 1200 }, () => system.pipe());
  const heard: number[] = [];
  for (const [i, { read }] of pipes.entries())
    system.onReadable(read, () => {
      heard.push(i);
      system.onReadable(read, null);
    });
  for (const i of [1199, 0, 600]) system.write(pipes[i]!.write, Uint8Array.of(1));
  await sleep(system, 10);
  for (const { read, write } of pipes) {
    system.onReadable(read, null);
    system.close(read);
    system.close(write);
  }
  return heard.sort((a, b) => a - b);
}

/** Writable again once someone has read; both callbacks of one descriptor; a callback that takes another away. */
export async function writers(system: System) {
  const heard: string[] = [];
  const [one, other] = system.socketpair();
  const { read, write } = system.pipe();
  system.setNonBlocking(write, true);
  while (system.write(write, new Uint8Array(4096)) > 0);
  system.onWritable(write, () => {
    heard.push("room");
    system.onWritable(write, null);
  });
  await sleep(system, 5);
  heard.push("full");
  system.read(read, 65536);
  await sleep(system, 5);
  system.sendFds(other, Uint8Array.of(1), []);
  system.onReadable(one, () => {
    heard.push("read");
    system.onReadable(one, null);
    system.onWritable(one, null);
  });
  system.onWritable(one, () => heard.push("never: taken away by the reader"));
  await sleep(system, 5);
  return heard;
}

export async function rejections(system: System) {
  const late = Promise.reject(new Error("handled late"));
  await null;
  const caught = await late.catch((error: Error) => error.message);
  void Promise.reject(new Error("never handled"));
  await sleep(system, 1);
  return caught;
}
