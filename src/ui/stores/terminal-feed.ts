import type { Session } from "../../session/client.js";
import type { Disposable } from "../../shared/disposable.js";

/** Terminal output from the session's first byte on, kept until the terminal is there to show it. */
export class TerminalFeed {
  readonly session: Session;
  #waiting: Uint8Array[] = [];
  #consumer: ((bytes: Uint8Array) => void) | undefined;

  constructor(session: Session) {
    this.session = session;
    session.terminal.onData((bytes) => {
      if (this.#consumer) this.#consumer(bytes);
      else this.#waiting.push(bytes);
    });
  }

  consume(consumer: (bytes: Uint8Array) => void): Disposable {
    this.#consumer = consumer;
    for (const bytes of this.#waiting.splice(0)) consumer(bytes);
    return {
      dispose: () => {
        this.#consumer = undefined;
      },
    };
  }
}
