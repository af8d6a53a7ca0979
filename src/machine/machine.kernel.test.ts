import { createHash, randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildVMImage } from "../../vm-images/image.js";
import { cacheDir } from "../node/paths.js";
import { readVMImage, V86_WASM } from "../node/read-vm-image.js";
import { LAYERS_DIRECTORY } from "../protocol/page-files.js";
import type { VMImageManifest } from "./images.js";
import type { Machine, MachineHealth, MachineOptions, PackedState } from "./machine.js";
import { restoreMachine } from "./restore-machine.js";
import { directory, file, fileOf, symlink, whiteout } from "./testfiles/trees.js";

let state: ArrayBuffer | PackedState;
let manifest: VMImageManifest;
let machine: Machine;
const messages: string[] = [];

beforeAll(async () => {
  const folder = await buildVMImage({ cacheDir, onStep: () => {} });
  ({ manifest, state } = await readVMImage(folder));
  machine = await restore({ workspace: [{ type: "file", path: "seed.txt", bytes: bytesOf("planted\n") }] });
  machine.onMessage((message) => messages.push(message));
});
afterAll(() => machine?.dispose());

function restore(options: Partial<MachineOptions> = {}): Promise<Machine> {
  return restoreMachine({
    wasm: V86_WASM,
    state,
    memoryBytes: manifest.memoryBytes,
    columns: 80,
    rows: 24,
    shell: false,
    ...options,
  });
}

const bytesOf = (text: string) => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const hash = (bytes: Uint8Array) => createHash("md5").update(bytes).digest("hex");

/** Output, both streams together, and status of a shell script in the guest. */
async function guest(script: string, on = machine): Promise<{ output: string; status: number }> {
  const { agent } = on;
  const [stdout, stderr] = [agent.openInput(), agent.openInput()];
  const exits = new Map<number, number>();
  let wake = () => {};
  const subscription = agent.on("process.exited", ({ pid, exitCode }) => {
    exits.set(pid, exitCode);
    wake();
  });
  const { pid } = await agent.call("process.spawn", {
    argv: ["/bin/sh", "-c", script],
    env: { PATH: "/bin:/sbin", HOME: "/root" },
    cwd: "/root",
    stdio: { stdout: stdout.id, stderr: stderr.id },
    terminal: false,
  });
  let output = "";
  const read = async (stream: AsyncIterable<Uint8Array>) => {
    for await (const chunk of stream) output += textOf(chunk);
  };
  await Promise.all([read(stdout), read(stderr)]);
  while (!exits.has(pid)) await new Promise<void>((resolve) => (wake = resolve));
  subscription.dispose();
  return { output: output.trim(), status: exits.get(pid)! };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20));
}

test("50 MB go through the channel both ways, intact", async () => {
  const { agent } = machine;
  const block = randomBytes(1 << 20);
  const [sent, received] = [createHash("md5"), createHash("md5")];
  const [output, input] = [agent.openOutput(), agent.openInput()];
  const call = agent.call("machine.echo", { from: output.id, to: input.id });
  const writing = (async () => {
    for (let i = 0; i < 50; i++) {
      block[0] = i;
      sent.update(block);
      await output.write(block);
    }
    await output.end();
  })();
  for await (const chunk of input) received.update(chunk);
  await writing;
  expect(await call).toEqual({ bytes: 50 << 20 });
  expect(received.digest("hex")).toBe(sent.digest("hex"));
  expect(machine.figures().streams).toBe(0);
});

