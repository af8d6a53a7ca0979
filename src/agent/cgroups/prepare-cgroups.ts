/** The part of the cgroup hierarchy in which containers are born: made once, before the first of them. */
import { attachDeviceProgram, CONTROLLERS } from "../../shared/birth/cgroup-calls.js";
import { CallList } from "../../shared/calls/call-list.js";
import { reportOf, Slot, slotsOf, withReport } from "../../shared/calls/list-format.js";
import { failureOf } from "../../shared/calls/report.js";
import { compileDevices } from "../../shared/confinement/compile-devices.js";
import { defaultDeviceRules } from "../../shared/confinement/default-devices.js";
import { O_CLOEXEC, O_DIRECTORY, O_RDONLY, S_IFDIR, S_IFMT } from "../../shared/linux/constants.js";
import { allowing, Failure } from "../failure.js";
import type { System } from "../system/system.js";
import { Cgroup } from "./cgroup.js";
import { endAll } from "./end-all.js";
import { PARTS, SHELL_CGROUP } from "./parts.js";

/** Also ends what an agent before this one left running, and removes its containers' cgroups. */
export function prepareCgroups(system: System): void {
  for (const { cgroup, processes } of PARTS) {
    allowing(["EEXIST"], () => system.mkdir(cgroup, 0o755));
    system.writeFile(`${cgroup}/pids.max`, String(processes));
    if (cgroup === SHELL_CGROUP) void endAll(system, cgroup);
    else prepareParent(system, cgroup);
  }
}

function prepareParent(system: System, parent: string): void {
  for (const child of system.readdir(parent)) removeLeft(system, `${parent}/${child}`);
  system.writeFile(`${parent}/cgroup.subtree_control`, CONTROLLERS);
  confineDevices(system, parent);
}

function removeLeft(system: System, path: string): void {
  const mode = system.modeOf(path);
  if (mode !== null && (mode & S_IFMT) === S_IFDIR) void new Cgroup(system, path).remove();
}

/** What is in force for every container that has no device program of its own. */
function confineDevices(system: System, directory: string): void {
  const calls = new CallList();
  attachDeviceProgram(calls, compileDevices(defaultDeviceRules()));
  const list = withReport(calls.encode());
  const fd = system.open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
  slotsOf(list)[Slot.cgroup] = fd;
  system.carryOut(list);
  system.close(fd);
  const failure = failureOf(calls, reportOf(list));
  if (failure) throw new Failure("system", failure.message);
}
