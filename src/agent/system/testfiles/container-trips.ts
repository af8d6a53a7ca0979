import type { Params } from "../../../protocol/commands.js";
import { composeContainer } from "../../../shared/birth/compose-container.js";
import { composeExec } from "../../../shared/birth/compose-exec.js";
import { composeProgram } from "../../../shared/birth/compose-program.js";
import { ROOT_MOUNT_POINT } from "../../../shared/birth/root-calls.js";
import { exampleSpec } from "../../../shared/birth/testfiles/example-spec.js";
import type { CallList } from "../../../shared/calls/call-list.js";
import { reportOf } from "../../../shared/calls/list-format.js";
import { failureOf, stepsOf } from "../../../shared/calls/report.js";
import {
  CLONE_NEWNS,
  MS_PRIVATE,
  MS_REC,
  O_CLOEXEC,
  O_CREAT,
  O_DIRECTORY,
  O_RDWR,
  SIGKILL,
} from "../../../shared/linux/constants.js";
import type { Process, RuntimeSpec } from "../../../shared/oci/runtime.js";
import { allowing } from "../../failure.js";
import { makeDirectories } from "../../make-directories.js";
import { Dialer } from "../../network/dialer.js";
import { NameServers } from "../../network/name-servers.js";
import { Ports } from "../../network/ports.js";
import { giveBirth } from "../../runtime/born-process.js";
import { Containers } from "../../runtime/containers.js";
import { NetworkNamespaces } from "../../runtime/network-namespaces.js";
import { Snapshots } from "../../snapshots/snapshots.js";
import { WrittenStream } from "../../testfiles/page-streams.js";
import type { System } from "../system.js";
import { must } from "./carry-out.js";

const PARENT = "/sys/fs/cgroup/docker";

/** A /run and a cgroup hierarchy of our own; a root of the machine's programs. */
function prepare(system: System, dir: string): { root: string; name: string } {
  const root = `${dir}/root`;
  for (const path of [root, `${root}/proc`, `${root}/dev`, `${root}/usr`]) system.mkdir(path, 0o755);
  must(system, (calls) => {
    calls.call("unshare", [CLONE_NEWNS]);
    calls.call("mount", [0, calls.text("/"), 0, MS_REC | MS_PRIVATE, 0]);
    for (const [type, path] of [
      ["tmpfs", "/run"],
      ["cgroup2", "/sys/fs/cgroup"],
    ] as const)
      calls.call("mount", [calls.text(type), calls.text(path), calls.text(type), 0, 0]);
    for (const name of ["bin", "lib", "lib32", "lib64"])
      calls.call("symlink", [calls.text(`usr/${name}`), calls.text(`${root}/${name}`)]);
  });
  makeDirectories(system, ROOT_MOUNT_POINT);
  allowing(["EEXIST"], () => system.mkdir(PARENT, 0o755));
  return { root, name: `trip-${system.readlink("/proc/self")}` };
}

interface Run {
  /** Of stdout. */
  text: string;
  failure: string | undefined;
  steps: string[];
}

class Trip {
  readonly containers: Containers;
  readonly told: unknown[] = [];
  readonly name: string;
  readonly spec: RuntimeSpec;
  readonly context;
  #streams: WrittenStream[] = [];
  #heard = () => {};

  constructor(
    readonly system: System,
    dir: string,
  ) {
    const { root, name } = prepare(system, dir);
    this.name = name;
    this.spec = exampleSpec();
    this.spec.root.path = root;
    this.spec.linux.cgroupsPath = `/docker/${name}`;
    this.spec.linux.maskedPaths = ["/proc/version", "/proc/tty", "/proc/none"];
    this.spec.mounts.splice(-1, 1, { destination: "/usr", type: "bind", source: "/usr", options: ["rbind", "ro"] });
    const streams = {
      input: (): never => {
        throw new Error("no input here");
      },
      output: (id: number) => this.#streams[id]!,
    };
    const io = { system, streams, session: streams.input, nullFd: system.open("/dev/null", O_RDWR | O_CLOEXEC, 0) };
    const open = (type: string) => system.open(`/proc/self/ns/${type}`, O_CLOEXEC, 0);
    this.context = { system, io, ownPidNamespace: open("pid"), ownNetwork: open("net") };
    this.containers = new Containers({
      ...this.context,
      networks: new NetworkNamespaces(system, this.context.ownNetwork),
      ports: new Ports(system, new Dialer(system)),
      names: new NameServers(system, () => {}),
      snapshots: new Snapshots(system, `${dir}/snapshots`),
      exited: (event) => {
        this.told.push(event);
        this.#heard();
      },
    });
  }

