/**
 * A descriptor got from another process, made fit for the event loop. O_NONBLOCK belongs to the open file, which the
 * other process shares, so the file is opened anew through /proc; a socket cannot be, and is set back in the end. A
 * regular file never keeps the loop waiting, and its position must stay shared: it is used as it is.
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
  readonly fd: Fd;
  readonly isTerminal: boolean;
  #sharedFlag = false;

  /** Takes `fd` over. */
  constructor(
    readonly system: System,
    fd: Fd,
    direction: "read" | "write",
  ) {
    this.isTerminal = system.isTerminal(fd);
    this.fd = this.#reopened(fd, direction) ?? fd;
    if (this.fd !== fd) system.close(fd);
  }

  dispose(): void {
    if (this.#sharedFlag) this.system.setNonBlocking(this.fd, false);
    this.system.close(this.fd);
  }

  #reopened(fd: Fd, direction: "read" | "write"): Fd | undefined {
    const path = `/proc/self/fd/${fd}`;
    const kind = this.system.stat(path).mode & S_IFMT;
    if (kind === S_IFCHR || kind === S_IFIFO) {
      const access = direction === "read" ? O_RDONLY : O_WRONLY;
      try {
        return this.system.open(path, access | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0);
      } catch (error) {
        // A pipe without a reader, a terminal that has gone: shared after all.
        if (!(error instanceof SystemError)) throw error;
      }
    }
    if (kind === S_IFCHR || kind === S_IFIFO || kind === S_IFSOCK) {
      this.system.setNonBlocking(fd, true);
      this.#sharedFlag = true;
    }
    return undefined;
  }
}
