/** A container's HostConfig: checked, what this engine cannot do refused in plain words, Docker's defaults filled in. */
import { formatAddress } from "../../shared/network/ipv4.js";
import { DEFAULT_BRIDGE } from "../../shared/network/link-calls.js";
import type { HostConfigJSON } from "../api/types.js";
import { EngineError } from "../engine-error.js";
import { parseNetworkMode } from "../networks/network-mode.js";
import { CAPABILITIES, DEFAULT_CAPABILITIES, DEFAULT_SHM_BYTES, MASKED_PATHS, READONLY_PATHS } from "./default-spec.js";
import { logLimitBytes } from "./log-options.js";
import { checkResources, rlimitsOf, settleResources } from "./resources.js";

export interface SettledHostConfig {
  host: HostConfigJSON;
  warnings: string[];
}

/** @throws {EngineError} `invalid` naming what is wrong or not supported. */
export function settleHostConfig(asked: HostConfigJSON | undefined): SettledHostConfig {
  const host: HostConfigJSON = { ...DEFAULTS, ...withoutNulls(asked ?? {}) };
  if (!host.NetworkMode || host.NetworkMode === "default") host.NetworkMode = "bridge";
  host.LogConfig = { Type: host.LogConfig?.Type || "json-file", Config: host.LogConfig?.Config ?? {} };
  host.ShmSize ||= DEFAULT_SHM_BYTES;
  const warnings = checkResources(host);
  refuseUnsupported(host);
  capabilitiesOf(host);
  noNewPrivileges(host);
  rlimitsOf(host);
  logLimitBytes(host.LogConfig);
  for (const extra of host.ExtraHosts ?? []) parseExtraHost(extra);
  if (host.Privileged) warnings.push("privileged: the machine's devices are not shown in the container's /dev");
  settleResources(host);
  host.MaskedPaths ??= host.Privileged ? [] : MASKED_PATHS;
  host.ReadonlyPaths ??= host.Privileged ? [] : READONLY_PATHS;
  return { host, warnings };
}

/** What inspect shows for members that were not asked for. */
const DEFAULTS: HostConfigJSON = {
  Binds: null,
  LogConfig: { Type: "json-file", Config: {} },
  PortBindings: {},
  RestartPolicy: { Name: "no", MaximumRetryCount: 0 },
  AutoRemove: false,
  VolumeDriver: "",
  VolumesFrom: null,
  CapAdd: null,
  CapDrop: null,
  CgroupnsMode: "private",
  Dns: [],
  DnsOptions: [],
  DnsSearch: [],
  ExtraHosts: null,
  GroupAdd: null,
  IpcMode: "private",
  Links: null,
  OomScoreAdj: 0,
  PidMode: "",
  Privileged: false,
  PublishAllPorts: false,
  ReadonlyRootfs: false,
  SecurityOpt: null,
  UTSMode: "",
  UsernsMode: "",
  Runtime: "drydock",
  CpuShares: 0,
  Memory: 0,
  NanoCpus: 0,
  CpuPeriod: 0,
  CpuQuota: 0,
  CpusetCpus: "",
  CpusetMems: "",
  Devices: [],
  MemoryReservation: 0,
  MemorySwap: 0,
  MemorySwappiness: null,
  OomKillDisable: null,
  PidsLimit: null,
  Ulimits: [],
};

function withoutNulls(asked: HostConfigJSON): HostConfigJSON {
  return Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== null && value !== undefined));
}

