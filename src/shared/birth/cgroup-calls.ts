/** A container's cgroup: made with its limits before anything lives in it. */
import type { CallList } from "../calls/call-list.js";
import { Slot } from "../calls/list-format.js";
import { writeFileText } from "../linux/call-text.js";
import {
  AT_FDCWD,
  BPF_CGROUP_DEVICE,
  BPF_F_ALLOW_OVERRIDE,
  BPF_PROG_ATTACH,
  BPF_PROG_LOAD,
  BPF_PROG_TYPE_CGROUP_DEVICE,
  O_CLOEXEC,
  O_DIRECTORY,
  O_RDONLY,
} from "../linux/constants.js";
import type { Resources } from "../oci/runtime.js";
import { SpecError } from "../oci/spec-error.js";
import { cgroupFiles } from "./cgroup-files.js";
import type { ControllerFile } from "./controller-file.js";
import { writeFile } from "./kernel-files.js";

export const CGROUP_ROOT = "/sys/fs/cgroup";

/** Parents that are there from the start, with their controllers handed down. */
export const CGROUP_PARENTS = ["docker", "buildkit"];

/** What may be handed down to a container's cgroup. */
export const CONTROLLERS = "+cpu +memory +pids +io +cpuset";

const directory = { slot: Slot.cgroup };
/** All of this is done by the agent, which closes what a list that ends early leaves open. */
const fd = { slot: Slot.opened };

/** @returns the cgroup's directory. @throws {SpecError} for a path that leads out of the hierarchy. */
export function cgroupDirectory(cgroupsPath: string): string {
  const names = cgroupsPath.split("/").filter((name) => name !== "");
  if (names.length === 0 || names.includes("..") || names.includes("."))
    throw new SpecError(`cgroupsPath ${cgroupsPath} is not a path below the hierarchy`);
  return `${CGROUP_ROOT}/${names.join("/")}`;
}

/** Makes the cgroup and leaves its directory open in Slot.cgroup. */
export function makeCgroup(list: CallList, cgroupsPath: string, resources: Resources): void {
  const path = cgroupDirectory(cgroupsPath);
  makeParents(list, path);
  list.call("mkdir", [list.text(path), 0o755], { step: path });
  list.call("openat", [AT_FDCWD, list.text(path), O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0], { into: directory });
  limitCgroup(list, cgroupFiles(resources));
}

/** Writes limits to the cgroup in Slot.cgroup. */
export function limitCgroup(list: CallList, files: readonly ControllerFile[]): void {
  for (const [name, value] of files)
    writeFile(list, name, value, { directory, step: writeFileText(`${CGROUP_ROOT}/${name}`, value), close: true, fd });
}

/** Puts a device program in force for the cgroup in Slot.cgroup and those below it, until one of them has its own. */
export function attachDeviceProgram(list: CallList, program: Uint8Array): void {
  const load = list.words([
    ...[BPF_PROG_TYPE_CGROUP_DEVICE, program.length / 8, list.bytes(program), 0, list.text("GPL"), 0],
    ...Array<number>(14).fill(0),
  ]);
  const attach = list.words([0, 0, BPF_CGROUP_DEVICE, BPF_F_ALLOW_OVERRIDE, 0]);
  list.call("bpf", [BPF_PROG_LOAD, load, 80], {
    into: fd,
    step: `PROG_LOAD CGROUP_DEVICE ${program.length / 8} instructions`,
  });
  list.store(directory, attach);
  list.store(fd, attach, 4);
  list.call("bpf", [BPF_PROG_ATTACH, attach, 20], { step: "PROG_ATTACH CGROUP_DEVICE" });
  list.call("close", [fd], { into: fd });
}

function makeParents(list: CallList, path: string): void {
  const names = path
    .slice(CGROUP_ROOT.length + 1)
    .split("/")
    .slice(0, -1);
  let parent = CGROUP_ROOT;
  for (const [depth, name] of names.entries()) {
    parent += `/${name}`;
    if (depth === 0 && CGROUP_PARENTS.includes(name)) continue;
    list.call("mkdir", [list.text(parent), 0o755], { allow: ["EEXIST"], step: parent });
    const file = `${parent}/cgroup.subtree_control`;
    writeFile(list, file, CONTROLLERS, { step: writeFileText(file, CONTROLLERS), close: true, fd });
  }
}
