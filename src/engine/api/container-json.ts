/** Containers as the API shows them. */
import { CONTAINER_FILES_DIRECTORY } from "../../protocol/guest-paths.js";
import { LAYERS_DIRECTORY } from "../../protocol/page-files.js";
import { humanDuration } from "../../shared/units/duration.js";
import { rfc3339, ZERO_TIME } from "../clock.js";
import type { Container } from "../containers/container.js";
import { argsOf } from "../containers/container-config.js";
import type { Health } from "../containers/status.js";
import type { ImageStore } from "../images/image-store.js";
import type { Layer } from "../layers/layer-store.js";
import { imageNamed } from "./container-filters.js";
import { networkSettingsOf, networksOf, portsOf } from "./endpoint-json.js";
import type {
  ContainerInspect,
  ContainerStateJSON,
  ContainerSummary,
  GraphDriver,
  HealthJSON,
  MountPoint,
} from "./types.js";

export function summaryOf(container: Container, images: ImageStore, now: number): ContainerSummary {
  const { id, name, image, config, host, state, createdAt } = container;
  return {
    Id: id,
    Names: [`/${name}`],
    Image: imageName(container, images),
    ImageID: image.id,
    Command: commandLine(argsOf(config)),
    Created: Math.floor(createdAt / 1000),
    Ports: portsOf(container),
    Labels: config.Labels ?? {},
    State: state.status,
    Status: statusText(container, now),
    HostConfig: { NetworkMode: host.NetworkMode ?? "default" },
    NetworkSettings: { Networks: networksOf(container) },
    Mounts: mountsOf(container),
  };
}

/** Its id, where the name it was made by points at another image now, or could point at several. */
function imageName({ config, image }: Container, images: ImageStore): string {
  const asked = config.Image ?? "";
  return imageNamed(images, asked)?.id === image.id ? asked : image.id;
}

function commandLine([path = "", ...args]: string[]): string {
  return [path, ...args.map((arg) => (arg.includes(" ") ? `'${arg}'` : arg))].join(" ");
}

/** `Up 3 seconds (healthy)`, `Up 2 hours (Paused)`, `Exited (0) 5 minutes ago`, `Created`. */
function statusText({ state, health }: Container, now: number): string {
  const { status, startedAt = 0, finishedAt = 0, exitCode } = state;
  switch (status) {
    case "running":
      return `Up ${humanDuration(now - startedAt)}${health ? healthText(health) : ""}`;
    case "paused":
      return `Up ${humanDuration(now - startedAt)} (Paused)`;
    case "exited":
      return `Exited (${exitCode}) ${humanDuration(now - finishedAt)} ago`;
    case "created":
      return "Created";
    case "dead":
      return "Dead";
  }
}

function healthText({ status }: Health): string {
  return status === "starting" ? " (health: starting)" : ` (${status})`;
}

export async function inspectOf(container: Container): Promise<ContainerInspect> {
  const { id, name, image, config, host, createdAt, execs } = container;
  const [Path = "", ...Args] = argsOf(config);
  const directory = `${CONTAINER_FILES_DIRECTORY}/${container.sandbox.id}`;
  return {
    Id: id,
    Created: rfc3339(createdAt),
    Path,
    Args,
    State: stateOf(container),
    Image: image.id,
    ResolvConfPath: `${directory}/resolv.conf`,
    HostnamePath: `${directory}/hostname`,
    HostsPath: `${directory}/hosts`,
    LogPath: "",
    Name: `/${name}`,
    RestartCount: 0,
    Driver: "overlay2",
    Platform: "linux",
    MountLabel: "",
    ProcessLabel: "",
    AppArmorProfile: "",
    ExecIDs: execs.size > 0 ? [...execs] : null,
    HostConfig: host,
    GraphDriver: graphDriverOf(container),
    Mounts: mountsOf(container),
    Config: config,
    NetworkSettings: networkSettingsOf(container),
  };
}

function stateOf({ state, health }: Container): ContainerStateJSON {
  const { status, pid, exitCode, oomKilled, error, startedAt, finishedAt } = state;
  return {
    Status: status,
    Running: status === "running" || status === "paused",
    Paused: status === "paused",
    Restarting: false,
    OOMKilled: oomKilled,
    Dead: status === "dead",
    Pid: pid,
    ExitCode: exitCode,
    Error: error,
    StartedAt: startedAt === undefined ? ZERO_TIME : rfc3339(startedAt),
    FinishedAt: finishedAt === undefined ? ZERO_TIME : rfc3339(finishedAt),
    ...(health && { Health: healthOf(health) }),
  };
}

function healthOf({ status, failingStreak, log }: Health): HealthJSON {
  return {
    Status: status,
    FailingStreak: failingStreak,
    Log: log.map(({ startedAt, endedAt, exitCode, output }) => ({
      Start: rfc3339(startedAt),
      End: rfc3339(endedAt),
      ExitCode: exitCode,
      Output: output,
    })),
  };
}

/** Paths in the guest, topmost layer first, as Docker writes them. */
function graphDriverOf({ sandbox: { layers, directory } }: Container): GraphDriver {
  const lower = layers.map((layer) => `${LAYERS_DIRECTORY}/${layer}`).reverse();
  const own = { MergedDir: `${directory}/merged`, UpperDir: `${directory}/upper`, WorkDir: `${directory}/work` };
  return { Name: "overlay2", Data: { LowerDir: lower.join(":"), ...own } };
}

export function imageGraphDriver(layers: readonly Layer[]): GraphDriver {
  const paths = layers.map(({ name }) => `${LAYERS_DIRECTORY}/${name}`);
  const lower = paths.slice(0, -1).reverse().join(":");
  return { Name: "overlay2", Data: { ...(lower && { LowerDir: lower }), UpperDir: paths.at(-1) } };
}

function mountsOf({ mounts }: Container): MountPoint[] {
  return mounts.map(({ anonymous, tmpfsOptions, labels, ...mount }) => mount);
}
