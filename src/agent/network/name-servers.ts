/**
 * Containers' name servers: each container has a socket at 127.0.0.11, port 53, of its own network namespace, held by
 * the agent. What comes there goes to the page, which knows the names, and its answer goes back.
 */
import type { AgentEvents } from "../../protocol/commands.js";
import { CallList, type Pointer, type SlotValue } from "../../shared/calls/call-list.js";
import { slotsOf, withReport } from "../../shared/calls/list-format.js";
import type { Owned } from "../runtime/owned.js";
import type { Fd, System } from "../system/system.js";

/** Longer questions than UDP without extensions has are cut short, and so malformed. */
const MOST_BYTES = 512;
const ADDRESS_BYTES = 16;
/** Of one container, for which the page owes an answer. Further ones wait in its socket, or are lost there. */
const MOST_QUESTIONS = 32;

interface Server {
  container: string;
  fd: Fd;
  asked: number;
}

interface Question {
  server: Server;
  from: Uint8Array;
}

export class NameServers {
  readonly #questions = new Map<number, Question>();
  readonly #receive = composeReceive();
  #last = 0;

  constructor(
    readonly system: System,
    readonly ask: (question: AgentEvents["network.question"]) => void,
  ) {}

  /** `fd` is non-blocking; it is closed when `owned` is released. */
  serve(container: string, fd: Fd, owned: Owned): void {
    const server = { container, fd, asked: 0 };
    this.#listen(server);
    owned.add(() => {
      this.#forget((question) => question.server === server);
      this.system.onReadable(fd, null);
      this.system.close(fd);
    });
  }

  /** Without bytes, there is nothing to be said. */
  answer(number: number, answer: Uint8Array): void {
    const question = this.#questions.get(number);
    if (!question) return;
    this.#forget((each) => each === question);
    if (answer.length > 0) this.#send(question, answer);
    this.#listen(question.server);
  }

  /** The page that was asked is gone: whoever asked asks again. */
  abandon(): void {
    const servers = new Set([...this.#questions.values()].map(({ server }) => server));
    this.#forget(() => true);
    for (const server of servers) this.#listen(server);
  }

  #listen(server: Server): void {
    const hasRoom = server.asked < MOST_QUESTIONS;
    this.system.onReadable(server.fd, hasRoom ? () => this.#take(server) : null);
  }

  #forget(isMeant: (question: Question) => boolean): void {
    for (const [number, question] of this.#questions) {
      if (!isMeant(question)) continue;
      this.#questions.delete(number);
      question.server.asked--;
    }
  }

  #send({ server, from }: Question, answer: Uint8Array): void {
    const calls = new CallList();
    // A container that does not take its answers asks again.
    calls.call("sendto", [server.fd, calls.bytes(answer), answer.length, 0, calls.bytes(from), ADDRESS_BYTES], {
      allow: "any",
    });
    this.system.carryOut(withReport(calls.encode()));
  }

  #take(server: Server): void {
    const { bytes, fd: slot, length, query, from } = this.#receive;
    const list = withReport(bytes);
    slotsOf(list)[slot.slot] = server.fd;
    this.system.carryOut(list);
    const received = slotsOf(list)[length.slot]!;
    if (received < 0) return;
    const question = ++this.#last;
    this.#questions.set(question, { server, from: list.slice(from, from + ADDRESS_BYTES) });
    server.asked++;
    this.#listen(server);
    this.ask({ container: server.container, question, query: list.slice(query, query + received) });
  }
}

/** One question, if there is one. The numbers: where in the list it is then, and whose it is. */
function composeReceive(): { bytes: Uint8Array; fd: SlotValue; length: SlotValue; query: number; from: number } {
  const calls = new CallList();
  const [fd, length] = [calls.slot(), calls.slot()];
  const [query, from] = [calls.room(MOST_BYTES), calls.room(ADDRESS_BYTES)];
  const size = calls.words([ADDRESS_BYTES]);
  calls.call("recvfrom", [fd, query, MOST_BYTES, 0, from, size], { into: length, allow: "any" });
  const at = (pointer: Pointer) => calls.offsetOf(pointer);
  return { bytes: calls.encode(), fd, length, query: at(query), from: at(from) };
}
