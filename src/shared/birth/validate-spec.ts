/** Refuses what the agent cannot carry out, before anything is made. */

import { checkSysctl } from "../confinement/sysctls.js";
import type { Process, RuntimeSpec } from "../oci/runtime.js";
import { SpecError } from "../oci/spec-error.js";
import { capabilityNumbers } from "./capabilities.js";
import { rlimitNumber } from "./rlimits.js";

const NAMESPACES = new Set(["pid", "network", "mount", "ipc", "uts", "cgroup"]);
const JOINABLE = new Set(["pid", "network", "ipc", "uts"]);

/** Files of /proc that may be mounted over: what they tell, none relies on. Source: runc, checkProcMount. */
const IN_PROC = new Set(
  "cpuinfo diskstats meminfo stat swaps uptime loadavg slabinfo net/dev sys/kernel/ns_last_pid sys/crypto/fips_enabled".split(
    " ",
  ),
);

/** @throws {SpecError} naming the member and its value. */
export function validateSpec(spec: RuntimeSpec): void {
  absolute("root.path", spec.root?.path);
  if (!spec.linux?.cgroupsPath) refuse("linux.cgroupsPath is missing");
  const types = spec.linux.namespaces.map(({ type }) => type);
  for (const { type, path } of spec.linux.namespaces) {
    if (!NAMESPACES.has(type)) refuse(`linux.namespaces: unknown type ${type}`);
    if (path !== undefined && !JOINABLE.has(type)) refuse(`linux.namespaces: ${type} cannot be joined by path`);
  }
  if (new Set(types).size !== types.length) refuse("linux.namespaces: a type is named twice");
  if (!types.includes("mount")) refuse("linux.namespaces: mount is missing");
  if (spec.hostname !== undefined && !types.includes("uts")) refuse("hostname needs a uts namespace");
  for (const { destination, type } of spec.mounts) {
    absolute("mounts.destination", destination);
    if (destination === "/") refuse("mounts.destination / is the root");
    if (type !== "proc" && /^\/proc(\/|$)/.test(destination) && !IN_PROC.has(destination.slice("/proc/".length)))
      refuse(`"${destination}" cannot be mounted because it is inside /proc`);
  }
  if (spec.linux.sysctl && !spec.mounts.some(({ type, destination }) => type === "proc" && destination === "/proc"))
    refuse("linux.sysctl needs a /proc of the container's own");
  for (const path of [...(spec.linux.maskedPaths ?? []), ...(spec.linux.readonlyPaths ?? [])])
    absolute("linux.maskedPaths, linux.readonlyPaths", path);
  const own = spec.linux.namespaces.filter(({ path }) => path === undefined).map(({ type }) => type);
  for (const key of Object.keys(spec.linux.sysctl ?? {})) checkSysctl(key, own);
  validateProcess(spec.process);
}

/** @throws {SpecError} naming the member and its value. */
export function validateProcess(process: Process): void {
  if (!process.args?.length) refuse("process.args is empty");
  absolute("process.cwd", process.cwd);
  for (const text of [...process.args, ...process.env]) if (text.includes("\0")) refuse("process: a NUL byte");
  for (const { type } of process.rlimits ?? [])
    if (rlimitNumber(type) === undefined) refuse(`process.rlimits: unknown type ${type}`);
  for (const names of Object.values(process.capabilities ?? {})) capabilityNumbers(names);
}

function absolute(member: string, path: unknown): void {
  if (typeof path !== "string" || !path.startsWith("/") || path.split("/").includes(".."))
    refuse(`${member} ${path} is not an absolute path`);
}

function refuse(message: string): never {
  throw new SpecError(message);
}
