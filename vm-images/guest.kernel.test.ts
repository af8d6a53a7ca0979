import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { VMImageManifest } from "../src/machine/images.js";
import type { Machine } from "../src/machine/machine.js";
import { restoreMachine } from "../src/machine/restore-machine.js";
import { runInGuest } from "../src/node/guest-script.js";
import { cacheDir } from "../src/node/paths.js";
import { readVMImage, V86_WASM } from "../src/node/read-vm-image.js";
import { buildVMImage } from "./image.js";

let manifest: VMImageManifest;
let machine: Machine;

beforeAll(async () => {
  const folder = await buildVMImage({ cacheDir, onStep: () => {} });
  const image = await readVMImage(folder);
  manifest = image.manifest;
  machine = await restoreMachine({
    wasm: V86_WASM,
    state: image.state,
    memoryBytes: manifest.memoryBytes,
    columns: 80,
    rows: 24,
    shell: false,
  });
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

test("the state is small enough for the page", () => {
  expect(manifest.state.bytes).toBeLessThan(11e6);
});

test("the kernel is the one that the manifest names, and complained about nothing", async () => {
  expect((await guest("uname -r")).output).toBe(manifest.kernel);
  expect((await guest("dmesg -r | grep '^<[0-2]>'; true")).output).toBe("");
});

test("the root can be left by pivot_root", async () => {
  const script = `mkdir -p /tmp/new && mount -t tmpfs none /tmp/new && mkdir /tmp/new/bin /tmp/new/old &&
    cp /bin/busybox /tmp/new/bin && cd /tmp/new && pivot_root . old && echo left`;
  expect(await guest(`unshare -m sh -c '${script}'; rmdir /tmp/new`)).toEqual({ output: "left", status: 0 });
});

test("controllers are there for groups beside the agent's", async () => {
  const { output } = await guest("cat /sys/fs/cgroup/cgroup.subtree_control; cat /proc/1/cgroup");
  const [controllers, own] = output.split("\n");
  expect(controllers!.split(" ").sort()).toEqual(["cpu", "cpuset", "io", "memory", "pids"]);
  expect(own).toBe("0::/init");
});

test("the disk is ext4 below /var/lib/drydock, the swap is on, the page's files are mounted", async () => {
  expect(
    (await guest("stat -f -c %T /var/lib/drydock; awk '$2 == \"/var/lib/drydock\" {print $1, $3}' /proc/mounts"))
      .output,
  ).toMatch(/\/dev\/sda ext4$/);
  expect((await guest("awk 'NR == 2 {print $1, $3}' /proc/swaps")).output).toMatch(/^\/dev\/sdb 10485\d\d$/);
  expect((await guest("awk '$2 == \"/root/work\" {print $3}' /proc/mounts")).output).toBe("9p");
});

test("what a container needs of the kernel is there", async () => {
  const { output } = await guest(
    "unshare -m -u -i -p -n --fork sh -c 'hostname box; hostname; echo $$; ls /sys/class/net'",
  );
  expect(output.split("\n").slice(0, 2)).toEqual(["box", "1"]);
  expect((await guest("grep -c -w -e overlay -e ext4 -e 9p /proc/filesystems")).output).toBe("3");
});

test("processes that lost their parents are reaped", async () => {
  const orphans = "for i in 1 2 3; do (sleep 0.1 &); done";
  expect((await guest(`${orphans}; sleep 1; ps -o stat,comm | grep -c -e ^Z -e sleep$`)).output).toBe("0");
});