function refuseUnsupported(host: HostConfigJSON): void {
  const { RestartPolicy, LogConfig, Runtime } = host;
  refuseConflicts(host);
  if (RestartPolicy?.Name && RestartPolicy.Name !== "no")
    refuse(`restart policy "${RestartPolicy.Name}" is not supported yet`);
  if (!["json-file", "none"].includes(LogConfig!.Type))
    refuse(`logger: no log driver named '${LogConfig!.Type}' is registered`);
  if (Runtime && Runtime !== "drydock" && Runtime !== "runc") refuse(`unknown or invalid runtime name: ${Runtime}`);
  if (host.Init) refuse("an init process (--init) is not supported yet");
  if (host.VolumesFrom?.length) refuse(`volumes from another container (${host.VolumesFrom[0]}) are not supported yet`);
  if (host.Links?.length) refuse(`links (${host.Links[0]}) are not supported`);
  if (host.Devices?.length) refuse("devices are not supported yet");
  if (host.VolumeDriver && host.VolumeDriver !== "local") refuse(`volume driver "${host.VolumeDriver}" is not there`);
  for (const [name, value] of [
    ["ipc", host.IpcMode],
    ["pid", host.PidMode],
    ["uts", host.UTSMode],
    ["userns", host.UsernsMode],
    ["cgroupns", host.CgroupnsMode],
  ] as const)
    if (value && value !== "private") refuse(`${name} mode "${value}" is not supported yet`);
}

/** What is the other container's to say. */
function refuseConflicts({ NetworkMode, PortBindings, PublishAllPorts, Dns, ExtraHosts }: HostConfigJSON): void {
  if (parseNetworkMode(NetworkMode).kind !== "container") return;
  const publishes = PublishAllPorts || Object.values(PortBindings ?? {}).some((bindings) => bindings?.length);
  if (publishes) refuse("conflicting options: port publishing and the container type network mode");
  if (Dns?.length) refuse("conflicting options: dns and the network mode");
  if (ExtraHosts?.length) refuse("conflicting options: custom host-to-IP mapping and the network mode");
}

/** Names as the kernel has them. @throws {EngineError} `invalid` naming an unknown one. */
export function capabilitiesOf(host: HostConfigJSON): string[] {
  const named = (names: readonly string[] | null | undefined) =>
    (names ?? []).map((name) => {
      const upper = name.toUpperCase();
      if (upper === "ALL" || upper === "CAP_ALL") return "ALL";
      const full = upper.startsWith("CAP_") ? upper : `CAP_${upper}`;
      if (!CAPABILITIES.includes(full)) refuse(`invalid CapAdd/CapDrop: unknown capability: "${name}"`);
      return full;
    });
  const add = named(host.CapAdd);
  const drop = named(host.CapDrop);
  if (host.Privileged) return CAPABILITIES;
  let base = DEFAULT_CAPABILITIES;
  if (add.includes("ALL")) base = CAPABILITIES;
  else if (drop.includes("ALL")) base = [];
  return CAPABILITIES.filter((name) => (base.includes(name) || add.includes(name)) && !isDropped(name, add, drop));
}

function isDropped(name: string, add: string[], drop: string[]): boolean {
  return drop.includes(name) && !(add.includes(name) && !add.includes("ALL"));
}

/** From `--security-opt`; off unless asked for, as Docker's default is. */
export function noNewPrivileges(host: HostConfigJSON): boolean {
  let on = false;
  for (const option of host.SecurityOpt ?? []) {
    const match = /^no-new-privileges(?:[:=](true|false))?$/.exec(option);
    if (match) on = match[1] !== "false";
    else if (!/^(seccomp|apparmor|systempaths)[:=]unconfined$|^label[:=]disable$/.test(option))
      refuse(`invalid --security-opt 2: "${option}"`);
  }
  return on;
}

/** `NAME:ADDRESS` or `NAME=ADDRESS`; `host-gateway` is the guest's address on Docker's default network. */
export function parseExtraHost(text: string): { name: string; address: string } {
  const match = /^([^:=\s]+)[:=]\[?([0-9a-fA-F.:]+|host-gateway)\]?$/.exec(text);
  if (!match) refuse(`bad format for add-host: "${text}"`);
  const [, name, address] = match;
  return { name: name!, address: address === "host-gateway" ? formatAddress(DEFAULT_BRIDGE.gateway) : address! };
}

function refuse(message: string): never {
  throw new EngineError("invalid", message);
}