describe("layers over 9P", () => {
  test("overlay on the disk shows whiteouts and opaque directories, and hides them by its own", async () => {
    machine.layers.publish("low", {
      root: directory({
        etc: directory({ a: file("a1"), gone: file("gone") }),
        opaque: directory({ old: file("old") }),
        link: symlink("etc/a"),
      }),
    });
    machine.layers.publish("high", {
      root: directory({
        etc: directory({ gone: whiteout(), b: file("b2") }),
        opaque: directory({ new: file("new") }, { "trusted.overlay.opaque": "y" }),
      }),
    });
    const D = "/var/lib/drydock/test";
    const lower = `${LAYERS_DIRECTORY}/high:${LAYERS_DIRECTORY}/low`;
    const { output } = await guest(`mkdir -p ${D}/up ${D}/work ${D}/merged && cd ${D} &&
      mount -t overlay -o lowerdir=${lower},upperdir=up,workdir=work overlay merged && cd merged &&
      ls etc opaque && cat link && rm -r etc opaque && mkdir opaque && ls opaque && cd .. && umount merged &&
      stat -c '%F %t,%T' up/etc && rm -r ${D}`);
    expect(output.split("\n")).toEqual(["etc:", "a", "b", "", "opaque:", "new", "a1character special file 0,0"]);
  });

  test("a program on a layer runs, and its reading is told", async () => {
    const busybox = await readGuestFile("/bin/busybox");
    const reads: string[] = [];
    const subscription = machine.layers.onRead(({ layer, path }) => reads.push(`${layer} ${path}`));
    machine.layers.publish("bin", { root: directory({ bin: directory({ busybox: file(busybox, 0o755) }) }) });
    expect((await guest(`${LAYERS_DIRECTORY}/bin/bin/busybox echo ran`)).output).toBe("ran");
    subscription.dispose();
    expect(reads).toEqual(["bin bin/busybox"]);
    machine.layers.withdraw("bin");
    expect((await guest(`${LAYERS_DIRECTORY}/bin/bin/busybox echo ran`)).status).not.toBe(0);
  });

  test("a blob that fails is EIO in the guest and a message on the page; one that is late is waited for", async () => {
    machine.layers.publish("faulty", {
      root: directory({
        fails: fileOf(5, { read: () => Promise.reject(new Error("blob sha256:abc: status 404")) }),
        late: fileOf(5, {
          read: async () => {
            await new Promise((resolve) => setTimeout(resolve, 200));
            return bytesOf("later");
          },
        }),
      }),
    });
    expect(await guest(`cat ${LAYERS_DIRECTORY}/faulty/fails`)).toEqual({
      output: "cat: read error: Input/output error",
      status: 1,
    });
    expect(messages).toContain("9p: read: layers/faulty/fails: blob sha256:abc: status 404");
    expect((await guest(`cat ${LAYERS_DIRECTORY}/faulty/late`)).output).toBe("later");
  });

  test("a process that waits for a blob can be killed", async () => {
    machine.layers.publish("silent", {
      root: directory({ never: fileOf(5, { read: () => new Promise<Uint8Array>(() => {}) }) }),
    });
    const { output } = await guest(
      `cat ${LAYERS_DIRECTORY}/silent/never & pid=$!; sleep 0.3; kill -9 $pid; wait $pid; echo $?`,
    );
    expect(output).toMatch(/^137$/m);
  });

  test("a big directory and a file of many megabytes", async () => {
    const big = randomBytes(20 << 20);
    const names = Array.from({ length: 2000 }, (_, i) => [`file-with-a-long-name-${i}`, file("")] as const);
    machine.layers.publish("big", { root: directory({ big: file(big), many: directory(Object.fromEntries(names)) }) });
    const { output } = await guest(`cd ${LAYERS_DIRECTORY}/big && md5sum <big && ls many | wc -l`);
    expect(output).toBe(`${hash(big)}  -\n2000`);
  });

  test("handles go when the guest forgets", async () => {
    await guest("echo 3 >/proc/sys/vm/drop_caches");
    await until(() => machine.figures().fids < 50);
  });

  async function readGuestFile(path: string): Promise<Uint8Array> {
    const [name, entries] = [machine.exchange.name(), machine.agent.openInput()];
    const collected = machine.agent.call("tree.collect", { root: path, entries: entries.id, contents: name });
    while (await entries.read());
    await collected;
    return machine.exchange.take(name);
  }
});

