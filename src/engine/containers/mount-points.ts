/**
 * Volumes, binds and tmpfs of a container, from HostConfig's Binds, Mounts and Tmpfs and the image's VOLUMEs. Where
 * two name one destination, an explicit one wins over the image's.
 */
import type { Mount } from "../../shared/oci/runtime.js";
import type { HostConfigJSON, MountJSON, MountPoint } from "../api/types.js";
import { EngineError } from "../engine-error.js";
import { resolvePath } from "./layered-tree.js";

/** Like Docker's MountPoint, with what the guest needs besides. */
export interface PlannedMount extends MountPoint {
  /** Volume without a name given: removed with its container. */
  anonymous: boolean;
  /** Of a volume that comes to be with its container. */
  labels?: Record<string, string>;
  /** tmpfs: options as `mount -o` takes them. */
  tmpfsOptions?: string[];
}

const VOLUME_NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/;

export const isVolumeName = (name: string) => VOLUME_NAME.test(name);

/**
 * @param volumeDirectory guest path of a volume's contents.
 * @param anonymousName a name for a volume that has none.
 * @throws {EngineError} `invalid` naming the value.
 */
export function planMounts(
  host: HostConfigJSON,
  imageVolumes: readonly string[],
  volumeDirectory: (name: string) => string,
  anonymousName: () => string,
): PlannedMount[] {
  const volume = (name: string | undefined, destination: string, mode: string, rw: boolean): PlannedMount => {
    const known = name ?? anonymousName();
    return {
      Type: "volume",
      Name: known,
      Source: volumeDirectory(known),
      Destination: destination,
      Driver: "local",
      Mode: mode,
      RW: rw,
      Propagation: "",
      anonymous: name === undefined,
    };
  };
  const planned = [
    ...(host.Binds ?? []).map((text) => parseBind(text, volume)),
    ...(host.Mounts ?? []).map((mount) => planMount(mount, volume)),
    ...Object.entries(host.Tmpfs ?? {}).map(([path, options]) => tmpfs(path, options.split(",").filter(Boolean))),
  ];
  const taken = new Set<string>();
  for (const { Destination } of planned) {
    if (taken.has(Destination)) throw new EngineError("invalid", `Duplicate mount point: ${Destination}`);
    taken.add(Destination);
  }
  for (const path of imageVolumes) {
    const destination = absolute(path);
    if (!taken.has(destination)) planned.push(volume(undefined, destination, "", true));
    taken.add(destination);
  }
  return planned;
}

/** Shallow destinations first, so that none hides another. */
export function mountsOf(planned: readonly PlannedMount[]): Mount[] {
  const depth = (path: string) => path.split("/").length;
  return [...planned]
    .sort((a, b) => depth(a.Destination) - depth(b.Destination))
    .map((mount) =>
      mount.Type === "tmpfs"
        ? { destination: mount.Destination, type: "tmpfs", source: "tmpfs", options: mount.tmpfsOptions }
        : {
            destination: mount.Destination,
            type: "bind",
            source: mount.Source,
            options: ["rbind", mount.RW ? "rw" : "ro"],
          },
    );
}

type MakeVolume = (name: string | undefined, destination: string, mode: string, rw: boolean) => PlannedMount;

/** `[SOURCE:]DESTINATION[:OPTIONS]`; a source with a slash in front is a path of the guest. */
function parseBind(text: string, volume: MakeVolume): PlannedMount {
  const parts = text.split(":");
  const [source, destination, mode = ""] = parts.length === 1 ? [undefined, parts[0]] : parts;
  if (parts.length > 3 || !destination || source === "")
    throw new EngineError("invalid", `invalid volume specification: '${text}'`);
  if (!destination.startsWith("/"))
    throw new EngineError(
      "invalid",
      `invalid volume specification: '${text}': invalid mount config for type "${source?.startsWith("/") ? "bind" : "volume"}": invalid mount path: '${destination}' mount path must be absolute`,
    );
  const rw = checkMode(mode, text);
  const target = checkDestination(destination, text);
  if (source === undefined) return volume(undefined, target, mode, rw);
  if (source.startsWith("/")) return bind(absolute(source), target, mode, rw);
  return volume(checkVolumeName(source), target, mode || "z", rw);
}

function planMount(mount: MountJSON, volume: MakeVolume): PlannedMount {
  const { Type, Source = "", Target, ReadOnly = false, TmpfsOptions, VolumeOptions } = mount;
  if (!Target.startsWith("/"))
    throw new EngineError(
      "invalid",
      `invalid mount config for type "${Type}": invalid mount path: '${Target}' mount path must be absolute`,
    );
  const target = checkDestination(Target, Target);
  if (Type === "volume") {
    const driver = VolumeOptions?.DriverConfig?.Name;
    if (driver && driver !== "local") throw new EngineError("invalid", `volume driver "${driver}" is not there`);
    const planned = volume(Source ? checkVolumeName(Source) : undefined, target, "z", !ReadOnly);
    return { ...planned, ...(VolumeOptions?.Labels && { labels: VolumeOptions.Labels }) };
  }
  if (Type === "tmpfs") {
    const options = [];
    if (TmpfsOptions?.SizeBytes) options.push(`size=${TmpfsOptions.SizeBytes}`);
    if (TmpfsOptions?.Mode) options.push(`mode=${TmpfsOptions.Mode.toString(8)}`);
    return tmpfs(target, options);
  }
  if (!Source.startsWith("/"))
    throw new EngineError(
      "invalid",
      `invalid mount config for type "bind": invalid mount path: '${Source}' mount path must be absolute`,
    );
  return bind(absolute(Source), target, "", !ReadOnly);
}

function bind(source: string, destination: string, mode: string, rw: boolean): PlannedMount {
  return {
    Type: "bind",
    Source: source,
    Destination: destination,
    Mode: mode,
    RW: rw,
    Propagation: "rprivate",
    anonymous: false,
  };
}

function tmpfs(path: string, options: string[]): PlannedMount {
  return {
    Type: "tmpfs",
    Source: "",
    Destination: checkDestination(path, path),
    Mode: "",
    RW: true,
    Propagation: "",
    anonymous: false,
    tmpfsOptions: ["nosuid", "nodev", "noexec", ...options],
  };
}

function checkMode(mode: string, text: string): boolean {
  const known = new Set(["", "rw", "ro", "z", "Z", "nocopy", "private", "rprivate"]);
  for (const option of mode.split(","))
    if (!known.has(option))
      throw new EngineError("invalid", `invalid volume specification: '${text}': invalid mode: ${mode}`);
  return !mode.split(",").includes("ro");
}

function checkDestination(path: string, text: string): string {
  const clean = absolute(path);
  if (clean === "/")
    throw new EngineError(
      "invalid",
      `invalid volume specification: '${text}': invalid specification: destination can't be '/'`,
    );
  if (clean === "/proc" || clean === "/sys" || clean === "/dev")
    throw new EngineError("invalid", `invalid volume specification: '${text}': '${clean}' is the container's own`);
  return clean;
}

function checkVolumeName(name: string): string {
  if (!isVolumeName(name))
    throw new EngineError(
      "invalid",
      `"${name}" includes invalid characters for a local volume name, only "[a-zA-Z0-9][a-zA-Z0-9_.-]" are allowed. If you intended to pass a host directory, use absolute path`,
    );
  return name;
}

const absolute = (path: string) => resolvePath("/", path);
