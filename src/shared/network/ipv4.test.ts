import { expect, test } from "vitest";
import {
  broadcastOf,
  formatAddress,
  formatMac,
  formatSubnet,
  isIn,
  macOf,
  overlap,
  parseAddress,
  parseSubnet,
} from "./ipv4.js";

test.each<[string, number | undefined]>([
  ["0.0.0.0", 0],
  ["127.0.0.1", 0x7f000001],
  ["255.255.255.255", 0xffffffff],
  ["256.0.0.1", undefined],
  ["1.2.3", undefined],
  ["1.2.3.4.5", undefined],
  ["01.2.3.4", undefined],
  ["", undefined],
  ["a.b.c.d", undefined],
])("address %j", (text, address) => {
  expect(parseAddress(text)).toBe(address);
  if (address !== undefined) expect(formatAddress(address)).toBe(text);
});

test.each<[string, string | undefined, string?]>([
  ["172.17.0.0/16", "172.17.0.0/16", "172.17.255.255"],
  ["10.1.2.3/8", "10.0.0.0/8", "10.255.255.255"],
  ["192.168.240.0/20", "192.168.240.0/20", "192.168.255.255"],
  ["200.0.0.0/30", "200.0.0.0/30", "200.0.0.3"],
  ["0.0.0.0/0", "0.0.0.0/0", "255.255.255.255"],
  ["10.0.0.0/33", undefined],
  ["10.0.0.0", undefined],
  ["10.0.0/8", undefined],
])("subnet %j", (text, subnet, last) => {
  const parsed = parseSubnet(text);
  expect(parsed && formatSubnet(parsed)).toBe(subnet);
  if (parsed) expect(formatAddress(broadcastOf(parsed))).toBe(last);
});

test("what is in a subnet, and which overlap", () => {
  const [wide, narrow, other] = ["10.0.0.0/8", "10.2.0.0/16", "11.0.0.0/8"].map((text) => parseSubnet(text)!);
  expect([isIn(parseAddress("10.2.0.0")!, narrow!), isIn(parseAddress("10.3.0.0")!, narrow!)]).toEqual([true, false]);
  expect([overlap(wide!, narrow!), overlap(narrow!, wide!), overlap(wide!, other!)]).toEqual([true, true, false]);
});

test("Docker's MAC address of an address", () => {
  expect(formatMac(macOf(parseAddress("172.17.0.2")!))).toBe("02:42:ac:11:00:02");
});
