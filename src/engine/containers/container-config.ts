/** A container's Config: what its creator asked for, over what its image says (moby, `merge` of container configs). */
import type { ContainerConfig } from "../../shared/oci/image.js";
import type { ContainerConfigJSON, ContainerCreateRequest, HealthcheckJSON } from "../api/types.js";
import { EngineError } from "../engine-error.js";

/** @throws {EngineError} `invalid`, when there is nothing to run. */
export function mergeConfig(request: ContainerCreateRequest, image: ContainerConfig, id: string): ContainerConfigJSON {
  const { Entrypoint, Cmd } = commandOf(request, image);
  if (!Entrypoint?.length && !Cmd?.length) throw new EngineError("invalid", "no command specified");
  return {
    Hostname: request.Hostname || id.slice(0, 12),
    Domainname: request.Domainname ?? "",
    User: request.User || image.User || "",
    AttachStdin: request.AttachStdin ?? false,
    AttachStdout: request.AttachStdout ?? false,
    AttachStderr: request.AttachStderr ?? false,
    ...exposed({ ...image.ExposedPorts, ...request.ExposedPorts }),
    Tty: request.Tty ?? false,
    OpenStdin: request.OpenStdin ?? false,
    StdinOnce: request.StdinOnce ?? false,
    Env: mergeEnv(request.Env ?? [], image.Env ?? []),
    Cmd,
    ...healthcheckOf(request.Healthcheck, image.Healthcheck),
    Image: request.Image,
    Volumes: volumes({ ...image.Volumes, ...request.Volumes }),
    WorkingDir: checkedDirectory(request.WorkingDir) || image.WorkingDir || "",
    Entrypoint,
    OnBuild: null,
    Labels: { ...image.Labels, ...request.Labels },
    ...((request.StopSignal || image.StopSignal) && { StopSignal: request.StopSignal || image.StopSignal }),
    ...(request.StopTimeout != null && { StopTimeout: request.StopTimeout }),
    ...(image.Shell && { Shell: image.Shell }),
  };
}

/** The asker's entrypoint puts the image's command away too; `[""]` asks for none. */
function commandOf(request: ContainerCreateRequest, image: ContainerConfig) {
  let Entrypoint = request.Entrypoint ?? null;
  let Cmd = request.Cmd ?? null;
  if (!Entrypoint?.length) {
    if (!Cmd?.length) Cmd = image.Cmd ?? null;
    Entrypoint ??= image.Entrypoint ?? null;
  }
  if (Entrypoint?.length === 1 && Entrypoint[0] === "") Entrypoint = null;
  return { Entrypoint, Cmd };
}

/** Names set by the asker win; a name without `=` takes the image's value away. */
function mergeEnv(asked: readonly string[], image: readonly string[]): string[] {
  for (const entry of asked)
    if (entry === "" || entry.startsWith("="))
      throw new EngineError("invalid", `invalid environment variable: ${entry}`);
  const names = new Set(asked.map(nameOf));
  return [...asked.filter((entry) => entry.includes("=")), ...image.filter((entry) => !names.has(nameOf(entry)))];
}

const nameOf = (entry: string) => entry.split("=", 1)[0]!;

/** `base` with the entries of `over` put in place of the same names, or at the end. */
export function overrideEnv(base: readonly string[], over: readonly string[]): string[] {
  const values = new Map(base.map((entry) => [nameOf(entry), entry]));
  for (const entry of over) values.set(nameOf(entry), entry);
  return [...values.values()];
}

/** What the asker leaves out of a check is the image's. @throws {EngineError} in moby's words. */
function healthcheckOf(asked: HealthcheckJSON | null | undefined, image: HealthcheckJSON | undefined) {
  if (!asked && !image) return {};
  const given = Object.entries(asked ?? {}).filter(([, value]) => (Array.isArray(value) ? value.length > 0 : value));
  const check: HealthcheckJSON = { ...image, ...Object.fromEntries(given) };
  for (const name of ["Interval", "Timeout", "StartPeriod", "StartInterval"] as const)
    if (check[name] && check[name] < 1e6)
      throw new EngineError("invalid", `${name} in Healthcheck cannot be less than 1ms`);
  if ((check.Retries ?? 0) < 0) throw new EngineError("invalid", "Retries in Healthcheck cannot be negative");
  const kind = check.Test?.[0];
  if (kind !== undefined && !["NONE", "CMD", "CMD-SHELL"].includes(kind))
    throw new EngineError("invalid", `Unknown type in Healthcheck: "${kind}": expected NONE, CMD or CMD-SHELL`);
  return { Healthcheck: check };
}

function exposed(ports: Record<string, Record<string, never>>) {
  for (const port of Object.keys(ports)) checkPort(port);
  return Object.keys(ports).length > 0 ? { ExposedPorts: ports } : {};
}

/** `80`, `80/tcp`, `8000-8010/udp`. */
function checkPort(port: string): void {
  const match = /^(\d+)(?:-(\d+))?(?:\/(tcp|udp|sctp))?$/.exec(port);
  const numbers = match ? [Number(match[1]), Number(match[2] ?? match[1])] : [];
  if (!match || numbers.some((number) => number > 65535) || numbers[0]! > numbers[1]!)
    throw new EngineError("invalid", `invalid port specification: "${port}"`);
}

function volumes(paths: Record<string, Record<string, never>>) {
  for (const path of Object.keys(paths))
    if (!path.startsWith("/")) throw new EngineError("invalid", `invalid volume path "${path}": it must be absolute`);
  return Object.keys(paths).length > 0 ? paths : null;
}

function checkedDirectory(directory: string | undefined): string | undefined {
  if (directory && !directory.startsWith("/"))
    throw new EngineError(
      "invalid",
      `the working directory '${directory}' is invalid, it needs to be an absolute path`,
    );
  return directory;
}

/** Path and arguments of the first process: entrypoint, then command. */
export function argsOf({ Entrypoint, Cmd }: ContainerConfigJSON): string[] {
  return [...(Entrypoint ?? []), ...(Cmd ?? [])];
}
