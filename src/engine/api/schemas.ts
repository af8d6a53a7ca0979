/**
 * Bodies of requests, as they must be. Members that Docker's clients send as null count as not sent. What a member asks
 * for that is not named here would not be done, and is refused.
 */
import * as v from "valibot";
import { isNothing } from "./is-nothing.js";

const nothing = v.pipe(v.unknown(), v.check(isNothing, "not supported"));
const known = <E extends v.ObjectEntries>(entries: E) => v.objectWithRest(entries, nothing);

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
/** Durations in nanoseconds. */
const healthcheck = optional(
  known({
    Test: texts,
    Interval: number,
    Timeout: number,
    StartPeriod: number,
    StartInterval: number,
    Retries: number,
  }),
);
const mount = known({
  Type: v.picklist(["volume", "bind", "tmpfs"]),
  Source: text,
  Target: v.string(),
  ReadOnly: flag,
  VolumeOptions: optional(known({ NoCopy: flag, Labels: map, DriverConfig: optional(known({ Name: text })) })),
  TmpfsOptions: optional(known({ SizeBytes: number, Mode: number })),
});

const binding = v.array(known({ HostIp: text, HostPort: text }));

const hostConfig = known({
  Binds: texts,
  ContainerIDFile: text,
  LogConfig: optional(known({ Type: v.string(), Config: map })),
  NetworkMode: text,
  PortBindings: optional(v.record(v.string(), v.nullable(binding))),
  RestartPolicy: optional(known({ Name: v.string(), MaximumRetryCount: number })),
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
  Ulimits: optional(v.array(known({ Name: v.string(), Soft: integer, Hard: integer }))),
  Devices: optional(v.array(v.unknown())),
  Init: flag,
  MaskedPaths: texts,
  ReadonlyPaths: texts,
  Annotations: map,
  ConsoleSize: size,
});

const endpoint = known({
  IPAMConfig: optional(known({ IPv4Address: text, IPv6Address: text })),
  Links: texts,
  Aliases: texts,
  MacAddress: text,
});

export const containerCreate = known({
  Image: v.pipe(v.string(), v.nonEmpty()),
  Hostname: optional(v.pipe(v.string(), v.regex(/^[a-zA-Z0-9]?[a-zA-Z0-9._-]{0,62}$/, "host name"))),
  Domainname: text,
  OnBuild: texts,
  ArgsEscaped: flag,
  Shell: texts,
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
  NetworkingConfig: optional(known({ EndpointsConfig: optional(v.record(v.string(), v.nullable(endpoint))) })),
  Healthcheck: healthcheck,
});

export const execCreate = known({
  AttachStdin: flag,
  AttachStdout: flag,
  AttachStderr: flag,
  DetachKeys: text,
  // Said again, and obeyed, when it is started.
  Detach: flag,
  Tty: flag,
  Env: texts,
  Cmd: v.optional(v.array(v.string()), []),
  Privileged: flag,
  User: text,
  WorkingDir: text,
  ConsoleSize: size,
});

export const execStart = known({ Detach: flag, Tty: flag, ConsoleSize: size });

export const networkCreate = known({
  Name: v.pipe(v.string(), v.nonEmpty()),
  Driver: text,
  Internal: flag,
  Attachable: flag,
  EnableIPv6: flag,
  IPAM: optional(
    known({
      Driver: text,
      Config: optional(v.array(known({ Subnet: text, IPRange: text, Gateway: text }))),
    }),
  ),
  Options: map,
  Labels: map,
});

export const networkConnect = known({
  Container: v.pipe(v.string(), v.nonEmpty()),
  EndpointConfig: optional(endpoint),
});

export const networkDisconnect = known({ Container: v.pipe(v.string(), v.nonEmpty()), Force: flag });

export const volumeCreate = known({ Name: text, Driver: text, DriverOpts: map, Labels: map });
