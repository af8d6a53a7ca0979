/**
 * Snapshots: the file systems of containers and of build steps, each an overlay of an image's layers with an upper
 * directory of its own on the disk.
 *
 *     <directory>/<key>/{upper,work,merged}   one snapshot
 *     <directory>/.empty                      the lower directory of a snapshot without layers
 *     <directory>/.trash/<n>                  removed, being deleted
 */
import { allowing, Failure } from "../failure.js";
import { MNT_DETACH } from "../system/constants.js";
import { type System, SystemError } from "../system/system.js";
import { removeTree } from "../trees/remove-tree.js";
import { overlayOptions } from "./overlay-options.js";

export interface SnapshotsContext {
  system: System;
  trace(steps: string[]): System;
  report(subject: string, steps: string[]): void;
  directory: string;
  layersDirectory: string;
}

interface Snapshot {
  layers: readonly string[];
  mounted: boolean;
}

/** What is removed is deleted after the answer, and after what usually follows it. */
const REMOVE_AFTER_MS = 100;
const NAME = /^\w[\w.-]*$/;

export class OverlaySnapshots {
  readonly #snapshots = new Map<string, Snapshot>();
  #lastTrash = 0;
  #readied = false;

  constructor(readonly context: SnapshotsContext) {}

  get mounted(): number {
    return [...this.#snapshots.values()].filter(({ mounted }) => mounted).length;
  }

  /** Returns where the overlay is mounted. */
  prepare(key: string, layers: readonly string[]): string {
    if (!NAME.test(key)) throw new Failure("invalid-params", `snapshot key ${key}`);
    for (const name of layers) if (!NAME.test(name)) throw new Failure("invalid-params", `layer name ${name}`);
    if (this.#snapshots.has(key)) throw new Failure("already-exists", `snapshot ${key} exists`);
    this.#ready();
    const { system, directory } = this.context;
    const steps: string[] = [];
    const path = `${directory}/${key}`;
    try {
      system.mkdir(path, 0o700);
      for (const name of ["upper", "work", "merged"]) system.mkdir(`${path}/${name}`, 0o755);
      this.#likeLowerRoot(`${path}/upper`, layers);
      const snapshot = { layers, mounted: false };
      this.#mount(key, snapshot, steps);
      this.#snapshots.set(key, snapshot);
      return this.root(key);
    } catch (error) {
      void removeTree(system, path);
      throw error;
    } finally {
      this.context.report(key, steps);
    }
  }

  mount(key: string): string {
    const snapshot = this.#get(key);
    if (snapshot.mounted) return this.root(key);
    const steps: string[] = [];
    try {
      this.#renewWork(key);
      this.#mount(key, snapshot, steps);
      return this.root(key);
    } finally {
      this.context.report(key, steps);
    }
  }

  unmount(key: string): void {
    const snapshot = this.#get(key);
    if (!snapshot.mounted) return;
    const steps: string[] = [];
    unmountNow(this.context.trace(steps), this.root(key));
    snapshot.mounted = false;
    this.context.report(key, steps);
  }

  /** The files go later, in the background. */
  remove(key: string): void {
    this.unmount(key);
    this.#snapshots.delete(key);
    this.#discard(`${this.context.directory}/${key}`);
  }

  /** What the snapshot changed. */
  upper(key: string): string {
    this.#get(key);
    return `${this.context.directory}/${key}/upper`;
  }

  root(key: string): string {
    return `${this.context.directory}/${key}/merged`;
  }

  #get(key: string): Snapshot {
    const snapshot = this.#snapshots.get(key);
    if (!snapshot) throw new Failure("not-found", `snapshot ${key} is not there`);
    return snapshot;
  }

  /** Also clears what an agent before this one left. */
  #ready(): void {
    if (this.#readied) return;
    const { system, directory } = this.context;
    for (const path of [directory, `${directory}/.empty`, `${directory}/.trash`])
      allowing(["EEXIST"], () => system.mkdir(path, 0o755));
    for (const name of system.readdir(`${directory}/.trash`)) void removeTree(system, `${directory}/.trash/${name}`);
    for (const name of system.readdir(directory)) {
      if (name.startsWith(".")) continue;
      allowing(["EINVAL", "ENOENT"], () => system.umount(`${directory}/${name}/merged`, MNT_DETACH));
      this.#discard(`${directory}/${name}`);
    }
    this.#readied = true;
  }

  /** A volatile overlay's work directory refuses to be used twice, since after a crash it could not be trusted. */
  #renewWork(key: string): void {
    const work = `${this.context.directory}/${key}/work`;
    this.#discard(work);
    this.context.system.mkdir(work, 0o755);
  }

  /** Out of the way now, deleted when there is time. */
  #discard(path: string): void {
    const { system, directory } = this.context;
    const trash = `${directory}/.trash/${system.monotonicMicros()}-${++this.#lastTrash}`;
    system.rename(path, trash);
    system.setTimer(REMOVE_AFTER_MS, () => void removeTree(system, trash));
  }

  /** An overlay's root directory has the upper's mode and owner, which should be the image's. */
  #likeLowerRoot(upper: string, layers: readonly string[]): void {
    const top = layers.at(-1);
    if (top === undefined) return;
    const { system, layersDirectory } = this.context;
    const { mode, uid, gid } = system.lstat(`${layersDirectory}/${top}`);
    if ((mode & 0o7777) !== 0o755) system.chmod(upper, mode & 0o7777);
    if (uid !== 0 || gid !== 0) system.lchown(upper, uid, gid);
  }

  #mount(key: string, snapshot: Snapshot, steps: string[]): void {
    const { system, layersDirectory, directory } = this.context;
    const path = `${directory}/${key}`;
    const { layers } = snapshot;
    const options =
      layers.length > 0
        ? overlayOptions(layersDirectory, layers, `${path}/upper`, `${path}/work`)
        : overlayOptions(directory, [".empty"], `${path}/upper`, `${path}/work`);
    if (options.directory) system.chdir(options.directory);
    try {
      this.context.trace(steps).mount("overlay", `${path}/merged`, "overlay", 0, options.data);
    } finally {
      if (options.directory) system.chdir("/");
    }
    snapshot.mounted = true;
  }
}

/** A mount that something still holds is taken out of sight, and goes when it is let go. */
function unmountNow(system: System, path: string): void {
  try {
    system.umount(path, 0);
  } catch (error) {
    if (!(error instanceof SystemError) || error.errno !== "EBUSY") throw error;
    system.umount(path, MNT_DETACH);
  }
}
