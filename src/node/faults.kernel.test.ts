/**
 * A container's making, broken at every step: each system call of its list in turn fails, or is the last thing that its
 * process does; the agent dies; the page goes away at each message and comes back. Nothing may be left behind, and
 * nothing may be told twice.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { DEFAULT_SHM_BYTES, defaultMounts } from "../engine/containers/default-spec.js";
import { Emulator, PLAIN_PORT } from "../machine/emulator.js";
import { createPageFiles } from "../machine/page-files.js";
import { SparseDisk } from "../machine/sparse-disk.js";
import { directory, file } from "../machine/testfiles/trees.js";
import type { Params } from "../protocol/commands.js";
import { createPeer } from "../protocol/create-peer.js";
import { SNAPSHOTS_DIRECTORY } from "../protocol/guest-paths.js";
import { LAYERS_DIRECTORY } from "../protocol/page-files.js";
import type { AgentClient, Transport } from "../protocol/peer.js";
import { exitProgram } from "../session/exit-program.js";
import { composeContainer } from "../shared/birth/compose-container.js";
import { CALL_BYTES, HeaderWord, NOT_REACHED } from "../shared/calls/list-format.js";
import { readList } from "../shared/calls/testfiles/read-list.js";
import { I386_SYSCALLS } from "../shared/linux/i386-syscalls.js";
import type { RuntimeSpec } from "../shared/oci/runtime.js";
import { Capture } from "./capture.js";
import { runInGuest } from "./guest-script.js";
import { type Headless, openHeadless } from "./headless.js";
import { prepare } from "./prepare.js";
import { readVMImage, V86_WASM } from "./read-vm-image.js";

const NO_SUCH_CALL = 0xfe00;
const EXIT_GROUP = I386_SYSCALLS.get("exit_group")!;

/**
 * What a container could leave: cgroups, links, ports, directories, mounts, descriptors of the agent. Of network namespaces it keeps
 * two at hand at most, beside its own.
 */
const LEFT = `
  find /sys/fs/cgroup/docker /sys/fs/cgroup/buildkit -mindepth 1 -type d
  ls /sys/class/net; netstat -ltn
  ls -A /var/lib/drydock/snapshots /var/lib/drydock/snapshots/.trash /run/drydock/containers
  wc -l </proc/mounts
  for pid in $(pidof agent-host); do
    ls -l /proc/$pid/fd | grep -vc 'net:'
    [ $(ls -l /proc/$pid/fd | grep -c 'net:') -le 3 ] || echo network namespaces left
  done
  cat /sys/fs/cgroup/docker/cgroup.procs /sys/fs/cgroup/buildkit/cgroup.procs`;

