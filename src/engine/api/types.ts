/**
 * JSON of the Docker Engine API v1.47, spelled as the API spells it: what requests carry and responses hold. Only
 * members that this engine reads or writes are named. Source: the API's reference (moby api/swagger.yaml, v1.47).
 */
import type { ObjectKind } from "../events/event-log.js";
import type { TraceEvent } from "../trace/events.js";

export const API_VERSION = "1.47";
export const MIN_API_VERSION = "1.24";

/** Every error answer. */
export interface ErrorResponse {
  message: string;
}

// system

/** GET /version */
export interface VersionResponse {
  Platform: { Name: string };
  Components: { Name: string; Version: string; Details?: Record<string, string> }[];
  Version: string;
  ApiVersion: string;
  MinAPIVersion: string;
  Os: string;
  Arch: string;
  KernelVersion: string;
  GitCommit: string;
  GoVersion: string;
  BuildTime: string;
}

/** GET /info */
export interface InfoResponse {
  ID: string;
  Name: string;
  Containers: number;
  ContainersRunning: number;
  ContainersPaused: number;
  ContainersStopped: number;
  Images: number;
  Driver: string;
  DriverStatus: [string, string][];
  Plugins: { Volume: string[]; Network: string[]; Authorization: null; Log: string[] };
  MemoryLimit: boolean;
  SwapLimit: boolean;
  CpuCfsPeriod: boolean;
  CpuCfsQuota: boolean;
  CPUShares: boolean;
  PidsLimit: boolean;
  OomKillDisable: boolean;
  CgroupDriver: string;
  CgroupVersion: "2";
  NCPU: number;
  /** Bytes. */
  MemTotal: number;
  KernelVersion: string;
  OperatingSystem: string;
  OSType: string;
  Architecture: string;
  ServerVersion: string;
  DockerRootDir: string;
  LoggingDriver: string;
  SecurityOptions: string[];
  SystemTime: string;
  Warnings: string[] | null;
}

/** Of GET /system/df, which has those that were asked for. */
export interface DiskUsage {
  LayersSize: number;
  Images: ImageSummary[];
  Containers: ContainerSummary[];
  Volumes: Volume[];
  BuildCache: BuildCacheRecord[];
}

export interface BuildCacheRecord {
  ID: string;
  Type: string;
  Description: string;
  InUse: boolean;
  /** An image has the layer, too. */
  Shared: boolean;
  Size: number;
  CreatedAt: string;
  LastUsedAt: null;
  UsageCount: number;
}

/** One line of GET /events */
export interface EventMessage {
  Type: ObjectKind;
  Action: string;
  Actor: { ID: string; Attributes: Readonly<Record<string, string>> };
  scope: "local";
  /** Seconds since 1970. */
  time: number;
  timeNano: number;
  /** Older spelling of the same, still sent. */
  status?: string;
  id?: string;
  from?: string;
}

// images

/** GET /images/json */
export interface ImageSummary {
  /** `sha256:…` */
  Id: string;
  ParentId: string;
  /** `name:tag`; empty for a dangling image. */
  RepoTags: string[];
  /** `name@sha256:…` */
  RepoDigests: string[];
  /** Seconds since 1970. */
  Created: number;
  Size: number;
  /** -1: not computed. */
  SharedSize: number;
  Labels: Record<string, string> | null;
  /** -1: not computed. */
  Containers: number;
}

/** `Config` of an image or container. */
export interface ContainerConfigJSON {
  Hostname?: string;
  Domainname?: string;
  User?: string;
  AttachStdin?: boolean;
  AttachStdout?: boolean;
  AttachStderr?: boolean;
  ExposedPorts?: Record<string, Record<string, never>> | null;
  Tty?: boolean;
  OpenStdin?: boolean;
  StdinOnce?: boolean;
  Env?: string[] | null;
  Cmd?: string[] | null;
  Healthcheck?: HealthcheckJSON | null;
  ArgsEscaped?: boolean;
  Image?: string;
  Volumes?: Record<string, Record<string, never>> | null;
  WorkingDir?: string;
  Entrypoint?: string[] | null;
  OnBuild?: string[] | null;
  Labels?: Record<string, string> | null;
  StopSignal?: string;
  /** Seconds. */
  StopTimeout?: number | null;
  Shell?: string[] | null;
}

