/** Bodies of requests, as they must be. Members that Docker's clients send as null count as not sent. */
import * as v from "valibot";

const optional = <S extends v.GenericSchema>(schema: S) =>
  v.optional(
    v.pipe(
      v.nullable(schema),
      v.transform((value) => value ?? undefined),
    ),
  );
const text = optional(v.string());
const flag = optional(v.boolean());
const integer = v.pipe(v.number(), v.safeInteger());
const number = optional(integer);
const texts = optional(v.array(v.string()));
/** Old clients send a command as one text. */
const command = optional(
  v.union([
    v.array(v.string()),
    v.pipe(
      v.string(),
      v.transform((line) => [line]),
    ),
  ]),
);
const map = optional(v.record(v.string(), v.string()));
const set = optional(
  v.record(
    v.string(),
    v.pipe(
      v.unknown(),
      v.transform(() => ({}) as Record<string, never>),
    ),
  ),
);
const size = optional(v.tuple([v.pipe(integer, v.minValue(0)), v.pipe(integer, v.minValue(0))]));
const mount = v.object({
  Type: v.picklist(["volume", "bind", "tmpfs"]),
  Source: text,
  Target: v.string(),
  ReadOnly: flag,
  VolumeOptions: optional(v.object({ NoCopy: flag, Labels: map })),
  TmpfsOptions: optional(v.object({ SizeBytes: number, Mode: number })),
});

const binding = v.array(v.object({ HostIp: text, HostPort: text }));

const hostConfig = v.object({
  Binds: texts,
  LogConfig: optional(v.object({ Type: v.string(), Config: map })),
  NetworkMode: text,
  PortBindings: optional(v.record(v.string(), v.nullable(binding))),
  RestartPolicy: optional(v.object({ Name: v.string(), MaximumRetryCount: number })),
  AutoRemove: flag,
  VolumeDriver: text,
  VolumesFrom: texts,
  Mounts: optional(v.array(mount)),
  CapAdd: texts,
  CapDrop: texts,
  Dns: texts,
  DnsOptions: texts,
  DnsSearch: texts,
  ExtraHosts: texts,
  GroupAdd: texts,
  IpcMode: text,
  Links: texts,
  OomScoreAdj: optional(v.pipe(integer, v.minValue(-1000), v.maxValue(1000))),
  OomKillDisable: flag,
  PidMode: text,
  Privileged: flag,
  PublishAllPorts: flag,
  ReadonlyRootfs: flag,
  SecurityOpt: texts,
  Tmpfs: map,
  UTSMode: text,
  UsernsMode: text,
  CgroupnsMode: text,
  ShmSize: number,
  Sysctls: map,
  Runtime: text,
  Memory: number,
  MemoryReservation: number,
  MemorySwap: number,
  MemorySwappiness: number,
  NanoCpus: number,
  CpuShares: number,
  CpuQuota: number,
  CpuPeriod: number,
  CpusetCpus: text,
  CpusetMems: text,
  PidsLimit: number,
  Ulimits: optional(v.array(v.object({ Name: v.string(), Soft: integer, Hard: integer }))),
  Devices: optional(v.array(v.unknown())),
  Init: flag,
  MaskedPaths: texts,
  ReadonlyPaths: texts,
  Annotations: map,
  ConsoleSize: size,
});

const endpoint = v.object({
  IPAMConfig: optional(v.object({ IPv4Address: text, IPv6Address: text })),
  Links: texts,
  Aliases: texts,
  MacAddress: text,
});

export const containerCreate = v.object({
  Image: v.pipe(v.string(), v.nonEmpty()),
  Hostname: optional(v.pipe(v.string(), v.regex(/^[a-zA-Z0-9]?[a-zA-Z0-9._-]{0,62}$/, "host name"))),
  Domainname: text,
  User: text,
  AttachStdin: flag,
  AttachStdout: flag,
  AttachStderr: flag,
  ExposedPorts: set,
  Tty: flag,
  OpenStdin: flag,
  StdinOnce: flag,
  Env: texts,
  Cmd: command,
  Volumes: set,
  WorkingDir: text,
  Entrypoint: command,
  Labels: map,
  StopSignal: text,
  StopTimeout: number,
  HostConfig: optional(hostConfig),
  NetworkingConfig: optional(v.object({ EndpointsConfig: optional(v.record(v.string(), v.nullable(endpoint))) })),
});

export const execCreate = v.object({
  AttachStdin: flag,
  AttachStdout: flag,
  AttachStderr: flag,
  DetachKeys: text,
  Tty: flag,
  Env: texts,
  Cmd: v.optional(v.array(v.string()), []),
  Privileged: flag,
  User: text,
  WorkingDir: text,
  ConsoleSize: size,
});

export const execStart = v.object({ Detach: flag, Tty: flag, ConsoleSize: size });

export const networkCreate = v.object({
  Name: v.pipe(v.string(), v.nonEmpty()),
  Driver: text,
  Internal: flag,
  Attachable: flag,
  EnableIPv6: flag,
  IPAM: optional(
    v.object({
      Driver: text,
      Config: optional(v.array(v.object({ Subnet: text, IPRange: text, Gateway: text }))),
    }),
  ),
  Options: map,
  Labels: map,
});

export const networkConnect = v.object({
  Container: v.pipe(v.string(), v.nonEmpty()),
  EndpointConfig: optional(endpoint),
});

export const networkDisconnect = v.object({ Container: v.pipe(v.string(), v.nonEmpty()), Force: flag });

export const volumeCreate = v.object({ Name: text, Driver: text, DriverOpts: map, Labels: map });
