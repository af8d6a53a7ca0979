import type { RuntimeSpec } from "../../oci/runtime.js";

/** A container as the engine describes it, made small. */
export function exampleSpec(): RuntimeSpec {
  const closed = ["nosuid", "noexec", "nodev"];
  const kept = ["CAP_CHOWN", "CAP_SETUID"];
  return {
    ociVersion: "1.2.0",
    root: { path: "/snapshots/c/merged" },
    hostname: "box",
    mounts: [
      { destination: "/proc", type: "proc", source: "proc", options: closed },
      { destination: "/dev", type: "tmpfs", source: "tmpfs", options: ["nosuid", "mode=755"] },
      { destination: "/dev/pts", type: "devpts", source: "devpts", options: ["newinstance", "ptmxmode=0666"] },
      { destination: "/data", type: "bind", source: "/volumes/v", options: ["rbind", "rprivate", "ro"] },
    ],
    process: {
      user: { uid: 0, gid: 0 },
      args: ["sh", "-c", "true"],
      env: ["PATH=/bin"],
      cwd: "/work",
      capabilities: { bounding: kept, effective: kept, permitted: kept, inheritable: [], ambient: [] },
      rlimits: [{ type: "RLIMIT_NOFILE", soft: 512, hard: 1024 }],
      noNewPrivileges: true,
    },
    linux: {
      namespaces: [
        { type: "mount" },
        { type: "network" },
        { type: "uts" },
        { type: "pid" },
        { type: "ipc" },
        { type: "cgroup" },
      ],
      cgroupsPath: "/docker/c",
      maskedPaths: ["/proc/kcore", "/sys/firmware", "/proc/none"],
      readonlyPaths: ["/proc/sys"],
    },
  };
}
