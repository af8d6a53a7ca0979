import { spawn } from "../../../shared/birth/spawn-calls.js";
import { CallList } from "../../../shared/calls/call-list.js";
import {
  CALL_BYTES,
  HEADER_BYTES,
  LOAD,
  Slot,
  SPAWN,
  STORE,
  slotsOf,
  withReport,
} from "../../../shared/calls/list-format.js";
import {
  AT_FDCWD,
  CLONE_NEWCGROUP,
  CLONE_NEWIPC,
  CLONE_NEWNET,
  CLONE_NEWNS,
  CLONE_NEWPID,
  CLONE_NEWUTS,
  MNT_DETACH,
  MS_PRIVATE,
  MS_REC,
  O_CLOEXEC,
  O_RDONLY,
  SIGTERM,
  X_OK,
} from "../../../shared/linux/constants.js";
import { I386_SYSCALLS } from "../../../shared/linux/i386-syscalls.js";
import type { System } from "../system.js";
import { carryOut, readInto, spawnChild, textIn } from "./carry-out.js";

/** A child in namespaces of its own, told by what it reads into the list that it shares. */
export async function namespaces(system: System, dir: string) {
  const flags = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWCGROUP;
  const outside = system.readlink("/proc/self/ns/uts");
  let [name, domain, mounts] = [() => 0, () => 0, () => 0];
  const child = spawnChild(system, { namespaces: flags }, (calls) => {
    const text = (value: string) => calls.text(value);
    calls.call("sethostname", [text("inside"), 6]);
    calls.call("setdomainname", [text("example"), 7]);
    name = readInto(calls, "/proc/sys/kernel/hostname", 64);
    domain = readInto(calls, "/proc/sys/kernel/domainname", 64);
    calls.call("getpid", []);
    calls.call("mount", [0, text("/"), 0, MS_REC | MS_PRIVATE, 0]);
    calls.call("mount", [text("tmpfs"), text(dir), text("tmpfs"), 0, text("size=64k")]);
    calls.call("chdir", [text(dir)]);
    calls.call("mkdir", [text("proc"), 0o755]);
    calls.call("pivot_root", [text("."), text(".")]);
    calls.call("umount2", [text("."), MNT_DETACH]);
    calls.call("chdir", [text("/")]);
    calls.call("mount", [text("proc"), text("/proc"), text("proc"), 0, 0]);
    mounts = readInto(calls, "/proc/self/mounts", 1000);
    calls.call("exit_group", [7]);
  });
  const lines = textIn(system, child.list, mounts()).split("\n");
  return {
    name: textIn(system, child.list, name()),
    domain: textIn(system, child.list, domain()),
    pid: child.results.includes(1),
    mounts: lines.map((line) => line.split(" ").slice(0, 3).join(" ")),
    failure: child.failure,
    status: await child.ended,
    stillOutside: system.readlink("/proc/self/ns/uts") === outside,
  };
}

/** One that waits holds a namespace; another one joins it. */
export async function joining(system: System) {
  const [mine, theirs] = system.socketpair();
  const holder = spawnChild(system, { namespaces: CLONE_NEWUTS, shared: false, link: theirs }, (calls) => {
    calls.call("sethostname", [calls.text("held"), 4]);
    calls.call("write", [{ slot: Slot.link }, "report", "report bytes"]);
    calls.call("read", [{ slot: Slot.link }, calls.room(4), 1], { needsSomething: true });
  });
  const report = system.recvFds(mine, 65536)!.bytes.length;
  let [held, own] = [() => 0, () => 0];
  const joined = spawnChild(system, {}, (calls) => {
    const fd = calls.slot();
    calls.call("openat", [AT_FDCWD, calls.text(`/proc/${holder.pid}/ns/uts`), O_RDONLY | O_CLOEXEC, 0], { into: fd });
    calls.call("setns", [fd, CLONE_NEWUTS]);
    held = readInto(calls, "/proc/sys/kernel/hostname", 64);
    calls.call("unshare", [CLONE_NEWUTS]);
    calls.call("sethostname", [calls.text("own"), 3]);
    own = readInto(calls, "/proc/sys/kernel/hostname", 64);
    calls.call("exit_group", [0]);
  });
  await joined.ended;
  const running = system.waitpid(holder.pid);
  system.kill(holder.pid, SIGTERM);
  return {
    report: report > 12,
    names: [textIn(system, joined.list, held()), textIn(system, joined.list, own())],
    running,
    killed: await holder.ended,
  };
}

