/**
 * The part of the OCI runtime-spec v1.2 `config.json` that the agent carries out, spelled as the specification
 * spells it. Sources: runtime-spec config.md, config-linux.md.
 */
export interface RuntimeSpec {
  ociVersion: string;
  root: { path: string; readonly?: boolean };
  hostname?: string;
  domainname?: string;
  mounts: Mount[];
  process: Process;
  annotations?: Record<string, string>;
  linux: Linux;
}

export interface Process {
  terminal?: boolean;
  consoleSize?: { height: number; width: number };
  user: {
    uid: number;
    gid: number;
    additionalGids?: number[];
    umask?: number;
  };
  args: string[];
  env: string[];
  cwd: string;
  capabilities?: Capabilities;
  rlimits?: Rlimit[];
  noNewPrivileges?: boolean;
  oomScoreAdj?: number;
}

/** Names such as `CAP_CHOWN`. */
export interface Capabilities {
  bounding: string[];
  effective: string[];
  permitted: string[];
  inheritable: string[];
  ambient: string[];
}

/** `type` is a name such as `RLIMIT_NOFILE`. */
export interface Rlimit {
  type: string;
  soft: number;
  hard: number;
}

export interface Mount {
  destination: string;
  type: string;
  source: string;
  options?: string[];
}

export type NamespaceType = "pid" | "network" | "mount" | "ipc" | "uts" | "cgroup";

export interface Linux {
  namespaces: { type: NamespaceType; path?: string }[];
  cgroupsPath: string;
  resources?: Resources;
  maskedPaths?: string[];
  readonlyPaths?: string[];
  devices?: {
    path: string;
    type: "c" | "b";
    major: number;
    minor: number;
    fileMode?: number;
    uid?: number;
    gid?: number;
  }[];
  sysctl?: Record<string, string>;
  seccomp?: LinuxSeccomp;
}

export type SeccompAction =
  | "SCMP_ACT_KILL"
  | "SCMP_ACT_KILL_PROCESS"
  | "SCMP_ACT_KILL_THREAD"
  | "SCMP_ACT_TRAP"
  | "SCMP_ACT_ERRNO"
  | "SCMP_ACT_TRACE"
  | "SCMP_ACT_ALLOW"
  | "SCMP_ACT_LOG";

export type SeccompOperator =
  | "SCMP_CMP_NE"
  | "SCMP_CMP_LT"
  | "SCMP_CMP_LE"
  | "SCMP_CMP_EQ"
  | "SCMP_CMP_GE"
  | "SCMP_CMP_GT"
  | "SCMP_CMP_MASKED_EQ";

export interface LinuxSeccomp {
  defaultAction: SeccompAction;
  /** What the default action returns, where it returns something; EPERM when left out. */
  defaultErrnoRet?: number;
  /** Names such as `SCMP_ARCH_X86`. */
  architectures?: string[];
  /** Names such as `SECCOMP_FILTER_FLAG_LOG`. */
  flags?: string[];
  syscalls?: LinuxSyscall[];
}

export interface LinuxSyscall {
  names: string[];
  action: SeccompAction;
  errnoRet?: number;
  /** All of them have to hold. */
  args?: LinuxSeccompArg[];
}

/** Values are 64 bits wide in the specification; here whole numbers up to 2^53. */
export interface LinuxSeccompArg {
  index: number;
  /** With `SCMP_CMP_MASKED_EQ` the mask, and `valueTwo` is what is left under it. */
  value: number;
  valueTwo?: number;
  op: SeccompOperator;
}

/** Limits in bytes, microseconds and counts; -1 means no limit. */
export interface Resources {
  memory?: {
    /** Bytes. */
    limit?: number;
    /** Memory and swap together, in bytes, as cgroup v1 and the specification count it. */
    swap?: number;
    /** Soft limit in bytes. */
    reservation?: number;
  };
  cpu?: {
    /** cgroup v1 shares, 2 to 262144; converted to cgroup v2 `cpu.weight` by the agent. */
    shares?: number;
    /** Microseconds of each period. */
    quota?: number;
    /** Microseconds. */
    period?: number;
    /** Lists such as `0-2,4`. */
    cpus?: string;
    mems?: string;
  };
  pids?: { limit: number };
  devices?: LinuxDeviceCgroup[];
  blockIO?: {
    /** 10 to 1000. */
    weight?: number;
    throttleReadBpsDevice?: Throttle[];
    throttleWriteBpsDevice?: Throttle[];
    throttleReadIOPSDevice?: Throttle[];
    throttleWriteIOPSDevice?: Throttle[];
  };
  /** Files of cgroup v2 by name. */
  unified?: Record<string, string>;
}

/** Bytes or operations a second of one device. */
export interface Throttle {
  major: number;
  minor: number;
  rate: number;
}

/** A rule of the device cgroup. Rules are applied in order. */
export interface LinuxDeviceCgroup {
  allow: boolean;
  /** `a`, which is also what is meant when it is left out, is every device with every access. */
  type?: "a" | "b" | "c";
  /** Left out or -1: any. */
  major?: number;
  minor?: number;
  /** Letters of `rwm`: read, write, mknod. */
  access?: string;
}
