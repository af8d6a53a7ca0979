import { expect, test } from "vitest";
import type { AgentEvents } from "../../protocol/commands.js";
import { CALL_BYTES, Slot, slotsOf } from "../../shared/calls/list-format.js";
import { readList, wordsAt } from "../../shared/calls/testfiles/read-list.js";
import { Owned } from "../runtime/owned.js";
import { FakeSystem } from "../system/fake-system.js";
import { NameServers } from "./name-servers.js";

const FROM = [2, 0, 0x1f, 0x40, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0];

/** A container whose socket has one question at each turn. */
function around() {
  const system = new FakeSystem();
  const told: AgentEvents["network.question"][] = [];
  const carryOut = system.carryOut.bind(system);
  system.carryOut = (list) => {
    carryOut(list);
    const [call] = readList(list);
    if (call?.name !== "recvfrom") return;
    const [, query, , , from] = wordsAt(list, call.offset + CALL_BYTES, 6);
    list.set([7, 8, 9], query);
    list.set(FROM, from);
    slotsOf(list)[Slot.free + 1] = system.recvFds(slotsOf(list)[Slot.free]!, 99) ? 3 : -11;
  };
  const names = new NameServers(system, (question) => told.push(question));
  const owned = new Owned();
  const [socket, other] = system.socketpair();
  names.serve("c", socket, owned);
  const ask = () => {
    system.sendFds(other, new Uint8Array(1), []);
    system.turn();
  };
  return { system, names, owned, told, socket, ask };
}

const sent = (system: FakeSystem) => system.calls.filter((call) => call.startsWith("sendto"));

test("a question goes to the page, and its answer back to who asked", () => {
  const { system, names, told, socket, ask } = around();
  ask();
  expect(told).toEqual([{ container: "c", question: 1, query: Uint8Array.of(7, 8, 9) }]);
  names.answer(1, Uint8Array.of(1));
  expect(sent(system)).toEqual([expect.stringMatching(new RegExp(`^sendto ${socket} .* 1 0 .* 16$`))]);
  names.answer(1, Uint8Array.of(1));
  expect(sent(system)).toHaveLength(1);
});

test("a container has no more questions than the page answers", () => {
  const { system, names, told, ask } = around();
  for (let i = 0; i < 100; i++) ask();
  expect(told.map(({ question }) => question)).toEqual(Array.from({ length: 32 }, (_, index) => index + 1));
  names.answer(7, new Uint8Array(0));
  expect(sent(system)).toHaveLength(0);
  system.turn();
  system.turn();
  expect(told.at(-1)!.question).toBe(33);
  names.abandon();
  names.answer(8, Uint8Array.of(1));
  expect(sent(system)).toHaveLength(0);
  for (let i = 0; i < 100; i++) system.turn();
  expect(told.at(-1)!.question).toBe(33 + 32);
});

test("a container's end closes its socket, and its questions have no answer any more", async () => {
  const { system, names, owned, socket, ask } = around();
  ask();
  await owned.release();
  expect(system.descriptors.open.has(socket)).toBe(false);
  names.answer(1, Uint8Array.of(1));
  expect(sent(system)).toHaveLength(0);
});