/** A program with nothing but what it is given; its maker held up or not. */
export async function programs(system: System) {
  const run = async (shared: boolean) => {
    const { read, write } = system.pipe();
    const child = spawnChild(system, { shared }, (calls) => {
      const argv = ["sh", "-c", 'echo "$X $0 $#" $(ls /proc/$$/fd); kill -9 $$', "name", "a b"];
      calls.call("setsid", []);
      calls.call("dup2", [write, 1]);
      calls.call("close_range", [3, 0x7fffffff, 0]);
      calls.call("execve", [calls.text("/bin/sh"), calls.texts(argv), calls.texts(["X=1 2", "PATH=/bin"])]);
    });
    system.close(write);
    const status = await child.ended;
    const text = system.utf8Decode(system.read(read, 1000)!);
    system.close(read);
    return { status, text, failure: child.failure, execve: child.results.at(-1) };
  };
  return { shared: await run(true), own: await run(false) };
}

/** What stops a list, and what does not. */
export async function failures(system: System, dir: string) {
  const nowhere = (calls: CallList) => [AT_FDCWD, calls.text("/nowhere"), O_RDONLY, 0];
  const inParent = carryOut(system, (calls) => {
    calls.call("getpid", []);
    calls.call("openat", nowhere(calls));
    calls.call("getpid", []);
  });
  const inChild = spawnChild(system, {}, (calls) => {
    calls.call("openat", nowhere(calls), { step: "/nowhere" });
    calls.call("exit_group", [3]);
  });
  const led = spawnChild(system, {}, (calls) => {
    const failed = calls.label();
    calls.call("openat", nowhere(calls));
    calls.call("exit_group", [3]);
    calls.here(failed);
    calls.onChildFailure(failed);
    // Leads nowhere a second time.
    calls.call("openat", nowhere(calls), { allow: "any" });
    calls.call("openat", nowhere(calls), { allow: ["EACCES", "EPERM"] });
    calls.call("exit_group", [4]);
  });
  const exec = spawnChild(system, {}, (calls) => {
    calls.call("execve", [calls.text(`${dir}`), calls.texts(["x"]), calls.texts([])]);
  });
  const spawnRefused = carryOut(system, (calls) => {
    const parent = calls.label();
    // Half of a bit that clone3 does not know.
    calls.spawn(calls.words([0, 0x40000000, ...Array<number>(20).fill(0)]), parent);
    calls.here(parent);
    calls.call("getpid", []);
  });
  const spawnAllowed = carryOut(system, (calls) => {
    const parent = calls.label();
    calls.spawn(calls.words([0, 0x40000000, ...Array<number>(20).fill(0)]), parent, {
      allow: "any",
      otherwise: parent,
    });
    calls.call("exit_group", [9]);
    calls.here(parent);
    calls.call("getuid", []);
  });
  return {
    parent: [inParent.failure, inParent.results.map((value) => value !== undefined)],
    child: [inChild.failure, await inChild.ended],
    led: [led.failure, led.results.slice(1), await led.ended],
    exec: [exec.failure, await exec.ended],
    spawnRefused: [spawnRefused.failure, spawnRefused.results[1]],
    spawnAllowed: [spawnAllowed.failure, spawnAllowed.results],
  };
}

