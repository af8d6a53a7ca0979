/** The guest's /dev/null for processes to have as a descriptor: what lets them change its owner or mode is read-only. */
import { addFlags } from "../../shared/birth/mount-calls.js";
import { CallList } from "../../shared/calls/call-list.js";
import { reportOf, slotsOf, withReport } from "../../shared/calls/list-format.js";
import { failureOf } from "../../shared/calls/report.js";
import { AT_FDCWD, MS_RDONLY, O_CLOEXEC, O_RDWR, OPEN_TREE_CLONE } from "../../shared/linux/constants.js";
import { Failure } from "../failure.js";
import type { Fd, System } from "../system/system.js";

/** Open for reading and writing, which is of the device. */
export function openNull(system: System): Fd {
  const calls = new CallList();
  const tree = calls.slot();
  calls.call("open_tree", [AT_FDCWD, calls.text("/dev/null"), OPEN_TREE_CLONE | O_CLOEXEC], { into: tree });
  addFlags(calls, tree, "", MS_RDONLY, { recursive: false });
  const list = withReport(calls.encode());
  system.carryOut(list);
  const failure = failureOf(calls, reportOf(list));
  if (failure) throw new Failure("system", failure.message);
  const mount = slotsOf(list)[tree.slot]!;
  const fd = system.open(`/proc/self/fd/${mount}`, O_RDWR | O_CLOEXEC, 0);
  system.close(mount);
  return fd;
}
