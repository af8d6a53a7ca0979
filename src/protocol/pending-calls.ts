import type { AgentFailure } from "./commands.js";
import { CommandError, ProtocolError } from "./peer.js";

interface PendingCall {
  command: string;
  resolve(result: unknown): void;
  reject(error: Error): void;
}

/** Requests that wait for their answers, by id. */
export class PendingCalls {
  readonly #calls = new Map<number, PendingCall>();
  #last = 0;

  /** `send` gets the request's id. */
  add(command: string, send: (id: number) => void): Promise<unknown> {
    const id = ++this.#last;
    return new Promise((resolve, reject) => {
      this.#calls.set(id, { command, resolve, reject });
      send(id);
    });
  }

  /** @throws {ProtocolError} for an answer to nothing. */
  resolve(id: number, result: unknown): void {
    this.#take(id).resolve(result);
  }

  /** @throws {ProtocolError} for an answer to nothing. */
  fail(id: number, failure: AgentFailure): void {
    const call = this.#take(id);
    call.reject(new CommandError(call.command, failure));
  }

  rejectAll(error: Error): void {
    const calls = [...this.#calls.values()];
    this.#calls.clear();
    for (const call of calls) call.reject(error);
  }

  #take(id: number): PendingCall {
    const call = this.#calls.get(id);
    if (!call) throw new ProtocolError(`reply to request ${id}, which was not asked`);
    this.#calls.delete(id);
    return call;
  }
}
