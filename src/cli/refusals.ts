/** Flags that Docker has and this engine cannot honour: each is refused with its reason, never ignored. */

import type { Flag } from "./flags.js";

/** Reasons by flag, each to follow `--flag is not supported by Drydock: `. */
export type Refusals = Readonly<Record<string, string>>;

/** One reason for several flags, whose names are divided by spaces. */
export function because(reason: string, names: string): Refusals {
  return Object.fromEntries(names.split(" ").map((name) => [name, reason]));
}

/** Values that ask for what is so anyway. */
const SO_ANYWAY: Readonly<Record<string, readonly string[]>> = {
  "blkio-weight": ["0"],
  isolation: ["default"],
  platform: ["linux", "linux/386"],
};

/** Whether a refused flag asks for nothing: a switch at its usual value, or a value that is so anyway. */
export function asksForNothing({ long, type, help }: Flag, value: string): boolean {
  if (type === undefined) return value === String(help.endsWith("(default true)"));
  return SO_ANYWAY[long]?.includes(value) ?? false;
}

/** `--platform`, of commands that choose between an image's platforms. */
export const ONE_PLATFORM = because("an image here is for linux/386 alone", "platform");

export const NO_CONTENT_TRUST = because("there are no signed images here", "disable-content-trust");

/** Of `docker run` and `docker create`. */
export const CONTAINER_REFUSALS: Refusals = {
  ...NO_CONTENT_TRUST,
  ...because(
    "it is for containers on Windows",
    "cpu-count cpu-percent credentialspec io-maxbandwidth io-maxiops isolation",
  ),
  ...because(
    "the machine's disks are files in the page, and nothing meters what goes to them",
    "blkio-weight blkio-weight-device device-read-bps device-read-iops device-write-bps device-write-iops",
  ),
  ...because("containers' cgroups are all made under the engine's own", "cgroup-parent"),
  ...because("the machine's kernel has no real-time groups", "cpu-rt-period cpu-rt-runtime"),
  ...because("a container has the default devices alone", "device-cgroup-rule"),
  ...because("the machine has no GPU", "gpus"),
  ...because("networks speak IPv4", "ip6 link-local-ip"),
  ...because("the engine gives containers their addresses on the wire", "mac-address"),
  ...because("cgroups of version 2 have no limit of their own for the kernel's memory", "kernel-memory"),
  ...because("snapshots have no options", "storage-opt"),
  ...because("the engine has no socket in the guest yet", "use-api-socket"),
};