/** Durations in nanoseconds. */
export interface HealthcheckJSON {
  Test?: string[];
  Interval?: number;
  Timeout?: number;
  StartPeriod?: number;
  StartInterval?: number;
  Retries?: number;
}

/** GET /images/{name}/json */
export interface ImageInspect {
  Id: string;
  RepoTags: string[];
  RepoDigests: string[];
  Parent: string;
  Comment: string;
  /** RFC 3339. */
  Created: string;
  DockerVersion: string;
  Author: string;
  Config: ContainerConfigJSON;
  Architecture: string;
  Variant?: string;
  Os: string;
  Size: number;
  GraphDriver: GraphDriver;
  RootFS: { Type: "layers"; Layers: string[] };
  Metadata: { LastTagTime: string };
}

/** GET /images/{name}/history, newest first */
export interface HistoryItem {
  /** `<missing>` where the instruction's own image is not known here. */
  Id: string;
  /** Seconds since 1970. */
  Created: number;
  CreatedBy: string;
  Tags: string[] | null;
  Size: number;
  Comment: string;
}

/** DELETE /images/{name} */
export interface ImageDeleteItem {
  Untagged?: string;
  Deleted?: string;
}

/** POST /images/prune */
export interface ImagesPruneResponse {
  ImagesDeleted: ImageDeleteItem[] | null;
  SpaceReclaimed: number;
}

/** One NDJSON line of POST /images/create, /images/load and /build. */
export interface ProgressMessage {
  /** Build: a line of classic output. Load: `Loaded image: …`. */
  stream?: string;
  status?: string;
  /** What the status is of: a layer's short digest, a tag, or `drydock.trace`. */
  id?: string;
  progressDetail?: { current?: number; total?: number };
  /** Build: the image made, or (with id `drydock.trace`) one event of its trace. */
  aux?: { ID: string } | TraceEvent;
  error?: string;
  errorDetail?: { code?: number; message: string };
}

/** `id` of the progress lines that carry a TraceEvent. */
export const TRACE_ID = "drydock.trace";

/** Where a Dockerfile that is not of the context is in what POST /build is sent; COPY does not see it. */
export const OUTSIDE_DOCKERFILE = ".drydock.dockerfile";

/** POST /build: a JSON object of a build's secrets by id, each as base64. */
export const SECRETS_HEADER = "Drydock-Build-Secrets";

// containers

export type ContainerStatusJSON = "created" | "running" | "paused" | "restarting" | "removing" | "exited" | "dead";

/** A PORTS entry of `docker ps`. */
export interface PortJSON {
  IP?: string;
  PrivatePort: number;
  PublicPort?: number;
  Type: "tcp" | "udp" | "sctp";
}

/** GET /containers/json */
export interface ContainerSummary {
  Id: string;
  /** With a leading slash. */
  Names: string[];
  /** As it was named at creation, or the image's id when that name points elsewhere now. */
  Image: string;
  ImageID: string;
  Command: string;
  /** Seconds since 1970. */
  Created: number;
  Ports: PortJSON[];
  Labels: Record<string, string>;
  State: ContainerStatusJSON;
  /** `Up 3 seconds`, `Exited (0) 2 minutes ago`, … */
  Status: string;
  HostConfig: { NetworkMode: string };
  NetworkSettings: { Networks: Record<string, EndpointSettings> };
  Mounts: MountPoint[];
  /** With `size=1`: bytes of the writable layer, and together with the image. */
  SizeRw?: number;
  SizeRootFs?: number;
}

export interface MountPoint {
  Type: "volume" | "bind" | "tmpfs";
  Name?: string;
  Source: string;
  Destination: string;
  Driver?: string;
  Mode: string;
  RW: boolean;
  Propagation: string;
}