describe("in the engine", () => {
  let headless: Headless;
  let change: (command: string, params: { calls: Uint8Array }) => void = () => {};
  let report = new Uint8Array(0);
  const ended = new Map<string, number>();

  beforeAll(async () => {
    headless = await openHeadless();
    await ask("POST", "/images/create?fromImage=busybox&tag=latest");
    const { agent } = headless.machine;
    const call = agent.call.bind(agent) as (command: string, params: object) => Promise<{ report?: Uint8Array }>;
    (agent as { call: unknown }).call = async (command: string, params: object) => {
      if ("calls" in params) change(command, params as { calls: Uint8Array });
      const answer = await call(command, params);
      if (answer.report) report = Uint8Array.from(answer.report);
      return answer;
    };
    agent.on("container.exited", ({ id, exec = "" }) => ended.set(id + exec, (ended.get(id + exec) ?? 0) + 1));
  });
  afterAll(() => headless?.dispose());
  afterEach(() => {
    change = () => {};
  });

  async function ask(method: string, path: string, body?: object) {
    const request = new Request(`http://drydock${path}`, { method, body: body && JSON.stringify(body) });
    const response = await headless.core.engine.fetch(request);
    const text = await response.text();
    return { status: response.status, text, id: /"Id":"(\w+)"/.exec(text)?.[1] };
  }

  async function left(): Promise<string> {
    await headless.core.engine.idle();
    const stdout = new Capture();
    await runInGuest(headless.machine, ["/bin/sh", "-c", LEFT], { stdout, stderr: new Capture() });
    return stdout.text;
  }

  /** What there is once nothing waits to be deleted. */
  async function settled(): Promise<string> {
    let now = "";
    const look = async () => {
      now = await left();
      return now;
    };
    await expect.poll(look, { timeout: 30_000, interval: 100 }).toMatch(/\.trash:\n\d+\n\d+\n$/);
    return now;
  }

  /** What is left once the agent has had time to delete. */
  async function expectNothingLeft(clean: string): Promise<void> {
    await expect.poll(left, { timeout: 30_000, interval: 100 }).toBe(clean);
    expect([...ended.values()].filter((times) => times > 1)).toEqual([]);
  }

  /** Everything that a container can have: a network, a port, files, a volume, tmpfs, limits, a user, a terminal, a read-only root. */
  const ALL = {
    Image: "busybox",
    Cmd: ["sh", "-c", "true"],
    User: "1000:1000",
    Tty: true,
    HostConfig: {
      PortBindings: { "80/tcp": [{ HostPort: "8080" }] },
      Memory: 64 << 20,
      Binds: ["faults:/v", "/etc/profile:/made/here:ro"],
      Tmpfs: { "/t": "" },
      Ulimits: [{ Name: "nofile", Soft: 64, Hard: 64 }],
      Sysctls: { "net.ipv4.ip_forward": "0" },
      SecurityOpt: ["no-new-privileges"],
      ReadonlyRootfs: false,
    },
  };

  async function start(): Promise<number> {
    return (await startAndWait()).status;
  }

  /** `exitCode` of one that was started. */
  async function startAndWait(): Promise<{ status: number; exitCode?: number }> {
    const { id } = await ask("POST", "/containers/create", ALL);
    const waiting = ask("POST", `/containers/${id}/wait?condition=next-exit`);
    const { status } = await ask("POST", `/containers/${id}/start`);
    const exitCode = status === 204 ? Number(/"StatusCode":(\d+)/.exec((await waiting).text)?.[1]) : undefined;
    await ask("DELETE", `/containers/${id}?force=1&v=1`);
    return { status, exitCode };
  }

  /** Calls of a list that are made when all goes well. */
  async function callsMade(): Promise<number[]> {
    expect(await start()).toBe(204);
    const view = new DataView(report.buffer);
    const count = (report.length - 12) / 12;
    return Array.from({ length: count }, (_, index) => index).filter(
      (index) => view.getUint32(12 + 12 * index + 4, true) !== NOT_REACHED,
    );
  }

  test("each call in turn fails", async () => {
    await start();
    const clean = await settled();
    const made = await callsMade();
    expect(made.length).toBeGreaterThan(100);
    const started: (number | undefined)[] = [];
    for (const index of made) {
      change = (_, { calls }) => replaceCall(calls, index, NO_SUCH_CALL);
      const { status, exitCode } = await startAndWait();
      if (status === 204) started.push(exitCode);
      else expect(status, `call ${index}`).toBeGreaterThanOrEqual(400);
    }
    // Only a program that cannot be executed is the process's own affair, as with runc: it says so, and ends with 255.
    expect(started).toEqual([255]);
    change = () => {};
    await expectNothingLeft(clean);
    expect(await start()).toBe(204);
  });

  test("each call of its process is its last", async () => {
    const clean = await settled();
    const made = await callsMade();
    let spawned = 0;
    change = (_, { calls }) => {
      spawned = readList(calls).findIndex(({ name }) => name === "spawn");
    };
    await start();
    for (const index of made.filter((each) => each > spawned)) {
      change = (_, { calls }) => replaceCall(calls, index, EXIT_GROUP);
      await start();
    }
    change = () => {};
    await expectNothingLeft(clean);
  });

  test("an exec's calls, each in turn", async () => {
    const { id } = await ask("POST", "/containers/create", { Image: "busybox", Cmd: ["sleep", "1000"] });
    await ask("POST", `/containers/${id}/start`);
    const exec = async () => {
      const made = await ask("POST", `/containers/${id}/exec`, { Cmd: ["true"], Tty: true, AttachStdout: true });
      return (await ask("POST", `/exec/${made.id}/start`, { Detach: false, Tty: true })).status;
    };
    expect(await exec()).toBe(200);
    const before = await settled();
    const view = new DataView(report.buffer);
    const count = (report.length - 12) / 12;
    for (let index = 0; index < count; index++) {
      if (view.getUint32(12 + 12 * index + 4, true) === NOT_REACHED) continue;
      change = (_, { calls }) => replaceCall(calls, index, NO_SUCH_CALL);
      await exec();
    }
    change = () => {};
    expect(await exec()).toBe(200);
    await expectNothingLeft(before);
    await ask("DELETE", `/containers/${id}?force=1`);
  });

  test("a network's calls, each in turn: its making, a container's connecting to it, its removal", async () => {
    const { id } = await ask("POST", "/containers/create", { Image: "busybox", Cmd: ["sleep", "1000"] });
    await ask("POST", `/containers/${id}/start`);
    const before = await settled();
    const connection = { Container: id };
    const steps = [
      () => ask("POST", "/networks/create", { Name: "faulty" }),
      () => ask("POST", "/networks/faulty/connect", connection),
      () => ask("POST", "/networks/faulty/disconnect", connection),
      () => ask("DELETE", "/networks/faulty"),
    ];
    for (const [number, step] of steps.entries()) {
      const clean = await settled();
      let calls = 0;
      for (let index = 0; index === 0 || index < calls; index++) {
        // Only of the first list: another one clears up.
        change = (_, list) => {
          change = () => {};
          calls = readList(list.calls).length;
          replaceCall(list.calls, index, NO_SUCH_CALL);
        };
        expect((await step()).status, `step ${number}, call ${index}`).toBeGreaterThanOrEqual(400);
      }
      expect(calls).toBeGreaterThan(4);
      // What takes something away may have done so before it failed.
      if (number < 2) expect(await settled()).toBe(clean);
      expect((await step()).status).toBeLessThan(300);
    }
    await expectNothingLeft(before);
    await ask("DELETE", `/containers/${id}?force=1`);
  });

  test("the agent dies while it makes a container: its successor clears up and goes on", async () => {
    const clean = await settled();
    const { id: other } = await ask("POST", "/containers/create", { Image: "busybox", Cmd: ["sleep", "1000"] });
    await ask("POST", `/containers/${other}/start`);
    for (const index of [0, 3, 6]) {
      const again = new Promise<void>((resolve) => {
        const subscription = headless.machine.agent.onRestart(() => {
          subscription.dispose();
          resolve();
        });
      });
      change = (command, { calls }) => command === "container.create" && replaceCall(calls, index, EXIT_GROUP);
      expect(await start()).toBeGreaterThanOrEqual(400);
      change = () => {};
      await again;
      expect(await start()).toBe(204);
    }
    expect((await ask("GET", `/containers/${other}/json`)).text).toContain('"ExitCode":137');
    await ask("DELETE", `/containers/${other}?force=1`);
    await expectNothingLeft(clean);
  });
});

