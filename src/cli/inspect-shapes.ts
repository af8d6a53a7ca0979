/** The Go types that `docker inspect -f` executes a template on (docker/api/types of v28.2), by their members' types. */
import type { Shape } from "./template/typed.js";

const config: Shape = {
  texts: "Hostname Domainname User Image WorkingDir MacAddress StopSignal",
  flags: "AttachStdin AttachStdout AttachStderr Tty OpenStdin StdinOnce ArgsEscaped NetworkDisabled",
  lists: "Env Cmd Entrypoint OnBuild Shell",
  maps: "ExposedPorts Volumes",
  textMaps: "Labels",
  pointers: "Healthcheck StopTimeout",
};

const hostConfig: Shape = {
  texts:
    "ContainerIDFile NetworkMode VolumeDriver CgroupnsMode IpcMode Cgroup PidMode UTSMode UsernsMode Runtime Isolation " +
    "CgroupParent CpusetCpus CpusetMems",
  numbers:
    "OomScoreAdj ShmSize CpuShares Memory NanoCpus BlkioWeight CpuPeriod CpuQuota CpuRealtimePeriod " +
    "CpuRealtimeRuntime MemoryReservation MemorySwap CpuCount CpuPercent IOMaximumIOps IOMaximumBandwidth",
  flags: "AutoRemove Privileged PublishAllPorts ReadonlyRootfs",
  lists:
    "Binds VolumesFrom CapAdd CapDrop Dns DnsOptions DnsSearch ExtraHosts GroupAdd Links SecurityOpt Mounts MaskedPaths " +
    "ReadonlyPaths BlkioWeightDevice BlkioDeviceReadBps BlkioDeviceWriteBps BlkioDeviceReadIOps BlkioDeviceWriteIOps " +
    "Devices DeviceCgroupRules DeviceRequests Ulimits",
  maps: "PortBindings",
  textMaps: "Annotations StorageOpt Tmpfs Sysctls",
  pointers: "MemorySwappiness OomKillDisable PidsLimit Init",
  structs: {
    LogConfig: { texts: "Type", textMaps: "Config" },
    RestartPolicy: { texts: "Name", numbers: "MaximumRetryCount" },
  },
  renamed: {
    DNS: "Dns",
    DNSOptions: "DnsOptions",
    DNSSearch: "DnsSearch",
    CPUShares: "CpuShares",
    NanoCPUs: "NanoCpus",
    CPUPeriod: "CpuPeriod",
    CPUQuota: "CpuQuota",
  },
};

export const containerShape: Shape = {
  texts:
    "Id Created Path Image ResolvConfPath HostnamePath HostsPath LogPath Name Driver Platform MountLabel ProcessLabel " +
    "AppArmorProfile",
  numbers: "RestartCount",
  lists: "Args ExecIDs Mounts",
  pointers: "SizeRw SizeRootFs ImageManifestDescriptor",
  structs: {
    State: {
      texts: "Status Error StartedAt FinishedAt",
      numbers: "Pid ExitCode",
      flags: "Running Paused Restarting OOMKilled Dead",
      pointers: "Health",
    },
    GraphDriver: { texts: "Name", textMaps: "Data" },
    Config: config,
    HostConfig: hostConfig,
    NetworkSettings: {
      texts:
        "Bridge SandboxID SandboxKey LinkLocalIPv6Address EndpointID Gateway GlobalIPv6Address IPAddress IPv6Gateway " +
        "MacAddress",
      numbers: "LinkLocalIPv6PrefixLen GlobalIPv6PrefixLen IPPrefixLen",
      flags: "HairpinMode",
      lists: "SecondaryIPAddresses SecondaryIPv6Addresses",
      maps: "Ports Networks",
    },
  },
  renamed: { ID: "Id" },
};

export const imageShape: Shape = {
  texts: "Id Parent Comment Created Container DockerVersion Author Architecture Variant Os OsVersion",
  numbers: "Size VirtualSize",
  lists: "RepoTags RepoDigests Manifests",
  pointers: "ContainerConfig Descriptor",
  structs: {
    Config: {
      texts: "User WorkingDir StopSignal",
      flags: "ArgsEscaped",
      lists: "Env Entrypoint Cmd OnBuild Shell",
      maps: "ExposedPorts Volumes",
      textMaps: "Labels",
      pointers: "Healthcheck",
    },
    GraphDriver: { texts: "Name", textMaps: "Data" },
    RootFS: { texts: "Type", lists: "Layers" },
    Metadata: { texts: "LastTagTime" },
  },
  renamed: { ID: "Id" },
};

export const volumeShape: Shape = {
  texts: "CreatedAt Driver Mountpoint Name Scope",
  maps: "Status",
  textMaps: "Labels Options",
  pointers: "ClusterVolume UsageData",
};
