/**
 * What a RUN sees besides the image: `--mount`, and the script of a heredoc that begins with `#!`. None of it comes
 * into the layer; where the image has no place for it, the place is in a layer of its own below the process.
 */

import { LAYERS_DIRECTORY } from "../../protocol/page-files.js";
import type { OwnFile } from "../../shared/birth/own-files-calls.js";
import type { RunMount } from "../../shared/dockerfile/instructions/run-mount.js";
import { EPOCH } from "../../shared/files/file-attributes.js";
import type { Mount } from "../../shared/oci/runtime.js";
import { decodePath } from "../../shared/text/path-bytes.js";
import { type LayeredTree, resolvePath } from "../containers/layered-tree.js";
import type { Runtime } from "../containers/runtime.js";
import { BuildError } from "./build-error.js";
import type { CacheMounts, HeldDirectory } from "./cache-mounts.js";
import { copyTree } from "./copy-tree.js";
import { LayerDraft, nameOf } from "./layer-draft.js";
import type { WrittenFile } from "./step-inputs.js";

export interface RunMounts {
  /** What of them decides the result, with the files that are shown. */
  key: unknown[];
  files: readonly WrittenFile[];
  /** Makes them, for one process. */
  hold(runtime: Runtime): Promise<HeldMounts>;
}

export interface HeldMounts {
  mounts: Mount[];
  files: OwnFile[];
  /** What has to be in the image for all of them, and of what kind. */
  places: Place[];
  /** `NAME=value` of secrets. */
  env: string[];
  release(): void;
}

export interface Place {
  path: string;
  type: "file" | "directory";
}

export interface MountSources {
  workingDirectory: string;
  secrets: ReadonlyMap<string, Uint8Array>;
  caches: CacheMounts;
  /** Of a stage, an image or, without a name, the context. */
  treeOf(from: string | undefined, target: string): Promise<LayeredTree>;
}

/** Where BuildKit puts scripts. */
const SCRIPTS = "/dev/pipes";
const SECRETS = "/run/secrets";
const SECRET_MODE = 0o400;

interface Part {
  key: unknown;
  files?: readonly WrittenFile[];
  hold(runtime: Runtime): Promise<Partial<Omit<HeldMounts, "release">> & { release?(): void }>;
}

/** @throws {BuildError} for what is not there or cannot be done here. */
export async function planRunMounts(mounts: readonly RunMount[], sources: MountSources): Promise<RunMounts> {
  const parts: Part[] = [];
  const own = { ...sources, held: new Map<string, Promise<HeldDirectory>>() };
  for (const mount of mounts) parts.push(await planMount(mount, own));
  return joined(parts);
}

/** A script as a file. */
export function withScript(mounts: RunMounts, name: string, contents: string): { mounts: RunMounts; path: string } {
  const path = `${SCRIPTS}/${name}`;
  const files = [{ path, text: contents, name: "script", mode: 0o755 }];
  const part: Part = { key: ["script", contents], hold: async () => ({ files }) };
  return { path, mounts: joined([mounts, part]) };
}

function joined(parts: readonly (Part | RunMounts)[]): RunMounts {
  return {
    key: parts.map(({ key }) => key),
    files: parts.flatMap(({ files = [] }) => files),
    async hold(runtime) {
      const all: HeldMounts = {
        mounts: [],
        files: [],
        places: [],
        env: [],
        release() {
          for (const release of releases) release();
        },
      };
      const releases: (() => void)[] = [];
      try {
        for (const part of parts) {
          const { mounts = [], files = [], places = [], env = [], release } = await part.hold(runtime);
          all.mounts.push(...mounts);
          all.places.push(...places);
          all.files.push(...files);
          all.env.push(...env);
          if (release) releases.push(release);
        }
      } catch (error) {
        all.release();
        throw error;
      }
      return all;
    },
  };
}

interface OwnSources extends MountSources {
  /** Caches of this RUN, by id: one at two places is one, and waits for itself not. */
  held: Map<string, Promise<HeldDirectory>>;
}

async function planMount(mount: RunMount, sources: OwnSources): Promise<Part> {
  switch (mount.type) {
    case "bind":
      return planBind(mount, sources);
    case "cache":
      return planCache(mount, sources);
    case "tmpfs":
      return planTmpfs(mount, sources);
    case "secret":
      return planSecret(mount, sources);
    case "ssh":
      throw new BuildError("RUN --mount=type=ssh is not supported: there is no SSH agent here");
  }
}