/** A container's part in a network, as it is asked for. */
export interface EndpointConfigJSON {
  IPAMConfig?: { IPv4Address?: string; IPv6Address?: string } | null;
  Links?: string[] | null;
  Aliases?: string[] | null;
  MacAddress?: string;
}

/** A container's part in a network; addresses are empty while it does not run. */
export interface EndpointSettings {
  IPAMConfig: { IPv4Address?: string } | null;
  Links: null;
  Aliases: string[] | null;
  MacAddress: string;
  DriverOpts: null;
  GwPriority: number;
  NetworkID: string;
  EndpointID: string;
  Gateway: string;
  IPAddress: string;
  IPPrefixLen: number;
  IPv6Gateway: string;
  GlobalIPv6Address: string;
  GlobalIPv6PrefixLen: number;
  DNSNames: string[] | null;
}

export interface UlimitJSON {
  Name: string;
  Soft: number;
  Hard: number;
}

export interface MountJSON {
  Type: "volume" | "bind" | "tmpfs";
  Source?: string;
  Target: string;
  ReadOnly?: boolean;
  VolumeOptions?: { NoCopy?: boolean; Labels?: Record<string, string>; DriverConfig?: { Name?: string } };
  TmpfsOptions?: { SizeBytes?: number; Mode?: number };
}

/** Sizes in bytes, times in microseconds unless the member says otherwise. */
export interface HostConfigJSON {
  Binds?: string[] | null;
  ContainerIDFile?: string;
  LogConfig?: { Type: string; Config?: Record<string, string> | null };
  NetworkMode?: string;
  PortBindings?: Record<string, { HostIp?: string; HostPort?: string }[] | null> | null;
  RestartPolicy?: { Name: string; MaximumRetryCount?: number };
  AutoRemove?: boolean;
  VolumeDriver?: string;
  VolumesFrom?: string[] | null;
  Mounts?: MountJSON[] | null;
  CapAdd?: string[] | null;
  CapDrop?: string[] | null;
  Dns?: string[] | null;
  DnsOptions?: string[] | null;
  DnsSearch?: string[] | null;
  ExtraHosts?: string[] | null;
  GroupAdd?: string[] | null;
  IpcMode?: string;
  Links?: string[] | null;
  OomScoreAdj?: number;
  OomKillDisable?: boolean | null;
  PidMode?: string;
  Privileged?: boolean;
  PublishAllPorts?: boolean;
  ReadonlyRootfs?: boolean;
  SecurityOpt?: string[] | null;
  Tmpfs?: Record<string, string> | null;
  UTSMode?: string;
  UsernsMode?: string;
  CgroupnsMode?: string;
  ShmSize?: number;
  Sysctls?: Record<string, string> | null;
  Runtime?: string;
  Memory?: number;
  MemoryReservation?: number;
  /** Memory and swap together; -1 unlimited; 0 not set. */
  MemorySwap?: number;
  MemorySwappiness?: number | null;
  /** Billionths of a CPU. */
  NanoCpus?: number;
  CpuShares?: number;
  CpuQuota?: number;
  CpuPeriod?: number;
  CpusetCpus?: string;
  CpusetMems?: string;
  PidsLimit?: number | null;
  Ulimits?: UlimitJSON[] | null;
  Devices?: unknown[] | null;
  Init?: boolean | null;
  MaskedPaths?: string[] | null;
  ReadonlyPaths?: string[] | null;
  Annotations?: Record<string, string> | null;
  /** [rows, columns] */
  ConsoleSize?: [number, number];
}

/** POST /containers/create */
export interface ContainerCreateRequest extends ContainerConfigJSON {
  Image: string;
  HostConfig?: HostConfigJSON;
  NetworkingConfig?: { EndpointsConfig?: Record<string, EndpointConfigJSON | null> | null };
}

export interface ContainerCreateResponse {
  Id: string;
  Warnings: string[];
}