/** Jumps, slots that carry results, `store` and `load`. */
export function jumps(system: System, dir: string) {
  const calls = new CallList();
  const [fd, end, loaded] = [calls.slot(), calls.slot(), calls.slot()];
  const [other, done] = [calls.label(), calls.label()];
  const path = calls.text(`${dir}/file`);
  const word = calls.words([1, 2, 3]);
  const read = calls.room(12);
  const refusal = { allow: ["ENOENT", "EACCES"] };
  calls.call("openat", [AT_FDCWD, path, 0o2, 0], { ...refusal, otherwise: other });
  calls.call("exit_group", [1]);
  calls.here(other);
  calls.call("openat", [AT_FDCWD, path, 0o102, 0o600], { into: fd, next: done });
  calls.call("exit_group", [1]);
  calls.here(done);
  calls.store(fd, word, 4);
  calls.load(word, 4, { into: loaded });
  calls.call("write", [loaded, word, 12], { into: end });
  calls.call("pread64", [fd, read, end, 0, 0]);
  calls.call("read", [fd, read, 12], { needsSomething: true, allow: ["ENODATA"] });
  calls.call("read", [fd, read, 12]);
  calls.call("close", [fd]);
  const list = withReport(calls.encode());
  system.carryOut(list);
  const at = new DataView(list.buffer).getUint32.bind(new DataView(list.buffer));
  const [first, second, third] = [0, 4, 8].map((offset) => at(calls.offsetOf(read) + offset, true));
  let again = "carried out";
  try {
    system.carryOut(list);
  } catch (error) {
    again = String(error);
  }
  return { words: [first, second === slotsOf(list)[fd.slot], third], written: slotsOf(list)[end.slot], again };
}

function memoryKilobytes(system: System): number {
  const status = system.utf8Decode(system.readFile("/proc/self/status"));
  return Number(/VmRSS:\s+(\d+)/.exec(status)![1]);
}

/** A thousand processes leave neither descriptors nor memory behind. */
export async function thousands(system: System) {
  const spawnOne = (shared: boolean) => spawnChild(system, { shared }, (calls) => calls.call("exit_group", [5])).ended;
  const open = () => system.readdir("/proc/self/fd").length;
  for (let i = 0; i < 100; i++) await spawnOne(i % 2 === 0);
  const [openBefore, memoryBefore] = [open(), memoryKilobytes(system)];
  const statuses = new Set<number | undefined>();
  for (let i = 0; i < 1000; i++) statuses.add((await spawnOne(i % 10 !== 0)).exitCode);
  const grown = memoryKilobytes(system) - memoryBefore;
  return { statuses: [...statuses], open: open() - openBefore, grown };
}

/** Of nothing: whatever their arguments are. */
const HARMLESS = ["getpid", "getppid", "getuid32", "access", "getpgid", "getpriority"].map(
  (name) => I386_SYSCALLS.get(name)!,
);

