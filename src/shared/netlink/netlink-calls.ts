/** Netlink messages as entries of a list of system calls. */
import type { CallList } from "../calls/call-list.js";
import { Slot } from "../calls/list-format.js";
import { AF_NETLINK, NETLINK_ROUTE, O_CLOEXEC, SOCK_RAW } from "../linux/constants.js";
import { ACKNOWLEDGEMENT_BYTES, ERROR_OFFSET, encodeMessages, type Message } from "./message.js";

export interface ExchangeOptions {
  /** What is told as the kernel step `netlink`. */
  step: string;
  /** Errors after which the list goes on. */
  allow?: readonly string[];
}

/** All of this is done by the agent, which closes what a list that ends early leaves open. */
const socket = { slot: Slot.opened };

/** Asks the kernel for all of `messages`, in the calling process's network namespace; fails as the first that fails. */
export function exchange(list: CallList, messages: readonly Message[], { step, allow }: ExchangeOptions): void {
  const { bytes, slots } = encodeMessages(messages);
  const request = list.bytes(bytes);
  const answer = list.room(ACKNOWLEDGEMENT_BYTES);
  list.call("socket", [AF_NETLINK, SOCK_RAW | O_CLOEXEC, NETLINK_ROUTE], { into: socket });
  for (const { at, value } of slots) list.store(value, request, at);
  list.call("write", [socket, request, bytes.length]);
  list.call("read", [socket, answer, ACKNOWLEDGEMENT_BYTES]);
  list.load(answer, ERROR_OFFSET, { step, as: "netlink", ...(allow && { allow }) });
  list.call("close", [socket], { into: socket });
}