describe("a page that goes away at each message and comes back", () => {
  let emulator: Emulator;
  const files = createPageFiles();

  beforeAll(async () => {
    const { vmImage } = await prepare();
    const { manifest, state } = await readVMImage(vmImage);
    emulator = await Emulator.load({
      wasm: V86_WASM,
      memoryBytes: manifest.memoryBytes,
      disk: new SparseDisk(0),
      swap: new SparseDisk(0),
      handle9p: (request, reply) => files.server.handle(request, reply),
      from: { state },
    });
    emulator.run();
  });
  afterAll(() => emulator?.dispose());

  /** The channel until `messages` of them have passed, in both directions together; then nothing passes any more. */
  function channel(messages: number): Transport & { readonly passed: number } {
    const port = emulator.consoles[PLAIN_PORT]!;
    let passed = 0;
    return {
      get passed() {
        return passed;
      },
      send: async (bytes) => {
        if (passed++ < messages) await port.send(bytes);
        else await new Promise(() => {});
      },
      onReceive: (listener) => port.onReceive((bytes) => void (passed++ < messages && listener(bytes))),
      onClose: port.onClose,
      close: () => {},
    };
  }

  function page(transport: Transport): AgentClient {
    const codec = { encode: encoder.encode.bind(encoder), decode: decoder.decode.bind(decoder) };
    return createPeer({ name: "drydock-page", transport, codec, opens: true }) as AgentClient;
  }

  async function resume(agent: AgentClient): Promise<void> {
    const entropyHex = "5a".repeat(32);
    await agent.call("machine.resume", { epochMs: Date.now(), entropyHex, columns: 80, rows: 24, shell: false });
  }

  /** One container from its making to its end, as far as it comes. */
  async function live(agent: AgentClient): Promise<void> {
    const exited = new Promise((resolve) => agent.on("container.exited", resolve));
    const output = agent.openInput();
    await agent.call("container.create", { ...creation(), stdio: { stdout: output.id } });
    await exited;
    await agent.call("container.delete", { id: ID, snapshot: ID });
  }

  async function left(agent: AgentClient): Promise<string> {
    const output = agent.openInput();
    const ended = new Promise((resolve) => agent.on("process.exited", resolve));
    const argv = ["/bin/sh", "-c", LEFT];
    await agent.call("process.spawn", { argv, env: PATH, cwd: "/", terminal: false, stdio: { stdout: output.id } });
    let text = "";
    for await (const chunk of output) text += decoder.decode(chunk);
    await ended;
    return text;
  }

  test("it finds what runs, ends it, and nothing is left", async () => {
    const first = page(channel(Number.POSITIVE_INFINITY));
    await resume(first);
    files.layers.publish("image", { root: directory({ exit: file(exitProgram(), 0o755), ...MOUNT_POINTS }) });
    await live(first);
    const clean = await left(first);
    const whole = channel(Number.POSITIVE_INFINITY);
    first.dispose();
    const measured = page(whole);
    await live(measured);
    measured.dispose();
    expect(whole.passed).toBeGreaterThan(5);
    for (let messages = 2; messages <= whole.passed; messages++) {
      const cut = page(channel(messages));
      live(cut).catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, 300));
      cut.dispose();
      const back = page(channel(Number.POSITIVE_INFINITY));
      const { containers } = await back.call("container.list", {});
      for (const { id, status } of containers) {
        expect(id).toBe(ID);
        expect(await back.call("container.state", { id })).toMatchObject({ status });
        if (status !== "exited") await back.call("container.kill", { id, signal: 9 });
        await expect.poll(() => back.call("container.state", { id })).toMatchObject({ status: "exited" });
        await back.call("container.delete", { id, snapshot: id });
      }
      await back.call("snapshot.remove", { key: ID });
      await expect.poll(() => left(back), { timeout: 5000, interval: 150 }).toBe(clean);
      back.dispose();
    }
  });
});