/** Numbers below `limit`, by seed. */
function random(seed: number): (limit: number) => number {
  let state = seed >>> 0;
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

function harmlessList(): { sent: Uint8Array; callBytes: number } {
  const calls = new CallList();
  const [own, parent, end] = [calls.slot(), calls.label(), calls.label()];
  // All ones: whatever part of it clone3 is given, it refuses.
  const ones = calls.words(Array<number>(64).fill(0xffffffff));
  const words = calls.words([calls.text("a"), 0xffffffff, { slot: 3 }]);
  calls.call("getpid", [], { into: own });
  calls.call("access", [calls.text("/nowhere"), X_OK], { allow: ["ENOENT"], otherwise: end });
  calls.call("getpgid", [own], { allow: "any" });
  calls.here(end);
  calls.store(own, words, 4);
  calls.load(words, 4, { allow: "any" });
  calls.spawn(ones, parent, { allow: "any", otherwise: parent });
  calls.call("getppid", [1, own, words, 4, 5, 6]);
  calls.here(parent);
  calls.call("getpriority", [0, 0], { needsSomething: true, allow: "any" });
  const callBytes = calls.calls.reduce((sum, call) => sum + CALL_BYTES + 4 * call.arguments.length, 0);
  return { sent: calls.encode(), callBytes };
}

/** Makes harmless whatever is called, wherever the list says that its calls are. */
function disarm(list: Uint8Array): void {
  const view = new DataView(list.buffer);
  let at = view.getUint32(8, true);
  for (let left = Math.min(view.getUint32(4, true), 2000); left > 0 && at + CALL_BYTES <= list.length; left--) {
    const number = view.getUint16(at, true);
    if (![STORE, SPAWN, LOAD].includes(number)) view.setUint16(at, HARMLESS[number % HARMLESS.length]!, true);
    at += CALL_BYTES + 4 * view.getUint8(at + 2);
  }
}

/** A damaged list is refused or carried out; the agent goes on. */
export function damagedLists(system: System) {
  const { sent, callBytes } = harmlessList();
  const outcomes = { carriedOut: 0, refused: 0 };
  for (let seed = 1; seed <= 2000; seed++) {
    const list = withReport(sent);
    const below = random(seed);
    for (let flips = 1 + below(4); flips > 0; flips--) {
      // The header's words, the calls, and the table of pointers at the end of what is sent.
      const part = [32, callBytes, 12][below(3)]!;
      const start = part === 32 ? 0 : part === callBytes ? HEADER_BYTES : sent.length - 12;
      list[start + below(part)] = [0, 1, 4, 0x7f, 0x80, 0xff, below(256)][below(7)]!;
    }
    disarm(list);
    try {
      system.carryOut(list);
      outcomes.carriedOut++;
    } catch (error) {
      if (!String(error).includes("EINVAL")) throw new Error(`seed ${seed}: ${error}`);
      outcomes.refused++;
    }
  }
  // What was left of it still works.
  const after = carryOut(system, (calls) => calls.call("getpid", []));
  return { ...outcomes, after: after.failure };
}

/** Lists that are wrong in one way each. */
export function wrongLists(system: System) {
  const { sent } = harmlessList();
  const changed = (change: (view: DataView, list: Uint8Array) => void) => {
    const list = withReport(sent);
    change(new DataView(list.buffer), list);
    try {
      system.carryOut(list);
    } catch (error) {
      return String(error).replace(/\d+ bytes/, "N bytes");
    }
    return "carried out";
  };
  const word = (index: number, value: number) => changed((view) => view.setUint32(4 * index, value, true));
  const outcomes = {
    untouched: changed(() => {}),
    magic: word(0, 1),
    tooManyCalls: word(1, 1_000_000),
    moreCallsThanThereAre: word(1, 9),
    callsOverTheEnd: word(2, 0xfffffff8),
    callsInTheHeader: word(2, 0),
    pointersInTheHeader: word(3, 0),
    pointersOverTheEnd: word(4, 0x40000000),
    reportInTheHeader: word(6, 0),
    size: word(7, 4),
    pointerToTheCalls: changed((view, list) => {
      const pointers = view.getUint32(12, true);
      new DataView(list.buffer).setUint32(pointers, HEADER_BYTES, true);
    }),
    nothing: "",
  };
  for (const bytes of [0, 3, 31]) {
    try {
      system.carryOut(new Uint8Array(bytes));
    } catch (error) {
      outcomes.nothing += `${String(error).replace(/\d+ bytes/, "N bytes")};`;
    }
  }
  return outcomes;
}

/** SPAWN, STORE and LOAD by what they are given: the only calls whose arguments the native itself reads or writes. */
export function wrongPlaces(system: System) {
  const outcome = (compose: (calls: CallList) => void) => {
    try {
      return carryOut(system, compose).failure ?? "carried out";
    } catch (error) {
      return String(error).replace(/\d+ bytes/, "N bytes");
    }
  };
  return {
    storeOutside: outcome((calls) => calls.store({ slot: 3 }, { data: 1 << 20 })),
    storeOverTheCalls: outcome((calls) => calls.store({ slot: 3 }, { data: -16 })),
    loadOutside: outcome((calls) => calls.load({ data: 1 << 20 })),
    loadOverTheCalls: outcome((calls) => calls.load({ data: -16 })),
    loadOfAnError: outcome((calls) => calls.load(calls.words([0, -13]), 4)),
    spawnOutside: outcome((calls) => {
      const parent = calls.label();
      calls.spawn({ data: 0 }, parent);
      calls.here(parent);
    }),
    spawnFine: outcome((calls) => {
      const parent = calls.label();
      spawn(calls, { namespaces: 0, intoCgroup: false, shared: true }, parent);
      calls.call("exit_group", [0]);
      calls.here(parent);
    }),
  };
}

export function clocks(system: System) {
  const first = system.monotonicMicros();
  system.addEntropy(new Uint8Array(32).fill(7));
  return { forward: system.monotonicMicros() > first, whole: Number.isInteger(first) };
}