/** The files as they are now, shown to the guest as a layer is. */
async function planBind(mount: RunMount, sources: MountSources): Promise<Part> {
  const destination = targetOf(mount, sources);
  if (!mount.readOnly)
    throw new BuildError(`RUN --mount=type=bind with rw is not supported: copy what is to change at ${destination}`);
  const tree = await sources.treeOf(mount.from, destination);
  const path = resolvePath("/", mount.source ?? "/");
  const found = tree.lookup(path);
  if (!found) throw new BuildError(`failed to compute cache key: ${JSON.stringify(path)}: not found`);
  const draft = new LayerDraft([], EPOCH);
  const shown = "/shown";
  if (found.node.type === "directory") {
    draft.writeDirectory(shown, found.node);
    copyTree({ source: tree, draft, change: (node) => node }, found, shown);
  } else draft.writeFile(shown, found.node);
  return {
    key: ["bind", destination],
    files: (await draft.written()).map(([path, ...rest]) => [destination + path.slice(shown.length), ...rest]),
    async hold({ machine, randomID }) {
      const name = `mount-${randomID().slice(0, 12)}`;
      machine.layers.publish(name, { root: draft.root });
      const mounts = [bind(`${LAYERS_DIRECTORY}/${name}${shown}`, destination, "ro")];
      const type = found.node.type === "directory" ? "directory" : "file";
      return { mounts, places: [{ path: destination, type }], release: () => machine.layers.withdraw(name) };
    },
  };
}

async function planCache(mount: RunMount, sources: OwnSources): Promise<Part> {
  const destination = targetOf(mount, sources);
  if (mount.from) throw new BuildError("RUN --mount=type=cache with from is not supported: cache mounts begin empty");
  if (mount.uid || mount.gid)
    throw new BuildError("RUN --mount=type=cache with uid or gid is not supported: give mode=0777 instead");
  const id = mount.id ?? destination;
  return {
    key: ["cache", destination, id],
    async hold() {
      const before = sources.held.get(id);
      const taken = before ?? sources.caches.hold(id, mount);
      sources.held.set(id, taken);
      const { directory, release } = await taken;
      const source = mount.source ? resolvePath(directory, `./${mount.source}`) : directory;
      const mounts = [bind(source, destination, mount.readOnly ? "ro" : "rw")];
      return { mounts, places: [{ path: destination, type: "directory" }], ...(!before && { release }) };
    },
  };
}

async function planTmpfs(mount: RunMount, sources: MountSources): Promise<Part> {
  const destination = targetOf(mount, sources);
  const size = mount.sizeBytes ? [`size=${mount.sizeBytes}`] : [];
  const options = ["nosuid", "nodev", ...size];
  return {
    key: ["tmpfs", destination, size],
    hold: async () => ({
      mounts: [{ destination, type: "tmpfs", source: "tmpfs", options }],
      places: [{ path: destination, type: "directory" }],
    }),
  };
}

/** Its contents decide nothing: a secret may change without the step being done again. */
async function planSecret(mount: RunMount, sources: MountSources): Promise<Part> {
  const { target, env, mode = SECRET_MODE, uid = 0, gid = 0 } = mount;
  const id = mount.source ?? mount.id ?? nameOf(target!);
  const path = target ?? (env === undefined ? `${SECRETS}/${nameOf(id)}` : undefined);
  const destination = path && resolvePath(sources.workingDirectory, path);
  const secret = sources.secrets.get(id);
  if (!secret && mount.required) throw new BuildError(`secret ${id}: not found`);
  const text = secret && decodePath(secret);
  return {
    key: ["secret", id, destination, env, mode, uid, gid],
    hold: async () => ({
      ...(text !== undefined &&
        destination && {
          files: [{ path: destination, text, name: `secret-${id.replaceAll("/", "-")}`, mode, uid, gid }],
          places: [{ path: destination, type: "file" }],
        }),
      ...(text !== undefined && env !== undefined && { env: [`${env || id}=${text}`] }),
    }),
  };
}

function bind(source: string, destination: string, access: "ro" | "rw"): Mount {
  return { destination, type: "bind", source, options: ["rbind", access, "rprivate"] };
}

function targetOf({ target = "" }: RunMount, { workingDirectory }: MountSources): string {
  const path = resolvePath(workingDirectory, target);
  if (path === "/") throw new BuildError('invalid mount target "/"');
  return path;
}
