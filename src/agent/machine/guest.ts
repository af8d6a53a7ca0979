/** The guest as a whole: what a restore, a save and a question about its health need. */
import type { KernelStep, Params, Result } from "../../protocol/commands.js";
import { DISK_DIRECTORY } from "../../protocol/guest-paths.js";
import {
  PAGE_DIRECTORY,
  PAGE_MOUNT_OPTIONS,
  PAGE_TAG,
  WORK_DIRECTORY,
  WORK_IN_PAGE,
} from "../../protocol/page-files.js";
import { CallList } from "../../shared/calls/call-list.js";
import { reportOf, withReport } from "../../shared/calls/list-format.js";
import { failureOf, stepsOf } from "../../shared/calls/report.js";
import { mountText, umountText } from "../../shared/linux/call-text.js";
import {
  AT_FDCWD,
  FITRIM,
  MNT_DETACH,
  MS_BIND,
  O_CLOEXEC,
  O_DIRECTORY,
  O_RDONLY,
  SWAP_FLAG_DISCARD,
} from "../../shared/linux/constants.js";
import { endAll } from "../cgroups/end-all.js";
import { SHELL_CGROUP } from "../cgroups/parts.js";
import { Failure } from "../failure.js";
import { makeDirectories } from "../make-directories.js";
import type { System } from "../system/system.js";
import type { Shell } from "./shell.js";

const SWAP = "/dev/sdb";
/** Smaller parts would not free memory: the page holds the disk in blocks of this size. */
const TRIM_LEAST_BYTES = 65536;

export interface GuestContext {
  system: System;
  report(subject: string, steps: KernelStep[]): void;
  shell: Shell;
  /** Names what keeps the guest from being saved; undefined when nothing does. */
  busy(): string | undefined;
}

export class Guest {
  constructor(readonly context: GuestContext) {}

  resume({ epochMs, entropyHex, columns, rows, shell }: Params<"machine.resume">): Result<"machine.resume"> {
    const { system } = this.context;
    const entropy = bytesOfHex(entropyHex);
    system.setClock(epochMs);
    system.addEntropy(entropy);
    const calls = new CallList();
    if (!this.#isPageMounted()) this.#mountPage(calls);
    if (!this.#isSwapping())
      calls.call("swapon", [calls.text(SWAP), SWAP_FLAG_DISCARD], { step: SWAP, allow: ["ENOENT", "ENXIO", "EINVAL"] });
    this.#carryOut(calls);
    if (shell) this.context.shell.start({ columns, rows });
    return { kernel: this.#text("/proc/sys/kernel/osrelease").trim() };
  }

  renewShell(): Promise<void> {
    return endAll(this.context.system, SHELL_CGROUP);
  }

  /** @throws {Failure} wrong-state while something runs. */
  async quiesce(): Promise<void> {
    const busy = this.context.busy();
    if (busy) throw new Failure("wrong-state", busy);
    const { system, shell } = this.context;
    await shell.stop();
    const calls = new CallList();
    if (this.#isPageMounted())
      for (const [path, flags] of [
        [WORK_DIRECTORY, MNT_DETACH],
        [PAGE_DIRECTORY, 0],
      ] as const)
        calls.call("umount2", [calls.text(path), flags], { step: umountText(path, flags), as: "umount" });
    if (this.#isSwapping()) calls.call("swapoff", [calls.text(SWAP)], { step: SWAP });
    this.#carryOut(calls);
    system.syncfs(DISK_DIRECTORY);
    this.trim();
    system.writeFile("/proc/sys/vm/drop_caches", "3");
  }

  setClock({ epochMs }: Params<"machine.setClock">): Result<"machine.setClock"> {
    this.context.system.setClock(epochMs);
    return {};
  }

  memory(): Result<"machine.memory"> {
    const text = this.#text("/proc/meminfo");
    return {
      totalBytes: kibibytes(text, "MemTotal"),
      freeBytes: kibibytes(text, "MemFree"),
      availableBytes: kibibytes(text, "MemAvailable"),
      slabBytes: kibibytes(text, "Slab"),
    };
  }

  /**
   * Tells the disk which parts of it the file system does not use. What was told before and has not been used since is
   * left out. Nothing where the disk has no such command, as when the agent is tested on another machine.
   */
  trim(): Result<"machine.trim"> {
    const calls = new CallList();
    const fd = calls.slot();
    // struct fstrim_range: start, length, least length, of 64 bits each.
    const range = calls.words([0, 0, 0xffffffff, 0xffffffff, TRIM_LEAST_BYTES, 0]);
    calls.call("openat", [AT_FDCWD, calls.text(DISK_DIRECTORY), O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0], { into: fd });
    calls.call("ioctl", [fd, FITRIM, range], { allow: ["EOPNOTSUPP", "ENOTTY"] });
    calls.call("close", [fd]);
    const list = this.#carryOut(calls);
    const view = new DataView(list.buffer, list.byteOffset + calls.offsetOf(range));
    return { trimmedBytes: view.getUint32(8, true) + view.getUint32(12, true) * 2 ** 32 };
  }

  #mountPage(calls: CallList): void {
    const { system } = this.context;
    makeDirectories(system, PAGE_DIRECTORY);
    makeDirectories(system, WORK_DIRECTORY);
    const mount = (source: string, target: string, type: string, flags: number, data: string) => {
      const [from, to, kind, options] = [source, target, type, data].map((text) => calls.text(text));
      const step = mountText(source, target, type, flags, data);
      calls.call("mount", [from!, to!, kind!, flags, options!], { step });
    };
    mount(PAGE_TAG, PAGE_DIRECTORY, "9p", 0, PAGE_MOUNT_OPTIONS);
    mount(WORK_IN_PAGE, WORK_DIRECTORY, "", MS_BIND, "");
  }

  /** @throws {Failure} naming the call that failed. */
  #carryOut(calls: CallList): Uint8Array {
    const list = withReport(calls.encode());
    this.context.system.carryOut(list);
    const report = reportOf(list);
    this.context.report("machine", stepsOf(calls, report));
    const failure = failureOf(calls, report);
    if (failure) throw new Failure(failure.code, failure.message, failure);
    return list;
  }

  // Asked of the kernel, since an agent before this one may have done it.

  #isPageMounted(): boolean {
    return this.#text("/proc/mounts").includes(` ${PAGE_DIRECTORY} 9p `);
  }

  #isSwapping(): boolean {
    return this.#text("/proc/swaps").includes(SWAP);
  }

  #text(path: string): string {
    return this.context.system.utf8Decode(this.context.system.readFile(path));
  }
}

/** @throws {Failure} invalid-params unless they are 32 bytes or more. */
function bytesOfHex(hex: string): Uint8Array {
  if (!/^([0-9a-f]{2}){32,}$/i.test(hex)) throw new Failure("invalid-params", "entropyHex is not 32 bytes in hex");
  return Uint8Array.from(hex.match(/../g)!, (pair) => Number.parseInt(pair, 16));
}

function kibibytes(meminfo: string, key: string): number {
  const match = new RegExp(`^${key}:\\s+(\\d+) kB`, "m").exec(meminfo);
  return match ? Number(match[1]) * 1024 : 0;
}
