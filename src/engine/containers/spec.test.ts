import { describe, expect, test } from "vitest";
import type { ContainerConfig } from "../../shared/oci/image.js";
import type { ContainerCreateRequest, HostConfigJSON } from "../api/types.js";
import { mergeConfig, overrideEnv } from "./container-config.js";
import { capabilitiesOf, settleHostConfig } from "./host-config.js";
import { planMounts } from "./mount-points.js";
import { resourcesOf } from "./resources.js";
import { runtimeSpec } from "./spec.js";

const ID = "abcdef0123456789".padEnd(64, "0");
const root = { uid: 0, gid: 0, additionalGids: [10], home: "/root" };

function specOf(request: Partial<ContainerCreateRequest> = {}, image: ContainerConfig = { Cmd: ["sh"] }) {
  const config = mergeConfig({ Image: "busybox", ...request }, image, ID);
  const { host } = settleHostConfig(request.HostConfig);
  const mounts = planMounts(
    host,
    [],
    (name) => `/volumes/${name}`,
    () => "anonymous",
  );
  return runtimeSpec({ id: ID, config, host, user: root, mounts, root: "/merged" });
}

const settled = (host: HostConfigJSON) => settleHostConfig(host).host;

describe("the runtime spec", () => {
  test("of a container that asks for nothing is Docker's default", () => {
    const spec = specOf();
    expect(spec.process).toEqual({
      terminal: false,
      user: { uid: 0, gid: 0, additionalGids: [0, 10] },
      args: ["sh"],
      env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOSTNAME=abcdef012345", "HOME=/root"],
      cwd: "/",
      capabilities: expect.anything(),
      noNewPrivileges: false,
      rlimits: [],
    });
    expect(spec.hostname).toBe("abcdef012345");
    expect(spec.linux.namespaces.map(({ type }) => type).sort()).toEqual([
      "cgroup",
      "ipc",
      "mount",
      "network",
      "pid",
      "uts",
    ]);
    expect(spec.linux.cgroupsPath).toBe(`/docker/${ID}`);
    expect(spec.linux.resources).toEqual({});
    expect(spec.mounts.map(({ destination }) => destination)).toEqual([
      "/proc",
      "/dev",
      "/dev/pts",
      "/sys",
      "/sys/fs/cgroup",
      "/dev/mqueue",
      "/dev/shm",
    ]);
    expect(spec.mounts.at(-1)!.options).toContain("size=65536k");
  });

  test("with a terminal, a working directory, an environment over the image's", () => {
    const spec = specOf(
      { Tty: true, WorkingDir: "/w", Env: ["A=mine", "HOME=/h", "GONE"] },
      { Cmd: ["x"], Env: ["A=image", "B=2", "GONE=1", "PATH=/bin"] },
    );
    expect(spec.process.env).toEqual(["PATH=/bin", "HOSTNAME=abcdef012345", "TERM=xterm", "A=mine", "HOME=/h", "B=2"]);
    expect(spec.process).toMatchObject({ terminal: true, cwd: "/w" });
  });

  test("privileged: every capability, nothing masked; the rest as asked", () => {
    const spec = specOf({ HostConfig: { Privileged: true, ReadonlyRootfs: true, Tmpfs: { "/tmp": "size=1m" } } });
    expect(spec.process.capabilities!.bounding).toHaveLength(41);
    expect(spec.linux.maskedPaths).toEqual([]);
    expect(spec.root.readonly).toBe(true);
    expect(spec.mounts.at(-1)).toEqual({
      destination: "/tmp",
      type: "tmpfs",
      source: "tmpfs",
      options: ["nosuid", "nodev", "noexec", "size=1m"],
    });
    expect(spec.mounts.find(({ destination }) => destination === "/sys")!.options).toContain("rw");
  });
});

describe("entrypoint and command", () => {
  const image = { Entrypoint: ["/entry"], Cmd: ["default"] };
  test.each<[string, Partial<ContainerCreateRequest>, string[]]>([
    ["the image's both", {}, ["/entry", "default"]],
    ["another command", { Cmd: ["x", "y"] }, ["/entry", "x", "y"]],
    ["another entrypoint puts the image's command away", { Entrypoint: ["/mine"] }, ["/mine"]],
    ["an empty entrypoint takes the image's away", { Entrypoint: [""], Cmd: ["x"] }, ["x"]],
  ])("%s", (_, request, args) => expect(specOf(request, image).process.args).toEqual(args));

  test("there must be something to run", () => {
    expect(() => specOf({}, {})).toThrow("no command specified");
  });
});

