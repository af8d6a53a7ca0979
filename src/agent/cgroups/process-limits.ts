/**
 * Tells when a part of the guest has as many processes as it may have, as a fork bomb makes them. The kernel counts a
 * refusal in the cgroup of who was refused, so it tells of the shell's by itself; those of containers, which lie deeper,
 * show in how many there are.
 */
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
const QUIET_MICROS = 10_000_000;
const LOOK_MS = 2000;
/** Those that end make room for a moment. */
const NEARLY = 0.98;

type Tell = (event: AgentEvents["machine.processLimit"]) => void;

/** `busy`: whether there are containers or build steps. */
export function watchProcessLimits(system: System, tell: Tell, busy: () => boolean): void {
  const told = new Map<Part, number>();
  const tellOf = (part: Part) => {
    const now = system.monotonicMicros();
    if (now - (told.get(part) ?? Number.NEGATIVE_INFINITY) < QUIET_MICROS) return;
    told.set(part, now);
    tell({ part: part.name, limit: part.processes });
  };
  const deep = PARTS.filter(({ name }) => name !== "shell");
  const look = () => {
    if (busy()) for (const part of deep) if (isNearlyFull(system, part)) tellOf(part);
    system.setTimer(LOOK_MS, look);
  };
  look();
  for (const part of PARTS) if (part.name === "shell") watchRefusals(system, part, () => tellOf(part));
}

function isNearlyFull(system: System, { cgroup, processes }: Part): boolean {
  return Number.parseInt(readText(system, `${cgroup}/pids.current`), 10) >= NEARLY * processes;
}

function watchRefusals(system: System, { cgroup }: Part, refused: () => void): void {
  const path = `${cgroup}/pids.events`;
  const count = () => counter(readText(system, path), "max");
  let known = count();
  const inotify = openInotify(system, path);
  system.onReadable(inotify, () => {
    system.read(inotify, EVENTS_BYTES);
    const now = count();
    if (now === known) return;
    known = now;
    refused();
  });
}

function openInotify(system: System, path: string): Fd {
  const calls = new CallList();
  const fd: SlotValue = calls.slot();
  calls.call("inotify_init1", [O_NONBLOCK | O_CLOEXEC], { into: fd });
  calls.call("inotify_add_watch", [fd, calls.text(path), IN_MODIFY]);
  const list = withReport(calls.encode());
  system.carryOut(list);
  return slotsOf(list)[fd.slot]!;
}