describe("the workspace", () => {
  test("what the page writes is in the guest at once, what the guest writes is told", async () => {
    const { workspace } = machine;
    expect((await guest("cat work/seed.txt")).output).toBe("planted");
    await workspace.write("src/main.c", bytesOf("int main;\n"), 0o755);
    expect((await guest("cat work/src/main.c; stat -c %a work/src/main.c")).output).toBe("int main;\n755");
    await workspace.write("src/main.c", bytesOf("int main2;\n"));
    expect((await guest("cat work/src/main.c")).output).toBe("int main2;");
    const told: string[] = [];
    const subscription = workspace.onChange((paths) => told.push(...paths));
    await guest("cd work && mkdir out && echo made >out/made && ln -s out sym && rm seed.txt");
    await until(() => told.includes("out/made") && textOf(workspace.read("out/made")) === "made\n");
    subscription.dispose();
    expect(told).toEqual(expect.arrayContaining(["out", "out/made", "seed.txt", "sym"]));
    expect(workspace.list().map(({ path, type }) => `${type} ${path}`)).toEqual(
      expect.arrayContaining(["directory src", "file src/main.c", "directory out", "file out/made", "symlink sym"]),
    );
    await workspace.remove("out");
    expect((await guest("ls work")).output).toBe("src\nsym");
  });

  test("a file that had another name for a while is still told", async () => {
    const { workspace } = machine;
    await workspace.write("linked", bytesOf("one\n"));
    const told: string[] = [];
    const subscription = workspace.onChange((paths) => told.push(...paths));
    await guest("cd work && ln linked other && rm other && echo two >>linked && sync");
    await until(() => told.includes("linked"));
    subscription.dispose();
    expect(textOf(workspace.read("linked"))).toBe("one\ntwo\n");
    await workspace.remove("linked");
  });

  test("a file that is renamed while it is written, and one that is removed while it is open", async () => {
    const { output } = await guest(`cd work && (exec 5>a; echo one >&5; mv a b; echo two >&5) && cat b &&
      (exec 5<b; rm b; cat <&5; ls b)`);
    expect(output).toBe("one\ntwo\none\ntwo\nls: b: No such file or directory");
  });
});

describe("saving and restoring", () => {
  test("the disk's contents survive; time and randomness are new", async () => {
    await guest("echo kept >/var/lib/drydock/kept && sync");
    const diskBytes = machine.figures().diskBytes;
    await machine.agent.call("machine.quiesce", {});
    state = await machine.save();
    machine.dispose();
    const again = await restore();
    machine = await restore();
    const look = "cat /var/lib/drydock/kept; dd if=/dev/urandom bs=16 count=1 2>/dev/null | md5sum";
    const [first, second] = [(await guest(look, again)).output, (await guest(look)).output];
    again.dispose();
    expect(first.split("\n")[0]).toBe("kept");
    expect(second.split("\n")[0]).toBe("kept");
    expect(first).not.toBe(second);
    expect(machine.figures().diskBytes).toBeGreaterThanOrEqual(diskBytes * 0.9);
    const clock = Number((await guest("date +%s")).output);
    expect(Math.abs(clock - Date.now() / 1000)).toBeLessThan(30);
  });
});

test("a state that does not fit is refused", async () => {
  const cut = (state as ArrayBuffer).slice(0, 100_000);
  await expect(restore({ state: cut })).rejects.toThrow("the saved state does not fit");
});

describe("health", () => {
  test("a silent agent is a hung guest, until it speaks again", async () => {
    const hanging = await restore({ timeoutMs: 2000 });
    const seen: MachineHealth[] = [];
    hanging.onHealth((health) => seen.push(health));
    await guest("(kill -STOP $(pidof agent-host); sleep 8; kill -CONT $(pidof agent-host)) >/dev/null 2>&1 &", hanging);
    await until(() => seen.length === 2);
    expect(seen).toEqual([{ state: "hung", message: "the guest has not answered for 2 s" }, { state: "running" }]);
    hanging.dispose();
  });

  test("a guest whose clock is behind, as after a sleep of the computer, has it set again", async () => {
    const slept = await restore({ timeoutMs: 2000 });
    const seen: MachineHealth[] = [];
    slept.onHealth((health) => seen.push(health));
    // One process: by the time of a second, a ping may have set it.
    const behind = await guest("date -s @$(($(date +%s) - 28800)) +%s", slept);
    expect(Date.now() / 1000 - Number(behind.output)).toBeGreaterThan(28_000);
    const ahead = async () => Number((await guest("date +%s", slept)).output) - Date.now() / 1000;
    await expect.poll(ahead, { timeout: 30_000 }).toBeGreaterThan(-10);
    expect(seen).toEqual([]);
    slept.dispose();
  });

  test("a kernel that panics is dead, and what waits for it fails", async () => {
    const dying = await restore();
    const dead = new Promise<MachineHealth>((resolve) => dying.onHealth(resolve));
    const waiting = guest("sleep 0.2; echo c >/proc/sysrq-trigger", dying);
    waiting.catch(() => {});
    expect(await dead).toEqual({ state: "dead", message: expect.stringContaining("Kernel panic - not syncing") });
    dying.dispose();
    await expect(waiting).rejects.toThrow("the channel was closed");
  });
});