  compose(args: string[], waits: boolean, change: (spec: RuntimeSpec) => void = () => {}): CallList {
    const spec = structuredCopy(this.spec);
    spec.process.args = args;
    spec.process.cwd = "/";
    change(spec);
    return composeContainer(spec, { pipes: [false, true, true], columns: 100, rows: 30, waits });
  }

  params(id: string, calls: CallList, more: { waits?: boolean; terminal?: boolean } = {}): Params<"container.create"> {
    this.#streams = [new WrittenStream(), new WrittenStream()];
    const holds = { cgroup: `${PARENT}/${this.name}` };
    return { id, calls: calls.encode(), stdio: { stdout: 0, stderr: 1 }, terminal: false, holds, ...more };
  }

  get text(): string {
    return this.#streams.map((stream) => stream.text).join("");
  }

  outcome(calls: CallList, report: Uint8Array): Run {
    const steps = stepsOf(calls, report).map(({ call }) => call);
    return { text: this.text, failure: failureOf(calls, report)?.message, steps };
  }

  exited(): Promise<void> {
    return new Promise((resolve) => {
      this.#heard = resolve;
    });
  }

  async dispose(): Promise<void> {
    for (const { id } of this.containers.list()) await this.containers.delete({ id });
    allowing(["EBUSY", "ENOTEMPTY", "ENOENT"], () => this.system.rmdir(PARENT));
  }
}

function structuredCopy<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

const LOOK = [
  "hostname=$(cat /proc/sys/kernel/hostname)",
  "echo $hostname $$ $(ls / | tr '\\n' ' ')",
  "ls /proc/self/fd | tr '\\n' ' '",
  "cat /proc/version | wc -c",
  "ls /proc/tty | wc -l",
  "cat /proc/sys/kernel/hostname >/proc/sys/kernel/hostname || echo protected",
  "grep -E '^(CapEff|CapBnd|NoNewPrivs)' /proc/self/status",
  "ulimit -n",
].join("; ");

/** A container that is born at once, looked at from within. */
export async function container(system: System, dir: string) {
  const trip = new Trip(system, dir);
  const before = system.readdir("/proc/self/fd").length;
  const calls = trip.compose(["sh", "-c", LOOK], false);
  const exited = trip.exited();
  const { report, pid } = await trip.containers.create(trip.params("c", calls));
  if (pid > 0) await exited;
  const { text, failure } = trip.outcome(calls, report);
  await trip.dispose();
  return { text, failure, told: trip.told, open: system.readdir("/proc/self/fd").length - before };
}

/** Whatever the numbers of the descriptors that are open, and of those that the birth opens. */
export async function anyDescriptors(system: System, dir: string) {
  const trip = new Trip(system, dir);
  const texts = new Set<string>();
  for (let next = 88; next < 104; next++) {
    while (system.open("/dev/null", O_RDWR | O_CLOEXEC, 0) < next);
    const waits = next % 2 === 0;
    const calls = trip.compose(["sh", "-c", "echo fine"], waits);
    const exited = trip.exited();
    const { pid, report } = await trip.containers.create(trip.params("c", calls, { waits }));
    if (pid > 0 && waits) await trip.containers.start("c");
    if (pid > 0) await exited;
    texts.add(trip.outcome(calls, report).failure ?? trip.text);
    if (pid > 0) await trip.containers.delete({ id: "c" });
  }
  await trip.dispose();
  return [...texts];
}

