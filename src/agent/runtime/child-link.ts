/**
 * What a child process and the agent tell each other over their socket pair until the child execs.
 *
 *     child → agent   the failure as JSON, or nothing when it is ready; a newline; its packed steps; with the
 *                     terminal's master descriptor, if it has one
 *     agent → child   one byte: go on to exec
 *     child → agent   a second failure, if exec fails; otherwise the socket closes, as exec does that
 */
import type { AgentFailure } from "../../protocol/commands.js";
import { allowing } from "../failure.js";
import { type Fd, type System, SystemError } from "../system/system.js";

/** The child's descriptor of the pair, once it has put its descriptors in order. */
export const CHILD_SOCKET: Fd = 3;

const MOST_BYTES = 131072;
const START = new Uint8Array([1]);

export interface ChildMessage {
  failure?: AgentFailure;
  /** Packed, as packed-steps.ts describes. */
  steps: string;
  /** Master side of the terminal. */
  master?: Fd;
}

export function sendToAgent(system: System, { failure, steps, master }: ChildMessage): void {
  const text = `${failure ? JSON.stringify(failure) : ""}\n${steps}`;
  system.sendFds(CHILD_SOCKET, system.utf8Encode(text), master === undefined ? [] : [master]);
}

/** Blocks until the agent says to go on; false when it is gone. */
export function waitForStart(system: System): boolean {
  return (system.read(CHILD_SOCKET, 1)?.length ?? 0) > 0;
}

/** The agent's side. */
export class ChildLink {
  #closed = false;

  constructor(
    readonly system: System,
    readonly fd: Fd,
  ) {
    system.setNonBlocking(fd, true);
  }

  /** The child's next message; null when it has exec'd or is gone, and then the link is closed. */
  receive(): Promise<ChildMessage | null> {
    return new Promise((resolve, reject) => {
      this.system.onReadable(this.fd, () => {
        try {
          const received = this.system.recvFds(this.fd, MOST_BYTES);
          if (received === null) return;
          this.system.onReadable(this.fd, null);
          resolve(this.#decode(received.bytes, received.fds));
        } catch (error) {
          this.close();
          if (error instanceof SystemError && error.errno === "ECONNRESET") resolve(null);
          else reject(error);
        }
      });
    });
  }

  start(): void {
    // The child may have been killed meanwhile: receive tells.
    allowing(["EPIPE", "ECONNRESET"], () => this.system.sendFds(this.fd, START, []));
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.system.onReadable(this.fd, null);
    this.system.close(this.fd);
  }

  #decode(bytes: Uint8Array, fds: Fd[]): ChildMessage | null {
    if (bytes.length === 0) {
      this.close();
      return null;
    }
    const text = this.system.utf8Decode(bytes);
    const end = text.indexOf("\n");
    const failure: AgentFailure | undefined = end === 0 ? undefined : JSON.parse(text.slice(0, end));
    return { failure, steps: text.slice(end + 1), master: fds[0] };
  }
}
