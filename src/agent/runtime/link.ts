/**
 * The socket pair between the agent and a process that it has made, until the process execs: the process sends its
 * terminal's master with one byte; one that the agent does not hold up sends its report, and one that waits goes on at
 * a byte from the agent.
 */
import { allowing } from "../failure.js";
import { type Fd, type System, SystemError } from "../system/system.js";

const MOST_BYTES = 65536;
const GO_ON = new Uint8Array([1]);

export interface LinkMessage {
  bytes: Uint8Array;
  fds: Fd[];
}

export class Link {
  /** The process's end. */
  readonly theirs: Fd;
  readonly #ours: Fd;
  #theirsOpen = true;
  #closed = false;
  /** Answers who waits for a message. */
  #answer: (message: LinkMessage | null) => void = () => {};

  constructor(readonly system: System) {
    [this.#ours, this.theirs] = system.socketpair();
    system.setNonBlocking(this.#ours, true);
  }

  /** Once the process has its own. */
  closeTheirs(): void {
    if (!this.#theirsOpen) return;
    this.#theirsOpen = false;
    this.system.close(this.theirs);
  }

  /** A message that is there already. */
  take(): LinkMessage | null {
    const received = this.system.recvFds(this.#ours, MOST_BYTES);
    return received && received.bytes.length > 0 ? received : null;
  }

  /** The next message; null when the process has exec'd or is gone, or the link is closed here. */
  receive(): Promise<LinkMessage | null> {
    return new Promise((resolve, reject) => {
      this.#answer = resolve;
      this.system.onReadable(this.#ours, () => {
        try {
          const received = this.system.recvFds(this.#ours, MOST_BYTES);
          if (received === null) return;
          this.system.onReadable(this.#ours, null);
          resolve(received.bytes.length > 0 ? received : null);
        } catch (error) {
          this.system.onReadable(this.#ours, null);
          if (error instanceof SystemError && error.errno === "ECONNRESET") resolve(null);
          else reject(error);
        }
      });
    });
  }

  /** The process may have been killed meanwhile: receive tells. */
  goOn(): void {
    allowing(["EPIPE", "ECONNRESET"], () => this.system.sendFds(this.#ours, GO_ON, []));
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.closeTheirs();
    this.system.onReadable(this.#ours, null);
    this.system.close(this.#ours);
    this.#answer(null);
  }
}
