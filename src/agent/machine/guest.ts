/** The guest as a whole: what a restore, a save and a question about its health need. */
import type { Params, Result } from "../../protocol/commands.js";
import {
  PAGE_DIRECTORY,
  PAGE_MOUNT_OPTIONS,
  PAGE_TAG,
  WORK_DIRECTORY,
  WORK_IN_PAGE,
} from "../../protocol/page-files.js";
import { Failure, succeeds } from "../failure.js";
import { makeDirectories } from "../make-directories.js";
import { MNT_DETACH, MS_BIND } from "../system/constants.js";
import type { System } from "../system/system.js";
import type { Shell } from "./shell.js";

const SWAP = "/dev/sdb";
const DISK = "/var/lib/drydock";
/** Smaller parts would not free memory: the page holds the disk in blocks of this size. */
const TRIM_LEAST_BYTES = 65536;

export interface GuestContext {
  system: System;
  trace(steps: string[]): System;
  report(subject: string, steps: string[]): void;
  shell: Shell;
  /** Names what keeps the guest from being saved; undefined when nothing does. */
  busy(): string | undefined;
}

export class Guest {
  constructor(readonly context: GuestContext) {}

  resume({ epochMs, entropyHex, columns, rows, shell }: Params<"machine.resume">): Result<"machine.resume"> {
    const { system } = this.context;
    const entropy = bytesOfHex(entropyHex);
    const steps: string[] = [];
    const traced = this.context.trace(steps);
    try {
      system.setClock(epochMs);
      system.addEntropy(entropy);
      if (!this.#isPageMounted()) this.#mountPage(traced);
      if (!this.#isSwapping()) succeeds(["ENOENT", "ENXIO", "EINVAL"], () => traced.swapon(SWAP));
    } finally {
      this.context.report("machine", steps);
    }
    if (shell) this.context.shell.start({ columns, rows });
    return { kernel: this.#text("/proc/sys/kernel/osrelease").trim() };
  }

  /** @throws {Failure} wrong-state while something runs. */
  async quiesce(): Promise<void> {
    const busy = this.context.busy();
    if (busy) throw new Failure("wrong-state", busy);
    const { system, shell } = this.context;
    await shell.stop();
    if (this.#isPageMounted()) {
      system.umount(WORK_DIRECTORY, MNT_DETACH);
      system.umount(PAGE_DIRECTORY, 0);
    }
    if (this.#isSwapping()) system.swapoff(SWAP);
    system.syncfs(DISK);
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

  /** Nothing where the disk has no such command, as when the agent is tested on another machine. */
  trim(): Result<"machine.trim"> {
    const { system } = this.context;
    let trimmedBytes = 0;
    succeeds(["EOPNOTSUPP", "ENOTTY"], () => {
      trimmedBytes = system.trim(DISK, TRIM_LEAST_BYTES);
    });
    return { trimmedBytes };
  }

  #mountPage(traced: System): void {
    const { system } = this.context;
    makeDirectories(system, PAGE_DIRECTORY);
    makeDirectories(system, WORK_DIRECTORY);
    traced.mount(PAGE_TAG, PAGE_DIRECTORY, "9p", 0, PAGE_MOUNT_OPTIONS);
    traced.mount(WORK_IN_PAGE, WORK_DIRECTORY, "", MS_BIND, "");
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
