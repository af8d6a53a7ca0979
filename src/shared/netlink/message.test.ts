import { expect, test } from "vitest";
import { CallList } from "../calls/call-list.js";
import { Slot } from "../calls/list-format.js";
import { callText, readList, wordsAt } from "../calls/testfiles/read-list.js";
import { parseSubnet } from "../network/ipv4.js";
import { encodeMessages, type Message } from "./message.js";
import { exchange } from "./netlink-calls.js";
import { addAddress, addDefaultRoute, deleteLink, makeLink, makePair, setUp } from "./rtnetlink.js";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const bytesOf = (...messages: Message[]) => hex(encodeMessages(messages).bytes);
const SUBNET = parseSubnet("172.17.0.0/16")!;

/** Laid out by hand after the headers, under the command of iproute2 that asks for the same. */
test.each<[string, Message, string]>([
  [
    "ip link del veth1",
    deleteLink("veth1"),
    "2c000000 1100 0500 00000000 00000000  00000000 00000000 00000000 00000000  0a00 0300 7665746831 00 0000",
  ],
  ["ip link set 2 up", setUp(2), "20000000 1000 0500 00000000 00000000  00000000 02000000 01000000 01000000"],
  [
    "ip addr add 172.17.0.2/16 dev 2",
    addAddress(2, 0xac110002, SUBNET),
    "30000000 1400 0506 00000000 00000000  02100000 02000000  0800 0200 ac110002  0800 0100 ac110002  0800 0400 ac11ffff",
  ],
  [
    "ip route add default via 172.17.0.1",
    addDefaultRoute(0xac110001),
    "24000000 1800 0506 00000000 00000000  02000000 fe030001 00000000  0800 0500 ac110001",
  ],
  [
    "ip link add br0 type bridge",
    makeLink({ name: "br0", index: 7, mac: Uint8Array.of(2, 0x42, 1, 2, 3, 4) }, "bridge"),
    "44000000 1000 0506 00000000 00000000  00000000 07000000 00000000 00000000  0800 0300 62723000  0a00 0100 024201020304 0000  1000 1200 0b00 0100 62726964676500 00",
  ],
])("%s", (_, message, bytes) => {
  expect(bytesOf(message)).toBe(bytes.replaceAll(" ", ""));
});

test("a pair: both ends described, the outer one's namespace known when it is sent", () => {
  const outside = { slot: 5 };
  const pair = makePair({ name: "eth0", index: 2 }, { name: "veth1", index: 1000 }, 3, outside);
  const { bytes, slots } = encodeMessages([pair]);
  const text = hex(bytes);
  expect(slots).toEqual([{ at: text.indexOf("08001c00") / 2 + 4, value: outside }]);
  expect(text).toContain("08000a0003000000");
  // linkinfo { kind veth, data { peer { ifinfomsg, name } } }
  const peer = "20000100 00000000 02000000 00000000 00000000 09000300 65746830 00000000";
  expect(text.endsWith(`34001200 09000100 76657468 00000000 24000200 ${peer}`.replaceAll(" ", ""))).toBe(true);
  expect(new DataView(bytes.buffer).getUint32(0, true)).toBe(bytes.length);
});

test("of several messages the last one alone asks for an answer in any case", () => {
  const { bytes } = encodeMessages([setUp(2), setUp(3)]);
  const view = new DataView(bytes.buffer);
  expect([view.getUint16(6, true), view.getUint16(32 + 6, true)]).toEqual([1, 5]);
});

test("as calls: sent, answered, and failed as the answer says", () => {
  const list = new CallList();
  const outside = { slot: Slot.ownNetwork };
  const pair = makePair({ name: "eth0", index: 2 }, { name: "veth1", index: 1000 }, 3, outside);
  exchange(list, [pair], { step: "a pair", allow: ["EEXIST"] });
  const bytes = list.encode();
  const calls = readList(bytes);
  expect(calls.map(({ name }) => name)).toEqual(["socket", "store", "write", "read", "load", "close"]);
  expect(callText(calls[0]!)).toBe("socket 16 524291 0");
  const [, store, write, , load] = calls;
  const request = wordsAt(bytes, write!.offset + 16 + 4, 1)[0]!;
  expect(Number(store!.args[0]) - request).toBe(encodeMessages([pair]).slots[0]!.at);
  expect(load!.allowed).toEqual(["EEXIST"]);
});
