/**
 * A machine without a guest: an agent that remembers snapshots and containers, and runs programs written as
 * functions. It speaks the real protocol over an in-memory pair.
 */

import type { ReadOnlyTree } from "../../machine/ninep/tree.js";
import { type CollectedEntry, formatCollectedEntry } from "../../protocol/collected-entry.js";
import type { ContainerUsage, Params, StreamId } from "../../protocol/commands.js";
import { createPeer } from "../../protocol/create-peer.js";
import { memoryTransports } from "../../protocol/memory-transport.js";
import type { AgentClient, AgentServer } from "../../protocol/peer.js";
import { NOT_REACHED, REPORT_HEAD_BYTES, RESULT_BYTES } from "../../shared/calls/list-format.js";
import { type ReadCall, readList } from "../../shared/calls/testfiles/read-list.js";
import { Emitter } from "../../shared/disposable.js";
import { errnoNumber } from "../../shared/linux/errno.js";
import type { EngineMachine } from "../engine-machine.js";

export interface FakeProcess {
  args: string[];
  env: string[];
  cwd: string;
  /** Its whole making. */
  calls: ReadCall[];
  print(text: string, stream?: "stdout" | "stderr"): Promise<void>;
  readAll(): Promise<string>;
  /** Resolves with the first signal that is sent. */
  signalled: Promise<number>;
}

/** @returns the exit code. */
export type Program = (process: FakeProcess) => Promise<number> | number;

export interface FakeMachine extends EngineMachine {
  /** What the agent was asked, in order. */
  readonly asked: { command: string; params: unknown }[];
  /** Lower directories of each, topmost first. */
  readonly snapshots: Map<string, readonly string[]>;
  readonly containers: Map<string, Params<"container.create">>;
  /** What containers have at these paths. */
  readonly files: Record<string, string>;
  readonly shelf: Map<string, ReadOnlyTree>;
  readonly exchanged: Map<string, Uint8Array>;
  /** By args[0]; anything else is not found. */
  readonly programs: Record<string, Program>;
  /** By args[0]: what execve answers for a program that is there. */
  readonly unexecutable: Record<string, string>;
  /** What is on the guest's disk. */
  diskBytes: Uint8Array;
  /** What snapshot.diff and tree.collect answer. */
  diff: { entries: CollectedEntry[]; contents: string };
  usage: Partial<ContainerUsage>;
  agentServer: AgentServer;
}

const codec = {
  encode: (text: string) => new TextEncoder().encode(text),
  decode: (bytes: Uint8Array) => new TextDecoder().decode(bytes),
};

export function fakeMachine(programs: Record<string, Program> = {}): FakeMachine {
  const [pageEnd, agentEnd] = memoryTransports();
  const agent = createPeer({ name: "drydock-page", transport: pageEnd, codec, opens: true }) as AgentClient;
  const server = createPeer({ name: "drydock-agent", transport: agentEnd, codec, opens: false }) as AgentServer;
  const shelf = new Map<string, ReadOnlyTree>();
  const exchanged = new Map<string, Uint8Array>();
  let names = 0;
  const machine: FakeMachine = {
    agent,
    agentServer: server,
    asked: [],
    snapshots: new Map(),
    containers: new Map(),
    files: {},
    shelf,
    exchanged,
    programs: { true: () => 0, ...programs },
    unexecutable: {},
    diskBytes: new Uint8Array(),
    diff: { entries: [], contents: "" },
    usage: {},
    layers: {
      publish: (name, tree) => void shelf.set(name, tree),
      withdraw: (name) => void shelf.delete(name),
      onRead: new Emitter<{ layer: string; path: string }>().event,
    },
    exchange: {
      name: () => `x${++names}`,
      put: (name, bytes) => void exchanged.set(name, bytes),
      take: (name) => {
        const bytes = exchanged.get(name);
        if (!bytes) throw new Error(`no exchange file ${name}`);
        exchanged.delete(name);
        return bytes;
      },
    },
    disk: { read: (offset, bytes) => bytes.set(machine.diskBytes.subarray(offset, offset + bytes.length)) },
  };
  serve(machine);
  return machine;
}

