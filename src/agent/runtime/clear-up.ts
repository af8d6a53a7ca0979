/** What a list of calls may leave of itself in the agent where it ends early. */
import { CallList } from "../../shared/calls/call-list.js";
import { reportOf, Slot, slotsOf, withReport } from "../../shared/calls/list-format.js";
import { stoppedAt } from "../../shared/calls/report.js";
import { CLONE_NEWNET } from "../../shared/linux/constants.js";
import type { System } from "../system/system.js";

const back = composeBack();

/** Closes what the list has opened and did not come to close, and has the agent be in its own network namespace. */
export function clearUp(system: System, list: Uint8Array): void {
  const slots = slotsOf(list);
  const hasStopped = stoppedAt(reportOf(list)) !== undefined;
  for (const slot of [Slot.joined, Slot.opened]) if (slots[slot]! > 0) system.close(slots[slot]!);
  if (!hasStopped || slots[Slot.ownNetwork]! < 0) return;
  const again = withReport(back);
  slotsOf(again)[Slot.ownNetwork] = slots[Slot.ownNetwork]!;
  system.carryOut(again);
}

function composeBack(): Uint8Array {
  const calls = new CallList();
  calls.call("setns", [{ slot: Slot.ownNetwork }, CLONE_NEWNET]);
  return calls.encode();
}
