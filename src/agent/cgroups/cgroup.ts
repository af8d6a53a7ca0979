/** One container's cgroup v2 directory: counted, frozen, killed, removed. The list of its birth makes it. */

import { S_IFDIR, S_IFMT } from "../../shared/linux/constants.js";
import { allowing } from "../failure.js";
import { type Fd, type System, SystemError } from "../system/system.js";
import { counter, readText } from "./flat-keyed.js";

const TRIES = 400;
const PAUSE_MS = 5;
const NO_FD: Fd = -1;

export class Cgroup {
  /** `fd`: its directory, open, and not its own to close. */
  constructor(
    readonly system: System,
    readonly directory: string,
    readonly fd: Fd = NO_FD,
  ) {}

  /** Resolves when all its processes have stopped, or run again. @throws {SystemError} ETIMEDOUT */
  async freeze(frozen: boolean): Promise<void> {
    this.system.writeFile(`${this.directory}/cgroup.freeze`, frozen ? "1" : "0");
    const wanted = frozen ? 1 : 0;
    await this.#until("cgroup.freeze", () => counter(this.#text("cgroup.events"), "frozen") === wanted);
  }

  /** SIGKILL for every process in it and below. Nothing where it is gone. */
  kill(): void {
    allowing(["ENOENT", "ENODEV"], () => this.system.writeFile(`${this.directory}/cgroup.kill`, "1"));
  }

  /** Whether a process is in it or below. */
  populated(): boolean {
    return counter(this.#text("cgroup.events"), "populated") === 1;
  }

  pids(): number[] {
    return this.#text("cgroup.procs").split("\n").filter(Boolean).map(Number);
  }

  oomKills(): number {
    return counter(this.#text("memory.events"), "oom_kill");
  }

  /**
   * Kills what is in it, waits until that has left, and removes it with the cgroups that its processes have made.
   * Nothing where it is gone. @throws {SystemError} EBUSY when processes do not leave.
   */
  async remove(): Promise<void> {
    // Mostly it is empty, and this is all.
    if (this.#removed()) return;
    this.kill();
    await this.#until("rmdir", () => {
      if (this.populated()) return false;
      this.#removeBelow(this.directory);
      return this.#removed();
    });
  }

  #removed(): boolean {
    try {
      this.system.rmdir(this.directory);
    } catch (error) {
      if (!(error instanceof SystemError)) throw error;
      if (error.errno === "ENOENT") return true;
      if (error.errno === "EBUSY" || error.errno === "ENOTEMPTY") return false;
      throw error;
    }
    return true;
  }

  /** Bottom-up; what is busy stays for the next try. */
  #removeBelow(directory: string): void {
    for (const name of allowing(["ENOENT"], () => this.system.readdir(directory)) ?? []) {
      const path = `${directory}/${name}`;
      const mode = this.system.modeOf(path);
      if (mode === null || (mode & S_IFMT) !== S_IFDIR) continue;
      this.#removeBelow(path);
      allowing(["EBUSY", "ENOENT", "ENOTEMPTY"], () => this.system.rmdir(path));
    }
  }

  async #until(call: string, holds: () => boolean): Promise<void> {
    for (let tries = 1; !holds(); tries++) {
      if (tries === TRIES) throw new SystemError(call === "rmdir" ? "EBUSY" : "ETIMEDOUT", call, this.directory);
      await new Promise<void>((resolve) => this.system.setTimer(PAUSE_MS, resolve));
    }
  }

  #text(name: string): string {
    return readText(this.system, `${this.directory}/${name}`);
  }
}
