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
/** Those for which the page owes an answer: beyond that the oldest is given up, and asked again by its resolver. */
const MOST_QUESTIONS = 256;

interface Question {
  fd: Fd;
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
    this.system.onReadable(fd, () => this.#take(container, fd));
    owned.add(() => {
      for (const [number, question] of this.#questions) if (question.fd === fd) this.#questions.delete(number);
      this.system.onReadable(fd, null);
      this.system.close(fd);
    });
  }

  answer(number: number, answer: Uint8Array): void {
    const question = this.#questions.get(number);
    if (!question || !this.#questions.delete(number)) return;
    const calls = new CallList();
    // A container that does not take its answers asks again.
    calls.call(
      "sendto",
      [question.fd, calls.bytes(answer), answer.length, 0, calls.bytes(question.from), ADDRESS_BYTES],
      { allow: "any" },
    );
    this.system.carryOut(withReport(calls.encode()));
  }

  #take(container: string, fd: Fd): void {
    const { bytes, fd: slot, length, query, from } = this.#receive;
    const list = withReport(bytes);
    slotsOf(list)[slot.slot] = fd;
    this.system.carryOut(list);
    const received = slotsOf(list)[length.slot]!;
    if (received < 0) return;
    const question = ++this.#last;
    this.#questions.set(question, { fd, from: list.slice(from, from + ADDRESS_BYTES) });
    const [oldest] = this.#questions.keys();
    if (this.#questions.size > MOST_QUESTIONS) this.#questions.delete(oldest!);
    this.ask({ container, question, query: list.slice(query, query + received) });
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
