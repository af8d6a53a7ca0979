/** A process of the guest outside any container, as a list of system calls. */
import { CallList, type SlotValue } from "../calls/call-list.js";
import { AT_FDCWD, O_RDWR, TIOCSCTTY } from "../linux/constants.js";
import type { Process } from "../oci/runtime.js";
import { finish, setOomScore } from "./process-calls.js";
import { joinPipes, leaveAgent, spawn } from "./spawn-calls.js";
import { openTerminal } from "./terminal-calls.js";
import { validateProcess } from "./validate-spec.js";

export type Standard =
  /** Slots 0 to 2. */
  | { pipes: true }
  /** One of its own. */
  | { columns: number; rows: number }
  /** A terminal that is there, such as /dev/hvc0; `program` is executed whatever args[0] says. */
  | { device: string; program: string };

/** It is born in the cgroup of Slot.cgroup. @throws {SpecError} for what cannot be carried out. */
export function composeProgram(process: Process, standard: Standard): CallList {
  validateProcess(process);
  const list = new CallList();
  const parent = list.label();
  spawn(list, { namespaces: 0, intoCgroup: true, shared: true }, parent);
  leaveAgent(list);
  setOomScore(list, process);
  if ("pipes" in standard) joinPipes(list);
  else if ("device" in standard) joinDevice(list, standard.device);
  else openTerminal(list, { ...standard, uid: 0 });
  const path = "program" in standard ? standard.program : undefined;
  finish(list, process, { first: false, link: "none", path });
  list.here(parent);
  return list;
}

function joinDevice(list: CallList, device: string): void {
  const fd: SlotValue = list.slot();
  list.call("openat", [AT_FDCWD, list.text(device), O_RDWR, 0], { into: fd });
  list.call("ioctl", [fd, TIOCSCTTY, 0]);
  for (const target of [0, 1, 2]) list.call("dup2", [fd, target]);
}
