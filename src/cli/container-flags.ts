/** The flags that `docker run` and `docker create` share. */

import { ramInBytes, SizeError } from "../shared/units/size.js";
import { FlagError } from "./errors.js";
import { boolFlag, type Flag, integerFlag, listFlag, textFlag } from "./flags.js";
import { parseMount } from "./mount-flag.js";
import { parseNetwork } from "./network-flag.js";

/** Bytes, with a unit letter. */
function bytesFlag(long: string, help: string, options: Partial<Flag> = {}): Flag {
  return { long, help, type: "bytes", check: (value) => void parseBytes(value), ...options };
}

function parseBytes(text: string): number {
  try {
    return ramInBytes(text);
  } catch (error) {
    throw error instanceof SizeError ? new FlagError(error.message) : error;
  }
}

/** `-1` has no limit. */
export function parseSwap(text: string): number {
  return text === "-1" ? -1 : parseBytes(text);
}

/** Billionths of a CPU. */
export function parseCpus(text: string): number {
  const [, whole = "", fraction = ""] = /^\+?(\d*)(?:\.(\d*))?$/.exec(text) ?? [];
  if (whole + fraction === "") throw new FlagError(`failed to parse ${text} as a rational number`);
  if (fraction.replace(/0+$/, "").length > 9) throw new FlagError("value is too precise");
  return Number(whole || "0") * 1e9 + Number(fraction.slice(0, 9).padEnd(9, "0"));
}

function checkEnvironment(value: string): void {
  if (value.startsWith("=") || value === "") throw new FlagError(`invalid environment variable: ${value}`);
}

function checkLabel(value: string): void {
  if (value.startsWith("=") || value === "") throw new FlagError(`invalid label '${value}': empty name`);
}

export const labelFlag = (help: string): Flag => listFlag("label", help, { short: "l", check: checkLabel });
export const environmentFlags: readonly Flag[] = [
  listFlag("env", "Set an environment variable, or pass the caller's on", { short: "e", check: checkEnvironment }),
  listFlag("env-file", "Read environment variables from a file"),
];

export interface Ulimit {
  Name: string;
  Soft: number;
  Hard: number;
}

/** `nofile=1024:2048`. */
export function parseUlimit(text: string): Ulimit {
  const [name = "", limits, more] = text.split("=");
  if (!limits || more !== undefined) throw new FlagError(`invalid ulimit argument: ${text}`);
  if (!ULIMITS.has(name)) throw new FlagError(`invalid ulimit type: ${name}`);
  const [soft = "", hard = soft, extra] = limits.split(":");
  if (extra !== undefined)
    throw new FlagError(`too many limit value arguments - ${limits}, can only have up to two, \`soft[:hard]\``);
  const [Soft, Hard] = [soft, hard].map((value) => {
    if (!/^-?\d+$/.test(value))
      throw new FlagError(`strconv.ParseInt: parsing ${JSON.stringify(value)}: invalid syntax`);
    return Number(value);
  }) as [number, number];
  if (Hard !== -1 && (Soft === -1 || Soft > Hard))
    throw new FlagError(`ulimit soft limit must be less than or equal to hard limit: ${Soft} > ${Hard}`);
  return { Name: name, Soft, Hard };
}

const ULIMITS = new Set(
  "as core cpu data fsize locks memlock msgqueue nice nofile nproc rss rtprio rttime sigpending stack".split(" "),
);

/** Resources, also of `docker update`. */
export const limitFlags: readonly Flag[] = [
  bytesFlag("memory", "Memory limit, such as 64m", { short: "m" }),
  bytesFlag("memory-swap", "Memory and swap together; -1: as much swap as there is", {
    check: (value) => void parseSwap(value),
  }),
  bytesFlag("memory-reservation", "Memory that is left to it when memory is short"),
  integerFlag("cpu-shares", "Weight against other containers; 1024 is usual", { short: "c" }),
  integerFlag("cpu-period", "Length of the scheduler's period in microseconds"),
  integerFlag("cpu-quota", "Time in each period in microseconds"),
  { long: "cpus", type: "decimal", help: "Number of CPUs, such as 0.5", check: (value) => void parseCpus(value) },
  textFlag("cpuset-cpus", "CPUs it may run on (0-3, 0,1)"),
  integerFlag("pids-limit", "Most processes at a time; -1: no limit"),
  textFlag("restart", "When to start it again: no, always, unless-stopped, on-failure[:count]"),
];