/** One that waits; what it is told to do, and an exec within. */
export async function waiting(system: System, dir: string) {
  const trip = new Trip(system, dir);
  const calls = trip.compose(["sh", "-c", "echo started; sleep 100"], true);
  const created = await trip.containers.create(trip.params("c", calls, { waits: true }));
  const before = { status: trip.containers.state("c").status, ...trip.outcome(calls, created.report) };
  const started = await trip.containers.start("c");
  const exec: Process = {
    ...trip.spec.process,
    args: ["sh", "-c", "[ $$ -lt 9 ] && echo inside; cat /proc/1/cmdline"],
    cwd: "/",
  };
  const execCalls = composeExec(exec, { linux: trip.spec.linux, pipes: [false, true, true], columns: 80, rows: 24 });
  const { holds: _, ...params } = trip.params("c", execCalls);
  const heard = trip.exited();
  const added = await trip.containers.exec({ ...params, exec: "e" });
  await heard;
  const executed = trip.outcome(execCalls, added.report);
  // The agent's own children are still its own.
  const own = system.readlink("/proc/self/ns/pid_for_children") === system.readlink("/proc/self/ns/pid");
  const ended = trip.exited();
  trip.containers.kill({ id: "c", signal: SIGKILL });
  await ended;
  await trip.dispose();
  return {
    before: { status: before.status, failure: before.failure, steps: before.steps.slice(-3) },
    started: [started.pid === created.pid, started.report.length],
    exec: { text: executed.text.split("\0").join(" "), failure: executed.failure, last: executed.steps.at(-1) },
    own,
    told: trip.told,
  };
}

/** Births that fail, early and late, waiting and not, or that come to nothing: why, and that nothing is left. */
export async function failedBirths(system: System, dir: string) {
  // Where an agent has its channel: no child may write to it.
  const [third, other] = system.socketpair();
  if (third !== 3) throw new Error(`the first descriptor is ${third}`);
  system.setNonBlocking(other, true);
  const trip = new Trip(system, dir);
  const open = () => system.readdir("/proc/self/fd").length;
  const before = open();
  const [missing, none] = ["/nowhere", "/no/such/program"];
  const failures: unknown[] = [];
  for (const waits of [false, true]) {
    for (const calls of [
      trip.compose(["true"], waits, ({ mounts }) =>
        mounts.push({ destination: "/data", type: "bind", source: missing, options: ["bind"] }),
      ),
      trip.compose([none], waits),
    ]) {
      const { pid, report } = await trip.containers.create(trip.params("c", calls, { waits }));
      failures.push([pid, trip.outcome(calls, report).failure]);
    }
  }
  // Found when it was born, gone when it starts.
  const script = `${trip.spec.root.path}/script`;
  const fd = system.open(script, O_CREAT | O_RDWR, 0o755);
  system.write(fd, system.utf8Encode("#!/no/interpreter\n"));
  system.close(fd);
  const calls = trip.compose(["/script"], true);
  const created = await trip.containers.create(trip.params("c", calls, { waits: true }));
  const started = await trip.containers.start("c");
  failures.push([created.pid > 0, started.pid, trip.outcome(calls, started.report).failure]);
  // Never started.
  const unused = trip.compose(["true"], true);
  await trip.containers.create(trip.params("c", unused, { waits: true }));
  await trip.containers.delete({ id: "c" });
  const left = [trip.containers.size, system.modeOf(`${PARENT}/${trip.name}`), open() - before];
  await trip.dispose();
  return { failures, left, told: trip.told, written: system.recvFds(other, 65536) };
}

/** Terminals, whose masters come over the link: of a container that waits, of one that does not, of a program. */
export async function terminals(system: System, dir: string) {
  const trip = new Trip(system, dir);
  const texts: string[] = [];
  const look = "tty; ls -l /dev/console | cut -c1; stty size";
  const withTerminal = (spec: RuntimeSpec) => {
    spec.process.terminal = true;
  };
  for (const waits of [true, false]) {
    const calls = trip.compose(["sh", "-c", look], waits, withTerminal);
    const exited = trip.exited();
    const { pid, report } = await trip.containers.create(trip.params("c", calls, { waits, terminal: true }));
    if (waits && pid > 0) await trip.containers.start("c");
    if (pid > 0) await exited;
    texts.push(trip.outcome(calls, report).failure ?? trip.text);
    if (pid > 0) await trip.containers.delete({ id: "c" });
  }
  const cgroup = system.open(PARENT, O_DIRECTORY | O_CLOEXEC, 0);
  const process = { args: ["stty", "size"], env: ["PATH=/usr/bin"], cwd: "/", user: { uid: 0, gid: 0 } };
  const calls = composeProgram(process, { columns: 77, rows: 11 });
  const born = await giveBirth(trip.context, trip.params("p", calls, { terminal: true }), { cgroup });
  await born.process?.finish();
  texts.push(failureOf(calls, reportOf(born.list))?.message ?? trip.text);
  await trip.dispose();
  return texts;
}