const encoder = new TextEncoder();
const decoder = new TextDecoder();

const ID = "returning";
const MOUNT_POINTS = { dev: directory({}), proc: directory({}), sys: directory({}) };
const PATH = { PATH: "/bin:/sbin" };
const DIRECTORY = `${SNAPSHOTS_DIRECTORY}/${ID}`;

function creation(): Omit<Params<"container.create">, "stdio"> {
  const overlay = {
    ...{ directory: DIRECTORY, layers: ["image"], layersDirectory: LAYERS_DIRECTORY, exists: false },
    ...{ upper: `${DIRECTORY}/upper`, work: `${DIRECTORY}/work` },
  };
  const spec: RuntimeSpec = {
    ociVersion: "1.2.0",
    root: { path: "/" },
    mounts: defaultMounts({ privileged: false, shmBytes: DEFAULT_SHM_BYTES }),
    process: { user: { uid: 0, gid: 0 }, args: ["/exit"], env: [], cwd: "/" },
    linux: {
      namespaces: [{ type: "mount" }, { type: "network" }, { type: "pid" }, { type: "ipc" }, { type: "cgroup" }],
      cgroupsPath: `/docker/${ID}`,
    },
  };
  const place = { overlay, pipes: [false, true, false] as const, columns: 80, rows: 24 };
  return {
    id: ID,
    calls: composeContainer(spec, place).encode(),
    terminal: false,
    holds: {
      cgroup: `/sys/fs/cgroup/docker/${ID}`,
      workDirectory: overlay.work,
      newDirectory: DIRECTORY,
      network: "own",
    },
  };
}

/** What was allowed to fail is not any more. */
function replaceCall(list: Uint8Array, index: number, number: number): void {
  const view = new DataView(list.buffer, list.byteOffset);
  let at = view.getUint32(4 * HeaderWord.firstCall, true);
  for (let call = 0; call < index; call++) at += CALL_BYTES + 4 * view.getUint8(at + 2);
  view.setUint16(at, number, true);
  view.setUint32(at + 12, 0, true);
}
