/** One container's cgroup v2 directory: made with its limits, joined, frozen, killed, removed. */
import type { Resources } from "../../shared/oci/runtime.js";
import { allowing, Failure, succeeds } from "../failure.js";
import { O_CLOEXEC, O_DIRECTORY, O_RDONLY } from "../system/constants.js";
import { type Fd, type System, SystemError } from "../system/system.js";
import { cpuFiles } from "./cpu.js";
import { counter, readText } from "./flat-keyed.js";
import { memoryFiles } from "./memory.js";
import { pidsFiles } from "./pids.js";

const WANTED = ["cpu", "memory", "pids", "io"];
const REMOVE_TRIES = 200;
const REMOVE_PAUSE_MS = 10;

/** Where cgroup2 is mounted, and which controllers a container's parent hands down. */
export class CgroupTree {
  /** Directories whose children have the controllers already. */
  readonly #enabled = new Set<string>();

  constructor(
    readonly system: System,
    readonly root = "/sys/fs/cgroup",
  ) {}

  /** `path` is the spec's cgroupsPath, taken below the root of the hierarchy. Limits are written before use. */
  create(system: System, path: string, resources: Resources): Cgroup {
    if (!/^\/?[^/]+(\/[^/]+)*$/.test(path) || path.split("/").includes(".."))
      throw new Failure("invalid-params", `cgroupsPath ${path} is not a path below the hierarchy`);
    const names = path.split("/").filter((name) => name !== "");
    let directory = this.root;
    for (const name of names.slice(0, -1)) {
      directory += `/${name}`;
      allowing(["EEXIST"], () => this.system.mkdir(directory, 0o755));
      this.#enable(directory);
    }
    directory += `/${names.at(-1)}`;
    const files = [...memoryFiles(resources), ...cpuFiles(resources), ...pidsFiles(resources)];
    system.mkdir(directory, 0o755);
    const cgroup = new Cgroup(this.system, directory);
    try {
      for (const [name, value] of files) system.writeFile(`${directory}/${name}`, value);
    } catch (error) {
      this.system.rmdir(directory);
      throw error;
    }
    return cgroup;
  }

  /** Kills and removes what an agent before this one left in `name`. */
  clear(name: string): void {
    const parent = `${this.root}/${name}`;
    for (const child of allowing(["ENOENT"], () => this.system.readdir(parent)) ?? []) {
      const cgroup = new Cgroup(this.system, `${parent}/${child}`);
      // Its files are no directories.
      if (succeeds(["ENOTDIR", "ENOENT"], () => cgroup.kill())) void cgroup.remove();
    }
  }

  #enable(directory: string): void {
    if (this.#enabled.has(directory)) return;
    const available = readText(this.system, `${directory}/cgroup.controllers`).trim().split(" ");
    const wanted = WANTED.filter((name) => available.includes(name)).map((name) => `+${name}`);
    if (wanted.length > 0) this.system.writeFile(`${directory}/cgroup.subtree_control`, wanted.join(" "));
    this.#enabled.add(directory);
  }
}

export class Cgroup {
  constructor(
    readonly system: System,
    readonly directory: string,
  ) {}

  /** For clone; to be closed after it. */
  open(): Fd {
    return this.system.open(this.directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
  }

  freeze(frozen: boolean): void {
    this.system.writeFile(`${this.directory}/cgroup.freeze`, frozen ? "1" : "0");
  }

  /** SIGKILL for every process in it. */
  kill(): void {
    this.system.writeFile(`${this.directory}/cgroup.kill`, "1");
  }

  pids(): number[] {
    return readText(this.system, `${this.directory}/cgroup.procs`).split("\n").filter(Boolean).map(Number);
  }

  oomKills(): number {
    return counter(readText(this.system, `${this.directory}/memory.events`), "oom_kill");
  }

  /** Waits while processes are still leaving. @throws {SystemError} EBUSY if they do not. */
  async remove(): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        this.system.rmdir(this.directory);
        return;
      } catch (error) {
        if (!(error instanceof SystemError)) throw error;
        if (error.errno === "ENOENT") return;
        if (error.errno !== "EBUSY" || tries === REMOVE_TRIES) throw error;
      }
      await new Promise<void>((resolve) => this.system.setTimer(REMOVE_PAUSE_MS, resolve));
    }
  }
}
