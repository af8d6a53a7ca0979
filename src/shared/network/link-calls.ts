/** A container's links to bridge networks, and the bridges, as entries of a list of system calls. */

import { writeFile } from "../birth/kernel-files.js";
import type { CallList, SlotValue } from "../calls/call-list.js";
import { Slot } from "../calls/list-format.js";
import { writeFileText } from "../linux/call-text.js";
import { AF_INET, CLONE_NEWNET, O_CLOEXEC, SOCK_DGRAM, SOCK_NONBLOCK } from "../linux/constants.js";
import { exchange } from "../netlink/netlink-calls.js";
import { addAddress, addDefaultRoute, deleteLink, makeLink, makePair, setUp } from "../netlink/rtnetlink.js";
import { formatAddress, formatSubnet, macOf, type Subnet } from "./ipv4.js";
import { socketAddress } from "./socket-address.js";

/** Where Docker's containers find their name server: 127.0.0.11. */
export const NAME_SERVER = 0x7f00000b;

/** A network as the guest has it. */
export interface Bridge {
  /** Such as `docker0`. */
  name: string;
  index: number;
  subnet: Subnet;
  /** The bridge's own address. */
  gateway: number;
}

/** A container's end of a network: a pair of links, one inside and one at the bridge. */
export interface Attachment {
  /** Such as `eth0`. */
  name: string;
  /** Of the inner link, at least 2: the loopback is 1. */
  index: number;
  address: number;
  subnet: Subnet;
  /** Where its default route leads; left out where it has none, or has it from another network. */
  gateway?: number;
  outer: { name: string; index: number };
  /** Index of the bridge. */
  bridge: number;
}

/** Docker's `bridge` network. */
export const DEFAULT_BRIDGE: Bridge = {
  name: "docker0",
  index: 3,
  subnet: { base: 0xac110000, prefix: 16 },
  gateway: 0xac110001,
};

/**
 * Up, with its address. Nothing is passed on from it to another network, and none of it speaks IPv6. One that is there
 * already, as after an agent that has ended, stays.
 */
export function makeBridge(list: CallList, { name, index, subnet, gateway }: Bridge): void {
  disableIPv6(list);
  const steps = `${name} bridge ${formatAddress(gateway)}/${subnet.prefix} up`;
  const mac = macOf(gateway);
  const messages = [makeLink({ name, index, mac }, "bridge"), addAddress(index, gateway, subnet), setUp(index)];
  exchange(list, messages, { step: `RTM_NEWLINK ${steps}`, allow: ["EEXIST"] });
  setKernelFile(list, `/proc/sys/net/ipv4/conf/${name}/forwarding`, "0");
}

/** Nothing is there: nothing is done. */
export function removeLink(list: CallList, name: string): void {
  exchange(list, [deleteLink(name)], { step: `RTM_DELLINK ${name}`, allow: ["ENODEV"] });
}

/**
 * Done by the agent, which is in the network namespace of `container` meanwhile (its own, or that of its process), and
 * in that of Slot.ownNetwork afterwards: it goes back there too where the list ends early.
 */
export function within(list: CallList, container: SlotValue, work: () => void): void {
  list.call("setns", [container, CLONE_NEWNET]);
  work();
  list.call("setns", [{ slot: Slot.ownNetwork }, CLONE_NEWNET]);
}

/** In the container's network namespace: the pair, and inside address and routes. */
export function attach(list: CallList, attachment: Attachment): void {
  const { name, index, address, subnet, gateway, outer, bridge } = attachment;
  const pair = makePair({ name, index, mac: macOf(address) }, outer, bridge, { slot: Slot.ownNetwork });
  const messages = [pair, addAddress(index, address, subnet), setUp(index)];
  if (gateway !== undefined) messages.push(addDefaultRoute(gateway));
  exchange(list, messages, { step: `RTM_NEWLINK ${textOf(attachment)}` });
}

/** In the container's network namespace: the default route, where there is none any more. */
export function routeBy(list: CallList, gateway: number): void {
  exchange(list, [addDefaultRoute(gateway)], { step: `RTM_NEWROUTE default via ${formatAddress(gateway)}` });
}

/**
 * In the container's network namespace: a socket at the address that its resolv.conf names, in Slot.names, for the agent
 * to answer. A program that wants the port for every address does not get it.
 */
export function openNameServer(list: CallList): void {
  const socket = { slot: Slot.names };
  const where = socketAddress(NAME_SERVER, 53);
  list.call("socket", [AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | O_CLOEXEC, 0], { into: socket });
  list.call("bind", [socket, list.bytes(where), where.length], { step: `${formatAddress(NAME_SERVER)}:53` });
}

function textOf({ name, address, subnet, gateway, outer }: Attachment): string {
  const route = gateway === undefined ? "" : ` default via ${formatAddress(gateway)}`;
  return `${outer.name} veth ${name} ${formatAddress(address)} of ${formatSubnet(subnet)} up${route}`;
}

/** For the links that come to be in this network namespace from now on. */
export function disableIPv6(list: CallList): void {
  setKernelFile(list, "/proc/sys/net/ipv6/conf/default/disable_ipv6", "1");
}

function setKernelFile(list: CallList, path: string, value: string): void {
  writeFile(list, path, value, { step: writeFileText(path, value), close: true, fd: { slot: Slot.opened } });
}
