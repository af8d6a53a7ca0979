/** Tells when a part of the guest has as many processes as it may have, as a fork bomb makes them. */
import type { AgentEvents } from "../../protocol/commands.js";
import { CallList, type SlotValue } from "../../shared/calls/call-list.js";
import { slotsOf, withReport } from "../../shared/calls/list-format.js";
import { O_CLOEXEC, O_NONBLOCK } from "../../shared/linux/constants.js";
import type { Fd, System } from "../system/system.js";
import { counter, readText } from "./flat-keyed.js";
import { PARTS, type Part } from "./parts.js";

const IN_MODIFY = 2;
const EVENTS_BYTES = 4096;
/** A fork bomb meets its limit thousands of times; once a while is enough to know. */
const QUIET_MICROS = 5_000_000;

type Event = AgentEvents["machine.processLimit"];

export function watchProcessLimits(system: System, tell: (event: Event) => void): void {
  const known = new Map(PARTS.map((part) => [part, refusals(system, part)]));
  const told = new Map<Part, number>();
  const inotify = openInotify(system);
  system.onReadable(inotify, () => {
    system.read(inotify, EVENTS_BYTES);
    const now = system.monotonicMicros();
    for (const part of PARTS) {
      const count = refusals(system, part);
      if (count === known.get(part)) continue;
      known.set(part, count);
      if (now - (told.get(part) ?? -QUIET_MICROS) < QUIET_MICROS) continue;
      told.set(part, now);
      tell({ part: part.name, limit: part.processes });
    }
  });
}

/** How often a process was refused for want of room. */
function refusals(system: System, { cgroup }: Part): number {
  return counter(readText(system, `${cgroup}/pids.events`), "max");
}

function openInotify(system: System): Fd {
  const calls = new CallList();
  const fd: SlotValue = calls.slot();
  calls.call("inotify_init1", [O_NONBLOCK | O_CLOEXEC], { into: fd });
  for (const { cgroup } of PARTS) calls.call("inotify_add_watch", [fd, calls.text(`${cgroup}/pids.events`), IN_MODIFY]);
  const list = withReport(calls.encode());
  system.carryOut(list);
  return slotsOf(list)[fd.slot]!;
}
