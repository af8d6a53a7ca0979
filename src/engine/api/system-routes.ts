/** _ping, version, info. */
import { rfc3339 } from "../clock.js";
import { CPU_COUNT } from "../containers/resources.js";
import { json } from "./respond.js";
import type { Call, Route } from "./router.js";
import { API_VERSION, type InfoResponse, MIN_API_VERSION, type VersionResponse } from "./types.js";

const ENGINE_VERSION = "0.1.0";

export const systemRoutes: Route[] = [
  { method: "GET", path: "/_ping", handle: () => ping("OK") },
  { method: "HEAD", path: "/_ping", handle: () => ping(null) },
  { method: "GET", path: "/version", parameters: "", handle: version },
  { method: "GET", path: "/info", parameters: "", handle: info },
];

/** Sent with every answer, as dockerd does. */
export const SERVER_HEADERS = {
  "Api-Version": API_VERSION,
  "Docker-Experimental": "false",
  Ostype: "linux",
  Server: `Drydock/${ENGINE_VERSION} (linux)`,
};

/** `Builder-Version: 1`: the classic build request, not BuildKit's session protocol. */
function ping(body: string | null): Response {
  return new Response(body, {
    headers: { "Content-Type": "text/plain; charset=utf-8", "Builder-Version": "1", "Cache-Control": "no-cache" },
  });
}

function version({ services }: Call): Response {
  const answer: VersionResponse = {
    Platform: { Name: "Drydock" },
    Components: [
      { Name: "Engine", Version: ENGINE_VERSION, Details: { ApiVersion: API_VERSION, Os: "linux", Arch: "386" } },
    ],
    Version: ENGINE_VERSION,
    ApiVersion: API_VERSION,
    MinAPIVersion: MIN_API_VERSION,
    Os: "linux",
    Arch: "386",
    KernelVersion: services.kernel,
    GitCommit: "",
    GoVersion: "",
    BuildTime: "",
  };
  return json(answer);
}

async function info({ services }: Call): Promise<Response> {
  const containers = services.containers.list();
  const count = (status: string) => containers.filter(({ state }) => state.status === status).length;
  const running = count("running");
  const paused = count("paused");
  const answer: InfoResponse = {
    ID: "drydock",
    Name: "drydock",
    Containers: containers.length,
    ContainersRunning: running,
    ContainersPaused: paused,
    ContainersStopped: containers.length - running - paused,
    Images: services.images.list().length,
    Driver: "overlay2",
    DriverStatus: [["Backing Filesystem", "extfs"]],
    Plugins: { Volume: ["local"], Network: ["bridge", "host", "null"], Authorization: null, Log: ["json-file"] },
    MemoryLimit: true,
    SwapLimit: true,
    CpuCfsPeriod: true,
    CpuCfsQuota: true,
    CPUShares: true,
    PidsLimit: true,
    OomKillDisable: false,
    CgroupDriver: "cgroupfs",
    CgroupVersion: "2",
    NCPU: CPU_COUNT,
    MemTotal: await services.stats.totalMemory(),
    KernelVersion: services.kernel,
    OperatingSystem: "Drydock",
    OSType: "linux",
    Architecture: "i686",
    ServerVersion: ENGINE_VERSION,
    DockerRootDir: "/var/lib/drydock",
    LoggingDriver: "json-file",
    SecurityOptions: ["name=cgroupns"],
    SystemTime: rfc3339(services.runtime.clock.now()),
    Warnings: null,
  };
  return json(answer);
}