/** `State` of GET /containers/{id}/json */
export interface ContainerStateJSON {
  Status: ContainerStatusJSON;
  Running: boolean;
  Paused: boolean;
  Restarting: boolean;
  OOMKilled: boolean;
  Dead: boolean;
  Pid: number;
  ExitCode: number;
  Error: string;
  /** RFC 3339; `0001-01-01T00:00:00Z` before the first start or end. */
  StartedAt: string;
  FinishedAt: string;
  /** Where there is a check. */
  Health?: HealthJSON;
}

export interface HealthJSON {
  Status: "starting" | "healthy" | "unhealthy";
  FailingStreak: number;
  Log: { Start: string; End: string; ExitCode: number; Output: string }[];
}

export interface GraphDriver {
  Name: string;
  /** Guest paths. */
  Data: { LowerDir?: string; MergedDir?: string; UpperDir?: string; WorkDir?: string };
}

/** GET /containers/{id}/json */
export interface ContainerInspect {
  Id: string;
  Created: string;
  Path: string;
  Args: string[];
  State: ContainerStateJSON;
  /** The image's id. */
  Image: string;
  ResolvConfPath: string;
  HostnamePath: string;
  HostsPath: string;
  LogPath: string;
  Name: string;
  RestartCount: number;
  Driver: string;
  Platform: string;
  MountLabel: string;
  ProcessLabel: string;
  AppArmorProfile: string;
  ExecIDs: string[] | null;
  HostConfig: HostConfigJSON;
  GraphDriver: GraphDriver;
  SizeRw?: number;
  SizeRootFs?: number;
  Mounts: MountPoint[];
  Config: ContainerConfigJSON;
  NetworkSettings: {
    Bridge: string;
    SandboxID: string;
    SandboxKey: string;
    Ports: Record<string, { HostIp: string; HostPort: string }[] | null>;
    EndpointID: string;
    Gateway: string;
    IPAddress: string;
    IPPrefixLen: number;
    MacAddress: string;
    Networks: Record<string, EndpointSettings>;
  };
}

/** POST /containers/{id}/wait */
export interface ContainerWaitResponse {
  StatusCode: number;
  Error?: { Message: string };
}

/** GET /containers/{id}/top */
export interface ContainerTopResponse {
  Titles: string[];
  Processes: string[][];
}

/** GET /containers/{id}/changes. Kind: 0 modified, 1 added, 2 deleted. */
export interface ContainerChange {
  Path: string;
  Kind: 0 | 1 | 2;
}

/** Header `X-Docker-Container-Path-Stat` of /containers/{id}/archive, in base64. */
export interface PathStat {
  name: string;
  size: number;
  /** As Go's os.FileMode has it: the type in bits above the permissions. */
  mode: number;
  /** RFC 3339. */
  mtime: string;
  linkTarget: string;
}

/** POST /containers/prune */
export interface ContainersPruneResponse {
  ContainersDeleted: string[] | null;
  SpaceReclaimed: number;
}

/** POST /containers/{id}/update */
export interface ContainerUpdateResponse {
  Warnings: string[];
}

export interface CPUStatsJSON {
  /** Nanoseconds. */
  cpu_usage: { total_usage: number; usage_in_kernelmode: number; usage_in_usermode: number };
  /** Nanoseconds that all CPUs together had. */
  system_cpu_usage?: number;
  online_cpus?: number;
  throttling_data: { periods: number; throttled_periods: number; throttled_time: number };
}

/** GET /containers/{id}/stats: one document, or one every second */
export interface ContainerStats {
  name: string;
  id: string;
  read: string;
  preread: string;
  pids_stats: { current?: number; limit?: number };
  blkio_stats: { io_service_bytes_recursive: { major: number; minor: number; op: string; value: number }[] | null };
  num_procs: number;
  storage_stats: Record<string, never>;
  cpu_stats: CPUStatsJSON;
  precpu_stats: CPUStatsJSON;
  /** Bytes; `stats.inactive_file` is what Docker subtracts from `usage`. Empty when not running. */
  memory_stats: { usage?: number; limit?: number; stats?: Record<string, number> };
  networks?: Record<string, { rx_bytes: number; tx_bytes: number; rx_packets: number; tx_packets: number }>;
}