function serve(machine: FakeMachine): void {
  const { agentServer: server, asked, snapshots, containers } = machine;
  const kills = new Map<string, (signal: number) => void>();
  let pids = 100;
  const on: AgentServer["serve"] = (command, handler) =>
    server.serve(command, (params) => {
      asked.push({ command, params });
      return handler(params);
    });
  const fail = (code: string, message: string): never => {
    throw Object.assign(new Error(message), { failure: { code, message } });
  };
  const known = (id: string) => containers.get(id) ?? fail("not-found", `no container ${id}`);

  on("snapshot.remove", ({ key }) => {
    snapshots.delete(key);
    return {};
  });
  const collect = async ({ entries, contents }: { entries: StreamId; contents?: string }) => {
    const lines = machine.diff.entries
      .map((entry) => `${formatCollectedEntry(entry, (bytes) => btoa(String.fromCharCode(...bytes)))}\n`)
      .join("");
    const stream = server.output(entries);
    if (lines) await stream.write(codec.encode(lines));
    await stream.end();
    if (contents === undefined) return { entries: machine.diff.entries.length, contentBytes: 0 };
    machine.exchanged.set(contents, codec.encode(machine.diff.contents));
    return { entries: machine.diff.entries.length, contentBytes: machine.diff.contents.length };
  };
  on("snapshot.diff", collect);
  on("tree.collect", collect);
  const run = (key: string, calls: ReadCall[], stdio: Params<"container.create">["stdio"]) => {
    const { args, env } = programOf(calls);
    const signalled = new Promise<number>((resolve) => kills.set(key, resolve));
    const output = (id: StreamId | undefined) => (id === undefined ? undefined : server.output(id));
    const streams = { stdout: output(stdio.stdout), stderr: output(stdio.stderr) };
    const stdin = stdio.stdin === undefined ? undefined : server.input(stdio.stdin);
    const print = async (text: string, stream: "stdout" | "stderr" = "stdout") => {
      await (streams[stream] ?? streams.stdout)?.write(codec.encode(text));
    };
    const readAll = async () => {
      let text = "";
      for await (const chunk of stdin ?? []) text += codec.decode(chunk);
      return text;
    };
    return (async () => {
      // The answer comes first.
      await Promise.resolve();
      const cwd = calls.findLast(({ name }) => name === "chdir")!.args[0] as string;
      const exitCode = await machine.programs[args[0]!]!({ args, env, cwd, calls, print, readAll, signalled });
      await Promise.all([streams.stdout?.end(), streams.stderr?.end()]);
      kills.delete(key);
      return exitCode;
    })();
  };
  on("container.create", (params) => {
    const { id, stdio } = params;
    const calls = readList(params.calls);
    const failed = failedStart(machine, calls);
    if (failed) return { pid: 0, report: failed };
    containers.set(id, params);
    snapshots.set(id, lowerDirectories(calls));
    const exit = run(id, calls, stdio);
    void exit.then((exitCode) => server.tell("container.exited", { id, exitCode, oomKilled: exitCode === 137 }));
    return { pid: ++pids, report: reportOf(calls) };
  });
  on("container.exec", (params) => {
    const { id, exec, stdio } = params;
    known(id);
    const calls = readList(params.calls);
    const failed = failedStart(machine, calls);
    if (failed) return { pid: 0, report: failed };
    const exit = run(exec, calls, stdio);
    void exit.then((exitCode) => server.tell("container.exited", { id, exec, exitCode, oomKilled: false }));
    return { pid: ++pids, report: reportOf(calls) };
  });
  on("container.kill", ({ id, exec, signal }) => {
    known(id);
    kills.get(exec ?? id)?.(signal);
    return {};
  });
  on("container.delete", ({ id, snapshot }) => {
    known(id);
    containers.delete(id);
    if (snapshot !== undefined) snapshots.delete(snapshot);
    return {};
  });
  on("container.readFile", ({ path }) => {
    const text = machine.files[path];
    return text === undefined ? {} : { contents: codec.encode(text) };
  });
  on("network.configure", ({ calls }) => ({ report: reportOf(readList(calls)) }));
  on("network.answer", () => ({}));
  on("container.pause", () => ({}));
  on("container.resize", () => ({}));
  on("container.usage", ({ ids }) => ({ usages: ids.map((id) => ({ ...NO_USAGE, ...machine.usage, id })) }));
  on("machine.kinds", ({ paths }) => ({ kinds: paths.map(() => null) }));
  on("machine.memory", () => ({ totalBytes: 512 << 20, freeBytes: 0, availableBytes: 0, slabBytes: 0 }));
  on("file.makeDirectory", () => ({}));
  on("file.remove", () => ({}));
}

function programOf(calls: ReadCall[]): { args: string[]; env: string[] } {
  const found = calls.find(({ name }) => name === "execve" || name === "execveat")!;
  const [args, env] = found.args.slice(found.name === "execve" ? 1 : 2);
  return { args: args as string[], env: env as string[] };
}

function lowerDirectories(calls: ReadCall[]): string[] {
  const data = calls.find(({ name, args }) => name === "mount" && args[2] === "overlay")?.args[4] as string;
  const lower = /lowerdir=([^,]*)/.exec(data)![1]!;
  return lower.split(":").map((path) => path.slice(path.lastIndexOf("/") + 1));
}

/** All went well; no times are known. */
function reportOf(calls: ReadCall[]): Uint8Array {
  const report = new Uint8Array(REPORT_HEAD_BYTES + RESULT_BYTES * calls.length);
  const view = new DataView(report.buffer);
  view.setInt32(0, -1, true);
  for (const index of calls.keys()) view.setUint32(REPORT_HEAD_BYTES + RESULT_BYTES * index + 4, NOT_REACHED, true);
  return report;
}

/** The last look for the program failed, or it cannot be executed. */
function failedStart({ programs, unexecutable }: FakeMachine, calls: ReadCall[]): Uint8Array | undefined {
  const name = programOf(calls).args[0]!;
  if (unexecutable[name]) return stopped(calls, "execve", unexecutable[name]);
  return programs[name] ? undefined : stopped(calls, "faccessat2", "ENOENT");
}

/** The last call of that name failed. */
function stopped(calls: ReadCall[], name: string, errno: string): Uint8Array {
  const index = calls.findLastIndex((call) => call.name === name);
  const report = reportOf(calls);
  const view = new DataView(report.buffer);
  view.setInt32(0, index, true);
  view.setInt32(REPORT_HEAD_BYTES + RESULT_BYTES * index, -errnoNumber(errno), true);
  view.setUint32(REPORT_HEAD_BYTES + RESULT_BYTES * index + 4, 0, true);
  return report;
}

const NO_USAGE: Omit<ContainerUsage, "id"> = {
  memoryBytes: 0,
  memoryLimitBytes: null,
  memorySwapBytes: 0,
  inactiveFileBytes: 0,
  cpuMicros: 0,
  cpuUserMicros: 0,
  cpuSystemMicros: 0,
  throttledMicros: 0,
  pids: 1,
  pidsLimit: null,
  oomKills: 0,
  atMicros: 0,
};
