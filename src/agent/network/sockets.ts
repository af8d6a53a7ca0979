/** TCP sockets of the agent's, by lists of calls: the native part knows no networks. All are non-blocking. */
import { type Argument, type CallFailure, CallList, type SlotValue } from "../../shared/calls/call-list.js";
import { reportOf, slotsOf, withReport } from "../../shared/calls/list-format.js";
import { failureOf } from "../../shared/calls/report.js";
import {
  AF_INET,
  AF_INET6,
  IPPROTO_IPV6,
  IPV6_V6ONLY,
  O_CLOEXEC,
  SHUT_WR,
  SO_REUSEADDR,
  SOCK_NONBLOCK,
  SOCK_STREAM,
  SOL_SOCKET,
} from "../../shared/linux/constants.js";
import { describeErrno } from "../../shared/linux/errno.js";
import { parseAddress } from "../../shared/network/ipv4.js";
import { anyIPv6, socketAddress } from "../../shared/network/socket-address.js";
import { Failure } from "../failure.js";
import type { Fd, System } from "../system/system.js";

const STREAM = SOCK_STREAM | SOCK_NONBLOCK | O_CLOEXEC;
const BACKLOG = 128;

/** Listens at an IPv4 address, or at `::` for IPv6 alone. @throws {Failure} with the errno, such as EADDRINUSE. */
export function listenTcp(system: System, address: string, port: number): Fd {
  const calls = new CallList();
  const fd = calls.slot();
  const isIPv6 = address === "::";
  const where = isIPv6 ? anyIPv6(port) : socketAddress(ipv4(address), port);
  const on = calls.words([1]);
  calls.call("socket", [isIPv6 ? AF_INET6 : AF_INET, STREAM, 0], { into: fd });
  calls.call("setsockopt", [fd, SOL_SOCKET, SO_REUSEADDR, on, 4]);
  if (isIPv6) calls.call("setsockopt", [fd, IPPROTO_IPV6, IPV6_V6ONLY, on, 4]);
  calls.call("bind", [fd, calls.bytes(where), where.length], { failure: named(address, port) });
  calls.call("listen", [fd, BACKLOG]);
  return opened(system, calls, fd);
}

/** Resolves to a connected socket. @throws {Failure} with the errno, such as ECONNREFUSED. */
export async function connectTcp(system: System, address: string, port: number): Promise<Fd> {
  const calls = new CallList();
  const fd = calls.slot();
  calls.call("socket", [AF_INET, STREAM, 0], { into: fd });
  connect(calls, fd, address, port, ["EINPROGRESS"]);
  const connecting = opened(system, calls, fd);
  await new Promise<void>((resolve) => system.onWritable(connecting, resolve));
  system.onWritable(connecting, null);
  try {
    const again = new CallList();
    // Tells what became of it.
    connect(again, connecting, address, port, ["EISCONN"]);
    carryOut(system, again);
    return connecting;
  } catch (error) {
    system.close(connecting);
    throw error;
  }
}

/** Nothing more is sent. The other end may have gone. */
export function endSending(system: System, fd: Fd): void {
  const calls = new CallList();
  calls.call("shutdown", [fd, SHUT_WR], { allow: "any" });
  carryOut(system, calls);
}

function connect(calls: CallList, fd: Argument, address: string, port: number, allow: readonly string[]): void {
  const where = socketAddress(ipv4(address), port);
  calls.call("connect", [fd, calls.bytes(where), where.length], { failure: named(address, port), allow });
}

function named(address: string, port: number): (errno: string) => CallFailure {
  return (errno) => ({ code: "system", message: `${address}:${port}: ${describeErrno(errno)}` });
}

function ipv4(address: string): number {
  const parsed = parseAddress(address);
  if (parsed === undefined) throw new Failure("invalid-params", `address ${address}`);
  return parsed;
}

/** What the list has opened, where it did all. @throws {Failure} as `carryOut`; it is closed then. */
function opened(system: System, calls: CallList, { slot }: SlotValue): Fd {
  const list = withReport(calls.encode());
  system.carryOut(list);
  const fd = slotsOf(list)[slot]!;
  try {
    check(calls, list);
    return fd;
  } catch (error) {
    if (fd >= 0) system.close(fd);
    throw error;
  }
}

/** @throws {Failure} naming the call that failed. */
function carryOut(system: System, calls: CallList): void {
  const list = withReport(calls.encode());
  system.carryOut(list);
  check(calls, list);
}

function check(calls: CallList, list: Uint8Array): void {
  const failure = failureOf(calls, reportOf(list));
  if (failure) throw new Failure(failure.code, failure.message, failure);
}
