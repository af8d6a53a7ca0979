/** From the flags of `docker run` and `docker create` to the API's request. */
import type { ContainerCreateRequest, HostConfigJSON } from "../engine/api/types.js";
import { ramInBytes } from "../shared/units/size.js";
import type { Call } from "./command-spec.js";
import { environmentOf, labelsOf, toMap } from "./environment.js";
import { CommandFailure } from "./errors.js";
import { hostEntry, parseCpus, parseSwap, parseUlimit } from "./flag-values.js";
import type { FlagValues } from "./flags.js";
import { healthcheckOf } from "./health-flags.js";
import { parseMount } from "./mount-flag.js";
import { networksOf } from "./network-flag.js";
import { absolutePath } from "./paths.js";
import { parsePorts, parseRange } from "./port-flag.js";

/** @throws {CommandFailure} for flags that contradict each other. */
export async function containerRequest(call: Call, image: string, command: readonly string[], detach: boolean) {
  const { context, flags } = call;
  const streams = attachedStreams(flags, detach);
  const bindings = parsePorts(flags.list("publish"));
  const exposed = exposedPorts(flags, Object.keys(bindings));
  const interactive = flags.on("interactive");
  const { binds, volumes } = volumesOf(flags, context.cwd);
  const labels = await labelsOf(context, flags);
  const environment = await environmentOf(context, flags);
  const entrypoint = flags.text("entrypoint");
  const { mode, endpoints } = networksOf(flags);
  return {
    Image: image,
    Hostname: flags.text("hostname") ?? "",
    Domainname: flags.text("domainname") ?? "",
    User: flags.text("user") ?? "",
    AttachStdin: streams.stdin,
    AttachStdout: streams.stdout,
    AttachStderr: streams.stderr,
    ...(exposed && { ExposedPorts: exposed }),
    Tty: flags.on("tty"),
    OpenStdin: interactive,
    StdinOnce: interactive && streams.stdin,
    Env: environment.length > 0 ? environment : null,
    Cmd: command.length > 0 ? [...command] : null,
    Volumes: volumes,
    WorkingDir: flags.text("workdir") ?? "",
    Entrypoint: entrypoint === undefined ? null : [entrypoint],
    Labels: labels,
    ...optional("StopSignal", flags.text("stop-signal")),
    ...optional("Healthcheck", healthcheckOf(flags)),
    ...optional("StopTimeout", flags.integer("stop-timeout")),
    HostConfig: { ...hostConfig(call), NetworkMode: mode, Binds: binds, PortBindings: bindings },
    NetworkingConfig: { EndpointsConfig: endpoints },
  } satisfies ContainerCreateRequest;
}

function attachedStreams(flags: FlagValues, detach: boolean) {
  const named = new Set(flags.list("attach").map((name) => name.toLowerCase()));
  if (named.size > 0) return { stdin: named.has("stdin"), stdout: named.has("stdout"), stderr: named.has("stderr") };
  return { stdin: flags.on("interactive") && !detach, stdout: !detach, stderr: !detach };
}

function exposedPorts(
  flags: FlagValues,
  published: readonly string[],
): Record<string, Record<string, never>> | undefined {
  const ports = [...published];
  for (const text of flags.list("expose")) {
    const [range = "", protocol = "tcp"] = text.split("/");
    const [first, last] = parseRange(range, "range format for --expose");
    for (let port = first; port <= last; port++) ports.push(`${port}/${protocol}`);
  }
  return ports.length === 0 ? undefined : Object.fromEntries(ports.map((port) => [port, {}]));
}

/** `-v /data` makes an unnamed volume; the rest are binds, with relative sources made absolute. */
function volumesOf(flags: FlagValues, cwd: string) {
  const binds: string[] = [];
  const volumes: Record<string, Record<string, never>> = {};
  for (const volume of flags.list("volume")) {
    const [source = "", ...rest] = volume.split(":");
    if (rest.length === 0) volumes[volume] = {};
    else binds.push([source.startsWith(".") ? absolutePath(cwd, source) : source, ...rest].join(":"));
  }
  return { binds: binds.length > 0 ? binds : null, volumes };
}

