/** The `docker` commands that wait in the guest, by number: accepts them and tells the page of them. */
import type { AgentEventName, AgentEvents } from "../../protocol/commands.js";
import {
  MAX_STUB_MESSAGE_BYTES,
  parseStubMessage,
  STUB_SOCKET_PATH,
  type StubMessage,
} from "../../protocol/stub-messages.js";
import { SIGHUP, SIGPIPE } from "../../shared/linux/constants.js";
import { allowing, Failure } from "../failure.js";
import type { Fd, System } from "../system/system.js";
import { type LastOutput, Session } from "./session.js";

export interface SessionsContext {
  system: System;
  tell<E extends AgentEventName>(event: E, value: AgentEvents[E]): void;
}

export class Sessions {
  readonly #sessions = new Map<number, Session>();
  #lastId = 0;

  constructor(readonly context: SessionsContext) {}

  listen(path = STUB_SOCKET_PATH): void {
    const { system } = this.context;
    allowing(["ENOENT"], () => system.unlink(path));
    const listener = system.listenUnix(path, 0o600);
    system.setNonBlocking(listener, true);
    system.onReadable(listener, () => {
      const socket = allowing(["EAGAIN", "ECONNABORTED"], () => system.accept(listener));
      if (socket !== undefined) this.#await(socket);
    });
  }

  get(id: number): Session {
    const session = this.#sessions.get(id);
    if (!session) throw new Failure("not-found", `session ${id} is not there`);
    return session;
  }

  /** A command that has gone meanwhile needs no closing. */
  async close(id: number, exitCode: number, output: LastOutput = {}): Promise<void> {
    if (id <= this.#lastId && !this.#sessions.has(id)) return;
    await this.get(id).close(exitCode, output);
    this.#sessions.delete(id);
  }

  /** Ends them all: nobody will answer them. */
  abandon(exitCode: number): void {
    for (const session of this.#sessions.values()) void session.close(exitCode);
    this.#sessions.clear();
  }

  get size(): number {
    return this.#sessions.size;
  }

  /** The first message makes a session of the connection. */
  #await(socket: Fd): void {
    const { system } = this.context;
    system.setNonBlocking(socket, true);
    let session: Session | undefined;
    const hear = () => {
      const received = this.#receive(socket);
      if (received === null) return;
      if (session) this.#hear(session, received);
      else session = this.#open(socket, received);
    };
    system.onReadable(socket, hear);
    // The program sends right after it has connected: usually the message is there.
    hear();
  }

  #receive(socket: Fd): { message: StubMessage | undefined; fds: Fd[] } | null {
    const { system } = this.context;
    let fds: Fd[] = [];
    try {
      const received = system.recvFds(socket, MAX_STUB_MESSAGE_BYTES);
      if (received === null) return null;
      fds = received.fds;
      const message = received.bytes.length === 0 ? undefined : parseStubMessage(received.bytes, system.decodePath);
      return { message, fds };
    } catch {
      for (const fd of fds) system.close(fd);
      return { message: undefined, fds: [] };
    }
  }

  #open(socket: Fd, { message, fds }: { message: StubMessage | undefined; fds: Fd[] }): Session | undefined {
    const { system, tell } = this.context;
    if (message?.kind !== "open" || fds.length !== 3) {
      for (const fd of fds) system.close(fd);
      system.onReadable(socket, null);
      system.close(socket);
      return undefined;
    }
    const id = ++this.#lastId;
    const onDetached = () => tell("session.detached", { session: id });
    const session = new Session(system, id, socket, message, fds, () => this.#unread(id), onDetached);
    this.#sessions.set(session.id, session);
    const { argv, env, cwd } = message;
    tell("session.opened", { session: session.id, argv, env, cwd, terminal: session.terminal, ...session.size() });
    return session;
  }

  /** Nobody reads what the command prints: it ends as SIGPIPE would end it. */
  #unread(id: number): void {
    const session = this.#sessions.get(id);
    if (session) this.#gone(session, () => session.end(128 + SIGPIPE));
  }

  #gone(session: Session, end: () => void): void {
    if (!this.#sessions.delete(session.id)) return;
    end();
    this.context.tell("session.signal", { session: session.id, signal: SIGHUP });
  }

  #hear(session: Session, { message, fds }: { message: StubMessage | undefined; fds: Fd[] }): void {
    const { system, tell } = this.context;
    for (const fd of fds) system.close(fd);
    if (message?.kind === "signal") tell("session.signal", { session: session.id, signal: message.signal });
    else if (message?.kind === "resize")
      tell("session.resized", { session: session.id, columns: message.columns, rows: message.rows });
    else this.#gone(session, () => session.dispose());
  }
}
