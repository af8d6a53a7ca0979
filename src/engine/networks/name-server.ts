/** Answers what containers ask their name server: names of their own networks. There is nothing outside to be asked. */
import type { AgentClient } from "../../protocol/peer.js";
import type { Disposable } from "../../shared/disposable.js";
import { answerTo, ResponseCode, readQuestion, TYPE_A } from "../../shared/dns/message.js";
import { addressBytes } from "../../shared/network/ipv4.js";

/** Who knows the names. */
export interface Names {
  /** Addresses of what `name` is for the container `asker`; undefined where it is nothing. */
  resolve(asker: string, name: string): number[] | undefined;
}

const NOTHING = new Uint8Array(0);

export function answerQuestions(agent: Pick<AgentClient, "on" | "call">, names: Names): Disposable {
  return agent.on("network.question", ({ container, question, query }) => {
    const answer = answerOf(query, (name) => names.resolve(container, name)) ?? NOTHING;
    // The agent may have gone meanwhile.
    agent.call("network.answer", { question, answer }).catch(() => {});
  });
}

/**
 * Undefined for what is no question. A name that is there without an address of the type that is asked for, IPv6 say, has an answer without addresses.
 */
export function answerOf(
  query: Uint8Array,
  resolve: (name: string) => readonly number[] | undefined,
): Uint8Array | undefined {
  const question = readQuestion(query);
  if (!question) return answerTo(query, ResponseCode.malformed, []);
  const addresses = resolve(question.name);
  if (!addresses) return answerTo(query, ResponseCode.noSuchName, []);
  return answerTo(query, ResponseCode.none, question.type === TYPE_A ? addresses.map(addressBytes) : []);
}
