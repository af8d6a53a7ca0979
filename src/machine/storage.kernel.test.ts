import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildVMImage } from "../../vm-images/image.js";
import { runInGuest } from "../node/guest-script.js";
import { cacheDir } from "../node/paths.js";
import { readVMImage, V86_WASM } from "../node/read-vm-image.js";
import type { InputStream } from "../protocol/peer.js";
import type { Machine } from "./machine.js";
import { restoreMachine } from "./restore-machine.js";

const MEGABYTE = 1e6;
let machine: Machine;
const messages: string[] = [];

beforeAll(async () => {
  const folder = await buildVMImage({ cacheDir, onStep: () => {} });
  const { manifest, state } = await readVMImage(folder);
  machine = await restoreMachine({
    wasm: V86_WASM,
    state,
    memoryBytes: manifest.memoryBytes,
    columns: 80,
    rows: 24,
    shell: false,
  });
  machine.onMessage((message) => messages.push(message));
});
afterAll(() => machine?.dispose());

/** Output of a script in the guest, both streams, and its status. */
async function guest(script: string): Promise<{ output: string; status: number }> {
  const sink = new PassThrough();
  const output = text(sink);
  const status = await runInGuest(machine, ["/bin/sh", "-c", script], { stdout: sink, stderr: sink });
  sink.end();
  return { output: (await output).trim(), status };
}

async function readAll(stream: InputStream): Promise<void> {
  while (await stream.read()) {}
}

const held = () => machine.figures().diskBytes;

describe("what the guest frees, the page gets back", () => {
  test("80 MB written to the disk and removed", async () => {
    const before = held();
    await guest("head -c 80000000 /dev/urandom >/var/lib/drydock/big && sync");
    expect(held()).toBeGreaterThan(before + 79 * MEGABYTE);
    await guest("rm /var/lib/drydock/big && sync");
    await expect.poll(held, { timeout: 60_000 }).toBeLessThan(before + 2 * MEGABYTE);
  });

  test("what stays on the disk is as it was", async () => {
    const script = `cd /var/lib/drydock && head -c 3000000 /dev/urandom >kept && head -c 9000000 /dev/urandom >gone &&
      md5sum <kept && sync && rm gone && sync`;
    const { output } = await guest(script);
    expect((await machine.agent.call("machine.trim", {})).trimmedBytes).toBeGreaterThan(8 * MEGABYTE);
    const again = "echo 3 >/proc/sys/vm/drop_caches; cd /var/lib/drydock && md5sum <kept && rm kept && sync";
    expect((await guest(again)).output).toBe(output);
  });

  test("swap that is free again", async () => {
    const before = held();
    const { output } = await guest(`cd /sys/fs/cgroup && mkdir small && echo 20M >small/memory.max &&
      sh -c 'echo $$ >small/cgroup.procs && head -c 80000000 /dev/urandom >/dev/shm/big' &&
      awk 'NR == 2 {print ($4 > 50000) ? "swapped" : $4}' /proc/swaps`);
    expect(output).toBe("swapped");
    expect(held()).toBeGreaterThan(before + 50 * MEGABYTE);
    await guest("rm /dev/shm/big; rmdir /sys/fs/cgroup/small");
    await expect.poll(held, { timeout: 60_000 }).toBeLessThan(before + 8 * MEGABYTE);
  });
});

describe("quotas", () => {
  test("the disk has its size", async () => {
    const { output } = await guest("df -m /var/lib/drydock | awk 'NR == 2 {print $2}'");
    expect(Number(output)).toBeGreaterThan(1900);
    expect(Number(output)).toBeLessThan(2049);
  });

  test("the workspace is full with an error, and told", async () => {
    const script = "cd /root/work && dd if=/dev/zero of=big bs=1M count=300 conv=fsync; stat -f -c '%b %S %a' .";
    const [error, space] = (await guest(script)).output.split("\n");
    expect(error).toBe("dd: big: No space left on device");
    const [blocks, size, free] = space!.split(" ").map(Number);
    expect(blocks! * size!).toBe(256 << 20);
    expect(free! * size!).toBeLessThan(1 << 20);
    expect(messages.filter((message) => message.startsWith("the workspace is full: it holds 256 MiB"))).toHaveLength(1);
    expect(machine.figures().workspaceBytes).toBeLessThanOrEqual(256 << 20);
    await guest("rm /root/work/big");
    expect((await guest("cd /root/work && echo again >small && sync && cat small")).output).toBe("again");
    await expect.poll(() => machine.figures().workspaceBytes).toBe(6);
  });

  test("collecting more than passes at once is an error that says so, and leaves nothing", async () => {
    // Holes too small to be left out.
    await guest("mkdir /var/lib/drydock/much && cd /var/lib/drydock/much && truncate -s 1000000 $(seq 1200)");
    const { agent, exchange } = machine;
    const entries = agent.openInput();
    const collected = agent.call("tree.collect", {
      root: "/var/lib/drydock/much",
      entries: entries.id,
      contents: exchange.name(),
    });
    const listed = expect(readAll(entries)).rejects.toThrow("no space left");
    await expect(collected).rejects.toThrow(
      "no space left on device: this is more than guest and page pass to each other at once",
    );
    await listed;
    expect(machine.figures().exchangeBytes).toBe(0);
    expect(messages.at(-1)).toBe(
      "too much at once between guest and page: 1024 MiB fit; have a build's step change less, or copy less at once",
    );
    await guest("rm -r /var/lib/drydock/much");
  });
});
