/**
 * A descriptor got from another process, made fit for the event loop when it is first used: most commands use only one
 * of theirs. O_NONBLOCK belongs to the open file, which the other process shares, so the file is opened anew through
 * /proc; a socket cannot be, and is set back in the end. A regular file never keeps the loop waiting, and its position
 * must stay shared: it is used as it is.
 */
import type { Disposable } from "../../shared/disposable.js";
import {
  O_CLOEXEC,
  O_NOCTTY,
  O_NONBLOCK,
  O_RDONLY,
  O_WRONLY,
  S_IFCHR,
  S_IFIFO,
  S_IFMT,
  S_IFSOCK,
} from "../../shared/linux/constants.js";
import { type Fd, type System, SystemError } from "../system/system.js";

export class OwnDescriptor implements Disposable {
  readonly isTerminal: boolean;
  #fd: Fd;
  #fit = false;
  #sharedFlag = false;

  /** Takes `fd` over. */
  constructor(
    readonly system: System,
    fd: Fd,
    readonly direction: "read" | "write",
  ) {
    this.isTerminal = system.isTerminal(fd);
    this.#fd = fd;
  }

  get fd(): Fd {
    if (!this.#fit) this.#makeFit();
    return this.#fd;
  }

  dispose(): void {
    // The number may be another file's from now on.
    this.#fit = true;
    if (this.#sharedFlag) this.system.setNonBlocking(this.#fd, false);
    this.system.close(this.#fd);
  }

  #makeFit(): void {
    this.#fit = true;
    const path = `/proc/self/fd/${this.#fd}`;
    const kind = this.isTerminal ? S_IFCHR : this.system.modeOf(path)! & S_IFMT;
    if (kind !== S_IFCHR && kind !== S_IFIFO && kind !== S_IFSOCK) return;
    const own = kind === S_IFSOCK ? undefined : this.#openedAnew(path);
    if (own === undefined) {
      this.system.setNonBlocking(this.#fd, true);
      this.#sharedFlag = true;
    } else {
      this.system.close(this.#fd);
      this.#fd = own;
    }
  }

  /** Undefined for a pipe without a reader and a terminal that has gone, which stay shared after all. */
  #openedAnew(path: string): Fd | undefined {
    const access = this.direction === "read" ? O_RDONLY : O_WRONLY;
    try {
      return this.system.open(path, access | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0);
    } catch (error) {
      if (!(error instanceof SystemError)) throw error;
      return undefined;
    }
  }
}
