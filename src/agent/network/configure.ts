/** The guest's network configuration: lists of calls that make and remove links, bridges and addresses. */
import type { Result } from "../../protocol/commands.js";
import { CallList } from "../../shared/calls/call-list.js";
import { reportOf, Slot, slotsOf, withReport } from "../../shared/calls/list-format.js";
import { failureOf } from "../../shared/calls/report.js";
import { DEFAULT_BRIDGE, makeBridge, removeLink } from "../../shared/network/link-calls.js";
import { Failure } from "../failure.js";
import { clearUp } from "../runtime/clear-up.js";
import type { Fd, System } from "../system/system.js";

export interface ConfigureContext {
  system: System;
  /** The agent's own network namespace, open. */
  ownNetwork: Fd;
}

/** `init`: pidfd of a container whose network the list enters. */
export function configureNetwork(
  { system, ownNetwork }: ConfigureContext,
  calls: Uint8Array,
  init?: Fd,
): Result<"network.configure"> {
  const list = withReport(calls);
  const slots = slotsOf(list);
  slots[Slot.ownNetwork] = ownNetwork;
  if (init !== undefined) slots[Slot.init] = init;
  system.carryOut(list);
  clearUp(system, list);
  return { report: reportOf(list) };
}

/**
 * Before the machine's state is saved: it costs nothing then. Where it cannot be made, as on a kernel without bridges,
 * whoever needs it is told by what they try.
 */
export function makeDefaultBridge(context: ConfigureContext): void {
  const calls = new CallList();
  makeBridge(calls, DEFAULT_BRIDGE);
  configureNetwork(context, calls.encode());
}

/** In the agent's own network namespace. One that has gone by itself is no failure. @throws {Failure} */
export function deleteLink(system: System, name: string): void {
  const calls = new CallList();
  removeLink(calls, name);
  const list = withReport(calls.encode());
  system.carryOut(list);
  clearUp(system, list);
  const failure = failureOf(calls, reportOf(list));
  if (failure) throw new Failure(failure.code, failure.message, failure);
}
