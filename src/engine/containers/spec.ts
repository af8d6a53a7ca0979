/** The OCI runtime-spec of a container, from its Docker configuration. */
import { allDeviceRules } from "../../shared/confinement/default-devices.js";
import { dockerProfile } from "../../shared/confinement/docker-profile.js";
import type { LinuxSeccomp, Process, RuntimeSpec } from "../../shared/oci/runtime.js";
import type { ContainerConfigJSON, HostConfigJSON } from "../api/types.js";
import type { NetworkPlace } from "../networks/network-place.js";
import { argsOf, overrideEnv } from "./container-config.js";
import { DEFAULT_PATH, DEFAULT_SHM_BYTES, defaultMounts } from "./default-spec.js";
import { capabilitiesOf, noNewPrivileges } from "./host-config.js";
import { mountsOf, type PlannedMount } from "./mount-points.js";
import { resourcesOf, rlimitsOf } from "./resources.js";
import { processUser, type User } from "./user.js";

export interface SpecParts {
  id: string;
  config: ContainerConfigJSON;
  /** Settled. */
  host: HostConfigJSON;
  user: User;
  mounts: readonly PlannedMount[];
  /** Guest path of the mounted root. */
  root: string;
  /** Another's network namespace, or the guest's own; its own where left out. */
  network?: NetworkPlace["namespace"];
}

export function runtimeSpec({ id, config, host, user, mounts, root, network }: SpecParts): RuntimeSpec {
  const privileged = host.Privileged ?? false;
  const own = mountsOf(mounts);
  const replaced = new Set(own.map(({ destination }) => destination));
  const defaults = defaultMounts({ privileged, shmBytes: host.ShmSize ?? DEFAULT_SHM_BYTES });
  return {
    ociVersion: "1.2.0",
    root: { path: root, readonly: host.ReadonlyRootfs ?? false },
    hostname: config.Hostname,
    mounts: [...defaults.filter(({ destination }) => !replaced.has(destination)), ...own],
    process: firstProcess(config, host, user),
    linux: {
      namespaces: [
        { type: "mount" },
        ...networkNamespace(network),
        { type: "uts" },
        { type: "pid" },
        { type: "ipc" },
        { type: "cgroup" },
      ],
      cgroupsPath: `/docker/${id}`,
      resources: { ...resourcesOf(host), ...(privileged && { devices: allDeviceRules() }) },
      maskedPaths: host.MaskedPaths ?? [],
      readonlyPaths: host.ReadonlyPaths ?? [],
      ...(host.Sysctls && { sysctl: host.Sysctls }),
      ...(isConfined(host) && { seccomp: defaultSeccomp(capabilitiesOf(host)) }),
    },
  };
}

function networkNamespace(network: SpecParts["network"]): RuntimeSpec["linux"]["namespaces"] {
  return network === "host" ? [] : [{ type: "network", ...network }];
}

function firstProcess(config: ContainerConfigJSON, host: HostConfigJSON, user: User): Process {
  const [rows, columns] = host.ConsoleSize ?? [0, 0];
  return {
    terminal: config.Tty ?? false,
    ...(config.Tty && rows && columns && { consoleSize: { height: rows, width: columns } }),
    user: processUser(user),
    args: argsOf(config),
    env: processEnv(config, user.home),
    cwd: config.WorkingDir || "/",
    ...privileges(host),
    rlimits: rlimitsOf(host),
    ...(host.OomScoreAdj && { oomScoreAdj: host.OomScoreAdj }),
  };
}

/** Capabilities and no_new_privs, the same for the first process and for what is executed later. */
export function privileges(host: HostConfigJSON): Pick<Process, "capabilities" | "noNewPrivileges"> {
  const set = capabilitiesOf(host);
  return {
    capabilities: { bounding: set, effective: set, permitted: set, inheritable: [], ambient: [] },
    noNewPrivileges: noNewPrivileges(host),
  };
}

const profiles = new Map<string, LinuxSeccomp>();

/** Docker's profile for these capabilities, the same object each time: it is compiled once. */
export function defaultSeccomp(capabilities: readonly string[]): LinuxSeccomp {
  const key = capabilities.join(" ");
  const profile = profiles.get(key) ?? dockerProfile(capabilities);
  profiles.set(key, profile);
  return profile;
}

function isConfined({ Privileged, SecurityOpt }: HostConfigJSON): boolean {
  return !Privileged && !(SecurityOpt ?? []).some((option) => /^seccomp[:=]unconfined$/.test(option));
}

/** PATH, HOSTNAME, TERM for a terminal, HOME unless it is set; the container's own over them. */
export function processEnv(config: ContainerConfigJSON, home: string | undefined): string[] {
  const base = [`PATH=${DEFAULT_PATH}`, `HOSTNAME=${config.Hostname}`];
  if (config.Tty) base.push("TERM=xterm");
  const env = overrideEnv(base, config.Env ?? []);
  return home === undefined || env.some((entry) => entry.startsWith("HOME=")) ? env : [...env, `HOME=${home}`];
}
