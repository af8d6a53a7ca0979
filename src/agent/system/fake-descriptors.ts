/** Descriptors of the recording fake: open files, pipes and sockets, and who waits for them. */
import { type Fd, SystemError } from "./system.js";

/** What a descriptor stands for. A file has `file`; pipes and sockets have queues. */
export interface FakeDescriptor {
  /** Path of an open file. */
  file?: string;
  /** Messages to be read here, each with the descriptors sent with it. */
  incoming?: { bytes: Uint8Array; fds: Fd[] }[];
  /** The other end of a pipe or socket. */
  peer?: FakeDescriptor;
  closed?: boolean;
  terminal?: { columns: number; rows: number };
}

export class FakeDescriptors {
  readonly open = new Map<Fd, FakeDescriptor>();
  /** No descriptor of this process has such a number. */
  #next = 100_000;

  add(descriptor: FakeDescriptor): Fd {
    this.open.set(this.#next, descriptor);
    return this.#next++;
  }

  get(call: string, fd: Fd): FakeDescriptor {
    const descriptor = this.open.get(fd);
    if (!descriptor) throw new SystemError("EBADF", call, String(fd));
    return descriptor;
  }

  close(fd: Fd): void {
    const descriptor = this.get("close", fd);
    this.open.delete(fd);
    if (![...this.open.values()].includes(descriptor)) descriptor.closed = true;
  }

  duplicate(fd: Fd): Fd {
    return this.add(this.get("dup", fd));
  }

  /** Two ends: what is written to the second is read from the first, and with `both` the other way too. */
  pair(both: boolean): [Fd, Fd] {
    const first: FakeDescriptor = { incoming: [] };
    const second: FakeDescriptor = both ? { incoming: [] } : {};
    first.peer = second;
    second.peer = first;
    return [this.add(first), this.add(second)];
  }

  /** Passes bytes to the other end. */
  send(call: string, fd: Fd, bytes: Uint8Array, fds: readonly Fd[]): void {
    const { peer } = this.get(call, fd);
    if (!peer?.incoming || peer.closed) throw new SystemError("EPIPE", call, String(fd));
    peer.incoming.push({ bytes: bytes.slice(), fds: [...fds] });
  }

  /** Null when it would block; empty when the other end is closed. */
  receive(call: string, fd: Fd, max: number): { bytes: Uint8Array; fds: Fd[] } | null {
    const { incoming, peer } = this.get(call, fd);
    const message = incoming?.[0];
    if (!message) return peer && !peer.closed ? null : { bytes: new Uint8Array(), fds: [] };
    if (message.bytes.length <= max) incoming.shift();
    const taken = message.bytes.subarray(0, max);
    message.bytes = message.bytes.subarray(max);
    return { bytes: taken, fds: message.fds };
  }

  /** A read would not block. */
  isReadable(fd: Fd): boolean {
    const descriptor = this.open.get(fd);
    if (!descriptor) return false;
    return descriptor.file !== undefined || !!descriptor.incoming?.length || !!descriptor.peer?.closed;
  }
}
