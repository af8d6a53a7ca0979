/** What is asked of the kernel's network configuration, as netlink messages. Sources: linux/rtnetlink.h, rtnetlink(7). */
import type { SlotValue } from "../calls/call-list.js";
import {
  AF_INET,
  IFA_ADDRESS,
  IFA_BROADCAST,
  IFA_LOCAL,
  IFF_UP,
  IFLA_ADDRESS,
  IFLA_IFNAME,
  IFLA_INFO_DATA,
  IFLA_INFO_KIND,
  IFLA_LINKINFO,
  IFLA_MASTER,
  IFLA_NET_NS_FD,
  NLM_F_CREATE,
  NLM_F_EXCL,
  RT_SCOPE_UNIVERSE,
  RT_TABLE_MAIN,
  RTA_GATEWAY,
  RTM_DELLINK,
  RTM_NEWADDR,
  RTM_NEWLINK,
  RTM_NEWROUTE,
  RTN_UNICAST,
  RTPROT_BOOT,
  VETH_INFO_PEER,
} from "../linux/constants.js";
import { addressBytes, broadcastOf, type Subnet } from "../network/ipv4.js";
import type { Attribute, Message } from "./message.js";

/** One end of a link. Indexes are chosen by whoever asks, so that nobody has to look them up. */
export interface End {
  name: string;
  /** Within its network namespace. */
  index: number;
  /** Six bytes. */
  mac?: Uint8Array;
}

/** A link of its own, such as a bridge. */
export function makeLink(end: End, kind: string): Message {
  const attributes: Attribute[] = [...endAttributes(end), [IFLA_LINKINFO, [[IFLA_INFO_KIND, kind]]]];
  return { type: RTM_NEWLINK, flags: NLM_F_CREATE | NLM_F_EXCL, fixed: linkHeader(end.index), attributes };
}

/** `inner` comes to be where this is asked; `outer` in the namespace of `outside`, up, as a port of the bridge `master`. */
export function makePair(inner: End, outer: End, master: number, outside: SlotValue): Message {
  return {
    type: RTM_NEWLINK,
    flags: NLM_F_CREATE | NLM_F_EXCL,
    fixed: linkHeader(outer.index, IFF_UP),
    attributes: [
      ...endAttributes(outer),
      [IFLA_MASTER, master],
      [IFLA_NET_NS_FD, outside],
      [
        IFLA_LINKINFO,
        [
          [IFLA_INFO_KIND, "veth"],
          [IFLA_INFO_DATA, [[VETH_INFO_PEER, { fixed: linkHeader(inner.index), attributes: endAttributes(inner) }]]],
        ],
      ],
    ],
  };
}

export function setUp(index: number): Message {
  return { type: RTM_NEWLINK, flags: 0, fixed: linkHeader(index, IFF_UP), attributes: [] };
}

/** The other end of a pair goes with it. */
export function deleteLink(name: string): Message {
  return { type: RTM_DELLINK, flags: 0, fixed: linkHeader(0), attributes: [[IFLA_IFNAME, name]] };
}

export function addAddress(index: number, address: number, subnet: Subnet): Message {
  return {
    type: RTM_NEWADDR,
    flags: NLM_F_CREATE | NLM_F_EXCL,
    // struct ifaddrmsg: family, length of the prefix, flags, scope, index.
    fixed: Uint8Array.of(AF_INET, subnet.prefix, 0, RT_SCOPE_UNIVERSE, ...u32(index)),
    attributes: [
      [IFA_LOCAL, addressBytes(address)],
      [IFA_ADDRESS, addressBytes(address)],
      [IFA_BROADCAST, addressBytes(broadcastOf(subnet))],
    ],
  };
}

export function addDefaultRoute(gateway: number): Message {
  return {
    type: RTM_NEWROUTE,
    flags: NLM_F_CREATE | NLM_F_EXCL,
    // struct rtmsg: family, lengths of destination and source, type of service, table, protocol, scope, type, flags.
    fixed: Uint8Array.of(
      ...[AF_INET, 0, 0, 0],
      ...[RT_TABLE_MAIN, RTPROT_BOOT, RT_SCOPE_UNIVERSE, RTN_UNICAST],
      ...u32(0),
    ),
    attributes: [[RTA_GATEWAY, addressBytes(gateway)]],
  };
}

/** struct ifinfomsg: family, type of device, index, flags, which flags are meant. */
function linkHeader(index: number, flags = 0): Uint8Array {
  return Uint8Array.of(0, 0, 0, 0, ...u32(index), ...u32(flags), ...u32(flags));
}

function endAttributes({ name, mac }: End): Attribute[] {
  const attributes: Attribute[] = [[IFLA_IFNAME, name]];
  if (mac) attributes.push([IFLA_ADDRESS, mac]);
  return attributes;
}

function u32(value: number): number[] {
  return [value & 0xff, (value >> 8) & 0xff, (value >> 16) & 0xff, value >>> 24];
}