function hostConfig({ context, flags }: Call): HostConfigJSON {
  const list = (name: string) => (flags.has(name) ? [...flags.list(name)] : null);
  const { rows, columns } = context.size();
  return {
    RestartPolicy: restartPolicy(flags.text("restart") ?? "no"),
    AutoRemove: flags.on("rm"),
    ...(flags.has("add-host") && { ExtraHosts: flags.list("add-host").map(hostEntry) }),
    ...(flags.has("annotation") && { Annotations: toMap(flags.list("annotation")) }),
    ...(flags.has("device") && { Devices: flags.list("device").map(parseDevice) }),
    ...optionalList("Dns", flags, "dns"),
    ...optionalList("DnsOptions", flags, "dns-option", "dns-opt"),
    ...optionalList("DnsSearch", flags, "dns-search"),
    ...optionalList("Links", flags, "link"),
    ...optionalList("VolumesFrom", flags, "volumes-from"),
    ...optional("Runtime", flags.text("runtime")),
    ...optional("VolumeDriver", flags.text("volume-driver")),
    ...((flags.has("log-driver") || flags.has("log-opt")) && {
      LogConfig: { Type: flags.text("log-driver") ?? "", Config: toMap(flags.list("log-opt")) },
    }),
    CapAdd: list("cap-add")?.map(capability) ?? null,
    CapDrop: list("cap-drop")?.map(capability) ?? null,
    GroupAdd: list("group-add"),
    Privileged: flags.on("privileged"),
    PublishAllPorts: flags.on("publish-all"),
    ReadonlyRootfs: flags.on("read-only"),
    SecurityOpt: list("security-opt"),
    ...(flags.has("tmpfs") && { Tmpfs: tmpfsOf(flags.list("tmpfs")) }),
    ...(flags.has("mount") && { Mounts: flags.list("mount").map(parseMount) }),
    ...(flags.has("ulimit") && { Ulimits: flags.list("ulimit").map(parseUlimit) }),
    ...(flags.has("sysctl") && { Sysctls: toMap(flags.list("sysctl")) }),
    ...(flags.has("init") && { Init: flags.on("init") }),
    ...(flags.on("tty") && { ConsoleSize: [rows, columns] as [number, number] }),
    ...optional("CgroupnsMode", flags.text("cgroupns")),
    ...optional("IpcMode", flags.text("ipc")),
    ...optional("PidMode", flags.text("pid")),
    ...optional("UsernsMode", flags.text("userns")),
    ...optional("UTSMode", flags.text("uts")),
    ...optional("ShmSize", bytes(flags, "shm-size")),
    ...optional("OomScoreAdj", flags.integer("oom-score-adj")),
    ...(flags.on("oom-kill-disable") && { OomKillDisable: true }),
    ...optional("MemorySwappiness", swappiness(flags)),
    ...limits(flags),
  };
}

/** The members that `docker update` may change too; what is not given is left out. */
export function limits(flags: FlagValues): HostConfigJSON {
  const swap = flags.text("memory-swap");
  const cpus = flags.text("cpus");
  return {
    ...optional("Memory", bytes(flags, "memory")),
    ...optional("MemoryReservation", bytes(flags, "memory-reservation")),
    ...optional("MemorySwap", swap === undefined ? undefined : parseSwap(swap)),
    ...optional("NanoCpus", cpus === undefined ? undefined : parseCpus(cpus)),
    ...optional("CpuShares", flags.integer("cpu-shares")),
    ...optional("CpuPeriod", flags.integer("cpu-period")),
    ...optional("CpuQuota", flags.integer("cpu-quota")),
    ...optional("CpusetCpus", flags.text("cpuset-cpus")),
    ...optional("CpusetMems", flags.text("cpuset-mems")),
    ...optional("PidsLimit", flags.integer("pids-limit")),
  };
}

function optional<K extends string, V>(name: K, value: V | undefined): { [name in K]?: V } {
  return value === undefined ? {} : ({ [name]: value } as { [name in K]?: V });
}

/** The values of one flag under its names, if there are any. */
function optionalList<K extends string>(name: K, flags: FlagValues, ...longs: string[]): { [name in K]?: string[] } {
  const values = longs.flatMap((long) => flags.list(long));
  return optional(name, values.length > 0 ? values : undefined);
}

/** `/dev/a[:/dev/b][:rwm]`. @throws {CommandFailure} */
function parseDevice(text: string) {
  const [source = "", ...rest] = text.split(":");
  const permissions = rest.length > 0 && /^[rwm]+$/.test(rest.at(-1)!) ? rest.pop()! : "rwm";
  if (source === "" || rest.length > 1) throw new CommandFailure(`invalid device specification: ${text}`, 125);
  return { PathOnHost: source, PathInContainer: rest[0] ?? source, CgroupPermissions: permissions };
}

function bytes(flags: FlagValues, name: string): number | undefined {
  const text = flags.text(name);
  return text === undefined ? undefined : ramInBytes(text);
}

function capability(name: string): string {
  const upper = name.toUpperCase();
  return upper === "ALL" || upper.startsWith("CAP_") ? upper : `CAP_${upper}`;
}

function tmpfsOf(entries: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    entries.map((entry) => {
      const [path = "", ...options] = entry.split(":");
      return [path, options.join(":")];
    }),
  );
}

function swappiness(flags: FlagValues): number | undefined {
  const value = flags.integer("memory-swappiness");
  if (value !== undefined && value !== -1 && (value < 0 || value > 100))
    throw new CommandFailure(`invalid value: ${value}. Valid memory swappiness range is 0-100`);
  return value;
}

/** `on-failure:3`. The engine checks the name. */
export function restartPolicy(text: string): { Name: string; MaximumRetryCount: number } {
  const [name = "", count = "0", more] = text.split(":");
  if (more !== undefined || !/^\d+$/.test(count))
    throw new CommandFailure(
      count === "" || /^\d+$/.test(count)
        ? "invalid restart policy format: too many colons"
        : "invalid restart policy format: maximum retry count must be an integer",
    );
  return { Name: name, MaximumRetryCount: Number(count) };
}
