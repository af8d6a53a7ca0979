/**
 * What every container gets unless it asks for something else: capabilities, mounts, masked and read-only paths.
 * Source: observed on Docker 28.2 (`docker run busybox`, /proc/self/status, /proc/self/mountinfo).
 */
import type { Mount } from "../../shared/oci/runtime.js";

export const DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** All capabilities by number, as linux/capability.h of Linux 6.1 numbers them. */
export const CAPABILITIES = `CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP
LINUX_IMMUTABLE NET_BIND_SERVICE NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT
SYS_PTRACE SYS_PACCT SYS_ADMIN SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE
AUDIT_CONTROL SETFCAP MAC_OVERRIDE MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF
CHECKPOINT_RESTORE`
  .split(/\s+/)
  .map((name) => `CAP_${name}`);

/** Docker's default set, 0xa80425fb. */
export const DEFAULT_CAPABILITIES = CAPABILITIES.filter((_, number) => (0xa80425fb / 2 ** number) & 1);

export const MASKED_PATHS = [
  "/proc/acpi",
  "/proc/asound",
  "/proc/interrupts",
  "/proc/kcore",
  "/proc/keys",
  "/proc/latency_stats",
  "/proc/sched_debug",
  "/proc/scsi",
  "/proc/timer_list",
  "/proc/timer_stats",
  "/sys/devices/virtual/powercap",
  "/sys/firmware",
];

export const READONLY_PATHS = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];

export const DEFAULT_SHM_BYTES = 64 << 20;

export interface DefaultMounts {
  privileged: boolean;
  shmBytes: number;
}

export function defaultMounts({ privileged, shmBytes }: DefaultMounts): Mount[] {
  const access = privileged ? "rw" : "ro";
  const closed = ["nosuid", "noexec", "nodev"];
  return [
    { destination: "/proc", type: "proc", source: "proc", options: closed },
    {
      destination: "/dev",
      type: "tmpfs",
      source: "tmpfs",
      options: ["nosuid", "strictatime", "mode=755", "size=65536k"],
    },
    {
      destination: "/dev/pts",
      type: "devpts",
      source: "devpts",
      options: ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"],
    },
    { destination: "/sys", type: "sysfs", source: "sysfs", options: [...closed, access] },
    { destination: "/sys/fs/cgroup", type: "cgroup", source: "cgroup", options: [access, ...closed] },
    { destination: "/dev/mqueue", type: "mqueue", source: "mqueue", options: closed },
    {
      destination: "/dev/shm",
      type: "tmpfs",
      source: "shm",
      options: [...closed, "mode=1777", `size=${Math.ceil(shmBytes / 1024)}k`],
    },
  ];
}

/** Files bind-mounted into every container, which never count as its changes. */
export const OWN_FILES = ["/etc/hostname", "/etc/hosts", "/etc/resolv.conf"];