export const containerFlags: readonly Flag[] = [
  ...limitFlags,
  ...environmentFlags,
  listFlag("add-host", "A further name in its hosts file, name:address", { check: checkHost }),
  listFlag("attach", "Attach stdin, stdout or stderr", { short: "a", check: checkAttach }),
  listFlag("cap-add", "Add a capability"),
  listFlag("cap-drop", "Drop a capability"),
  textFlag("cgroupns", "Cgroup namespace: host or private"),
  textFlag("cidfile", "Write the container's id to a file"),
  listFlag("dns", "Name server"),
  listFlag("dns-option", "Option of the resolver"),
  listFlag("dns-search", "Domain to search names in"),
  textFlag("domainname", "NIS domain name"),
  textFlag("entrypoint", "Run this instead of the image's entry point"),
  listFlag("expose", "A port, or range of ports, that the container listens on"),
  listFlag("group-add", "A further group of the user"),
  textFlag("hostname", "Host name", { short: "h" }),
  boolFlag("init", "Run a small init that passes signals on and reaps processes"),
  boolFlag("interactive", "Keep stdin open", { short: "i" }),
  textFlag("ip", "IPv4 address, such as 172.28.0.10"),
  textFlag("ipc", "IPC namespace"),
  labelFlag("Label of the container"),
  listFlag("label-file", "Read labels from a file, one in a line"),
  integerFlag("memory-swappiness", "Readiness to swap, 0 to 100", { default: "-1" }),
  {
    long: "mount",
    type: "mount",
    many: true,
    help: "Mount a volume, directory or tmpfs",
    check: (value) => void parseMount(value),
  },
  textFlag("name", "Name of the container"),
  networkFlag("network", "Network to connect to; none: no network"),
  networkFlag("net", "As --network", { hidden: true }),
  listFlag("network-alias", "Further name of the container in its network"),
  listFlag("net-alias", "As --network-alias", { hidden: true }),
  boolFlag("oom-kill-disable", "Do not kill it when its memory is used up"),
  integerFlag("oom-score-adj", "Preference for being killed when memory is short (-1000 to 1000)"),
  textFlag("pid", "PID namespace"),
  textFlag("platform", "Platform of the image"),
  boolFlag("privileged", "All capabilities and devices"),
  listFlag("publish", "Publish a port of the container", { short: "p" }),
  boolFlag("publish-all", "Publish all exposed ports", { short: "P" }),
  textFlag("pull", "When to pull the image: always, missing, never", { default: '"missing"' }),
  boolFlag("quiet", "Say nothing of the pull", { short: "q" }),
  boolFlag("read-only", "Mount the root filesystem read-only"),
  boolFlag("rm", "Remove the container and its unnamed volumes when it ends"),
  listFlag("security-opt", "Security option, such as no-new-privileges"),
  bytesFlag("shm-size", "Size of /dev/shm"),
  textFlag("stop-signal", "Signal that stops the container"),
  integerFlag("stop-timeout", "Seconds to wait before it is killed"),
  { long: "sysctl", type: "map", many: true, help: "Kernel parameter, name=value" },
  listFlag("tmpfs", "Mount a tmpfs on a directory"),
  boolFlag("tty", "Give it a terminal", { short: "t" }),
  {
    long: "ulimit",
    type: "ulimit",
    many: true,
    help: "Resource limit, name=soft[:hard]",
    check: (value) => void parseUlimit(value),
  },
  textFlag("user", "User name or id, with :group or :gid", { short: "u" }),
  textFlag("userns", "User namespace"),
  textFlag("uts", "UTS namespace"),
  listFlag("volume", "Mount a volume or directory: source:target[:ro]", { short: "v" }),
  textFlag("workdir", "Working directory", { short: "w" }),
];

function networkFlag(long: string, help: string, options: Partial<Flag> = {}): Flag {
  return { long, help, type: "network", many: true, check: (value) => void parseNetwork(value), ...options };
}

function checkHost(value: string): void {
  if (!/^[^:=]+[:=].+$/.test(value)) throw new FlagError(`bad format for add-host: ${JSON.stringify(value)}`);
}

function checkAttach(value: string): void {
  if (!/^(stdin|stdout|stderr)$/i.test(value)) throw new FlagError("valid streams are STDIN, STDOUT and STDERR");
}

/** Of `docker run` in 28.2, without a counterpart here. */
export const unsupportedContainerFlags: readonly string[] = (
  "annotation blkio-weight blkio-weight-device cgroup-parent cpu-rt-period cpu-rt-runtime cpuset-mems " +
  "detach-keys device device-cgroup-rule device-read-bps device-read-iops device-write-bps device-write-iops " +
  "disable-content-trust gpus health-cmd health-interval health-retries " +
  "health-start-interval health-start-period health-timeout ip6 isolation kernel-memory link link-local-ip " +
  "log-driver log-opt mac-address no-healthcheck runtime storage-opt use-api-socket volume-driver " +
  "volumes-from"
).split(" ");
