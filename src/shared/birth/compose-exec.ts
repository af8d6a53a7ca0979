/** A further process in a container that runs, as a list of system calls. */
import { CallList, type SlotValue } from "../calls/call-list.js";
import { Slot } from "../calls/list-format.js";
import { unshareText } from "../linux/call-text.js";
import { CLONE_NEWPID } from "../linux/constants.js";
import type { Linux, Process } from "../oci/runtime.js";
import type { Filter } from "./identity-calls.js";
import { takeSource } from "./mount-calls.js";
import { hasNamespace, joinFlags, leavePidNamespace } from "./namespaces.js";
import {
  closeDescriptors,
  finish,
  ownNull,
  ownPipes,
  type Pipes,
  placeLink,
  placeProgram,
  setOomScore,
} from "./process-calls.js";
import { joinPipes, leaveAgent, spawn } from "./spawn-calls.js";
import { openTerminal } from "./terminal-calls.js";
import { validateProcess } from "./validate-spec.js";

export interface ExecPlace {
  linux: Linux;
  pipes: Pipes;
  /** Size of the terminal, for a process that has one. */
  columns: number;
  rows: number;
  filter?: Filter;
  /** A program of the guest's own to execute, whatever the container has: a path in the guest. */
  program?: string;
}

/**
 * Slot.init leads into the container, by its first process and not by a number that could be another's, and
 * Slot.cgroup is its cgroup. Only the children of a process are born in the pid namespace that it has joined; so the
 * agent joins for a moment. From its birth the container's processes see it, and can stop it and starve it: so it
 * shares nothing with the agent, which does not wait for it and is told by its report.
 * @throws {SpecError} for what cannot be carried out.
 */
export function composeExec(process: Process, place: ExecPlace): CallList {
  validateProcess(process);
  const list = new CallList();
  const parent = list.label();
  const init = { slot: Slot.init };
  const joinsPid = hasNamespace(place.linux, "pid");
  if (joinsPid) list.call("setns", [init, CLONE_NEWPID], { step: `init ${unshareText(CLONE_NEWPID)}` });
  spawn(list, { namespaces: 0, intoCgroup: true, shared: false }, parent, joinsPid ? parent : undefined);
  leaveAgent(list);
  if (!process.terminal) joinPipes(list);
  placeLink(list);
  setOomScore(list, process);
  const opened = place.program === undefined ? undefined : borrow(list, place.program);
  const flags = joinFlags(place.linux);
  list.call("setns", [init, flags], { step: `init ${unshareText(flags)}` });
  if (opened) placeProgram(list, opened);
  closeDescriptors(list, true, opened !== undefined);
  if (process.terminal) openTerminal(list, { ...place, uid: process.user.uid });
  else {
    ownNull(list, place.pipes);
    ownPipes(list, place.pipes, process);
  }
  finish(list, process, { filter: place.filter, first: false, link: "tells", opened });
  list.here(parent);
  if (joinsPid) leavePidNamespace(list);
  return list;
}

/** On a mount of its own that nobody can write to: the container finds it as the process's /proc/PID/exe. */
function borrow(list: CallList, program: string): SlotValue {
  return takeSource(list, {
    destination: "",
    type: "bind",
    source: program,
    options: ["bind", "ro", "nosuid", "nodev"],
  });
}