describe("limits", () => {
  test("memory: swap is twice as much unless given; -1 is without limit", () => {
    expect(resourcesOf(settled({ Memory: 32 << 20 }))).toEqual({ memory: { limit: 32 << 20, swap: 64 << 20 } });
    expect(resourcesOf(settled({ Memory: 32 << 20, MemorySwap: -1 }))).toEqual({
      memory: { limit: 32 << 20, swap: -1 },
    });
  });

  test("processor: shares within the kernel's bounds, --cpus as a quota", () => {
    expect(resourcesOf(settled({ CpuShares: 1 })).cpu).toEqual({ shares: 2 });
    expect(resourcesOf(settled({ NanoCpus: 0.5e9 })).cpu).toEqual({ period: 100_000, quota: 50_000 });
    expect(resourcesOf(settled({ CpuQuota: 20_000, CpuPeriod: 40_000 })).cpu).toEqual({
      period: 40_000,
      quota: 20_000,
    });
  });

  test("processes: none given is none", () => {
    expect(resourcesOf(settled({ PidsLimit: 5 })).pids).toEqual({ limit: 5 });
    expect(resourcesOf(settled({ PidsLimit: -1 })).pids).toBeUndefined();
  });

  test.each<[HostConfigJSON, string]>([
    [{ Memory: 4 << 20 }, "Minimum memory limit allowed is 6MB"],
    [
      { Memory: 32 << 20, MemorySwap: 16 << 20 },
      "Minimum memoryswap limit should be larger than memory limit, see usage",
    ],
    [{ MemorySwap: 16 << 20 }, "You should always set the Memory limit when using Memoryswap limit, see usage"],
    [{ Memory: 32 << 20, MemoryReservation: 64 << 20 }, "Minimum memory limit can not be less than memory reservation"],
    [{ NanoCpus: 1e9, CpuQuota: 5000 }, "Conflicting options: Nano CPUs and CPU Quota cannot both be set."],
    [{ NanoCpus: 4e9 }, "range of CPUs is from 0.01 to 1.00, as there are only 1 CPUs available"],
    [{ CpuPeriod: 5 }, "CPU cfs period can not be less than 1ms"],
    [{ CpusetCpus: "1" }, "Requested CPUs are not available - requested 1, available: 0"],
    [{ ShmSize: -1 }, "SHM size can not be less than 0"],
    [{ Ulimits: [{ Name: "nofile", Soft: 5, Hard: 4 }] }, "ulimit soft limit must be less than or equal to hard limit"],
    [{ Ulimits: [{ Name: "lemons", Soft: 1, Hard: 1 }] }, "invalid ulimit type: lemons"],
    [{ CapAdd: ["FLY"] }, 'unknown capability: "FLY"'],
    [{ SecurityOpt: ["seccomp=/x.json"] }, 'invalid --security-opt 2: "seccomp=/x.json"'],
    [{ RestartPolicy: { Name: "always" } }, 'restart policy "always" is not supported yet'],
    [{ Init: true }, "--init"],
    [{ PidMode: "host" }, 'pid mode "host" is not supported yet'],
    [{ ExtraHosts: ["nonsense"] }, 'bad format for add-host: "nonsense"'],
  ])("%j is refused", (host, message) => expect(() => settleHostConfig(host)).toThrow(message));
});

test("capabilities are added to and dropped from the default set", () => {
  const base = capabilitiesOf({});
  expect(base).toHaveLength(14);
  expect(capabilitiesOf({ CapAdd: ["NET_ADMIN"] })).toEqual(expect.arrayContaining([...base, "CAP_NET_ADMIN"]));
  expect(capabilitiesOf({ CapDrop: ["ALL"], CapAdd: ["cap_chown"] })).toEqual(["CAP_CHOWN"]);
  expect(capabilitiesOf({ CapAdd: ["ALL"], CapDrop: ["SYS_ADMIN"] })).toHaveLength(40);
});

test("mounts: refused ones name the text", () => {
  const plan = (host: HostConfigJSON) => () =>
    planMounts(
      host,
      ["/vol"],
      (name) => name,
      () => "anon",
    );
  expect(plan({ Binds: ["v:rel"] })).toThrow("invalid volume specification: 'v:rel'");
  expect(plan({ Binds: ["v:/"] })).toThrow("destination can't be '/'");
  expect(plan({ Binds: ["v:/a:odd"] })).toThrow("invalid mode: odd");
  expect(plan({ Binds: ["v1:/a", "w1:/a"] })).toThrow("Duplicate mount point: /a");
  expect(plan({ Binds: ["v:/proc"] })).toThrow("/proc");
  expect(plan({ Binds: ["named:/vol:ro"] })()).toMatchObject([{ Name: "named", RW: false, anonymous: false }]);
  expect(plan({})()).toMatchObject([{ Name: "anon", Destination: "/vol", anonymous: true }]);
});

test("an environment is overridden by name", () => {
  expect(overrideEnv(["A=1", "B=2"], ["B=3", "C=4"])).toEqual(["A=1", "B=3", "C=4"]);
});