// exec

/** POST /containers/{id}/exec */
export interface ExecCreateRequest {
  AttachStdin?: boolean;
  AttachStdout?: boolean;
  AttachStderr?: boolean;
  DetachKeys?: string;
  Tty?: boolean;
  Env?: string[] | null;
  Cmd: string[];
  Privileged?: boolean;
  User?: string;
  WorkingDir?: string;
  /** [rows, columns] */
  ConsoleSize?: [number, number] | null;
}

export interface IDResponse {
  Id: string;
}

/** POST /exec/{id}/start */
export interface ExecStartRequest {
  Detach?: boolean;
  Tty?: boolean;
  /** [rows, columns] */
  ConsoleSize?: [number, number] | null;
}

/** GET /exec/{id}/json */
export interface ExecInspect {
  ID: string;
  Running: boolean;
  /** Null while it runs. */
  ExitCode: number | null;
  ProcessConfig: { tty: boolean; entrypoint: string; arguments: string[]; privileged: boolean; user: string };
  OpenStdin: boolean;
  OpenStdout: boolean;
  OpenStderr: boolean;
  CanRemove: boolean;
  ContainerID: string;
  DetachKeys: string;
  Pid: number;
}

// volumes

export interface Volume {
  Name: string;
  Driver: "local";
  /** Guest path. */
  Mountpoint: string;
  CreatedAt: string;
  Labels: Record<string, string> | null;
  Scope: "local";
  Options: Record<string, string> | null;
  /** GET /system/df only. */
  UsageData?: { Size: number; RefCount: number };
}

/** GET /volumes */
export interface VolumeListResponse {
  Volumes: Volume[];
  Warnings: string[] | null;
}

/** POST /volumes/create */
export interface VolumeCreateRequest {
  Name?: string;
  Driver?: string;
  DriverOpts?: Record<string, string> | null;
  Labels?: Record<string, string> | null;
}

/** POST /volumes/prune */
export interface VolumesPruneResponse {
  VolumesDeleted: string[] | null;
  SpaceReclaimed: number;
}

// networks

export interface NetworkIPAM {
  Driver: string;
  Options: Record<string, string> | null;
  Config: { Subnet?: string; IPRange?: string; Gateway?: string }[] | null;
}

/** GET /networks, and /networks/{id}, where `Containers` are told of */
export interface NetworkJSON {
  Name: string;
  Id: string;
  /** RFC 3339. */
  Created: string;
  Scope: "local";
  Driver: string;
  EnableIPv4: boolean;
  EnableIPv6: boolean;
  IPAM: NetworkIPAM;
  Internal: boolean;
  Attachable: boolean;
  Ingress: boolean;
  ConfigFrom: { Network: string };
  ConfigOnly: boolean;
  /** By container id; those that run. */
  Containers: Record<
    string,
    { Name: string; EndpointID: string; MacAddress: string; IPv4Address: string; IPv6Address: string }
  >;
  Options: Record<string, string>;
  Labels: Record<string, string>;
}

/** POST /networks/create */
export interface NetworkCreateRequest {
  Name: string;
  Driver?: string;
  Internal?: boolean;
  Attachable?: boolean;
  EnableIPv6?: boolean;
  IPAM?: Partial<NetworkIPAM> | null;
  Options?: Record<string, string> | null;
  Labels?: Record<string, string> | null;
}

export interface NetworkCreateResponse {
  Id: string;
  Warning: string;
}

/** POST /networks/{id}/connect */
export interface NetworkConnectRequest {
  Container: string;
  EndpointConfig?: EndpointConfigJSON | null;
}

/** POST /networks/{id}/disconnect */
export interface NetworkDisconnectRequest {
  Container: string;
  Force?: boolean;
}

/** POST /networks/prune */
export interface NetworksPruneResponse {
  NetworksDeleted: string[] | null;
}
