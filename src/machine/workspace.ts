import { WORK_DIRECTORY } from "../protocol/page-files.js";
import type { AgentClient } from "../protocol/peer.js";
import { Emitter } from "../shared/disposable.js";
import type { FileData } from "../shared/files/sparse-bytes.js";
import { pathLength } from "../shared/text/path-bytes.js";
import type { Exchange, Workspace, WorkspaceEntry, WorkspaceSeed } from "./machine.js";
import { findFile, namesOf, put, stamp, walkAll } from "./ninep/page-access.js";
import type { Quota } from "./ninep/quota.js";
import { WritableFiles, type WritableNode } from "./ninep/writable-files.js";

/** How long the guest's changes are gathered before they are told. */
const GATHER_MS = 100;

/** The `work` directory, from the page's side. */
export class FileWorkspace implements Workspace {
  readonly files: WritableFiles;
  readonly #exchange: Exchange;
  readonly #changes = new Emitter<string[]>();
  readonly #gathered = new Set<string>();
  /** Paths that the page is changing: what the guest does to them is the page's own doing. */
  readonly #own = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Once the guest runs, it is asked to make changes, because it caches. */
  #agent: AgentClient | null = null;

  constructor(exchange: Exchange, seeds: Iterable<WorkspaceSeed> = [], quota?: Quota) {
    this.files = new WritableFiles(0o755, quota, (path) => this.#noticed(path));
    this.#exchange = exchange;
    const planted = [...seeds];
    for (const seed of planted) plant(this.files, seed);
    for (const { path, mtime } of planted) if (mtime) stamp(this.files, path, mtime);
    this.dispose();
  }

  readonly onChange = this.#changes.event;

  attach(agent: AgentClient): void {
    this.#agent = agent;
  }

  list(): WorkspaceEntry[] {
    return Array.from(walkAll(this.files.root), ([path, node]) => entryOf(path, node)).filter(
      (entry) => entry !== null,
    );
  }

  read(path: string): Uint8Array {
    return findFile(this.files, path).bytes.whole();
  }

  data(path: string): FileData {
    return findFile(this.files, path).bytes.data();
  }

  async write(path: string, bytes: Uint8Array, mode = 0o644): Promise<void> {
    const inside = inWork(path);
    if (!this.#agent) {
      plant(this.files, { type: "file", path, bytes, mode });
      return;
    }
    const exchange = this.#exchange.name();
    this.#exchange.put(exchange, bytes);
    await this.#asOwn(path, this.#agent.call("file.place", { exchange, path: inside, mode }));
  }

  async makeDirectory(path: string): Promise<void> {
    const inside = inWork(path);
    if (!this.#agent) plant(this.files, { type: "directory", path });
    else await this.#asOwn(path, this.#agent.call("file.makeDirectory", { path: inside, mode: 0o755 }));
  }

  async remove(path: string): Promise<void> {
    const inside = inWork(path);
    if (!this.#agent) throw new Error(`${path} cannot be removed before the guest runs`);
    await this.#asOwn(path, this.#agent.call("file.remove", { path: inside, recursive: true }));
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#gathered.clear();
  }

  async #asOwn(path: string, change: Promise<unknown>): Promise<void> {
    const name = namesOf(path).join("/");
    this.#own.add(name);
    try {
      await change;
    } finally {
      this.#own.delete(name);
    }
  }

  #noticed(path: string): void {
    if (this.#own.has(path)) return;
    this.#gathered.add(path);
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      const paths = [...this.#gathered].sort();
      this.#gathered.clear();
      this.#changes.fire(paths);
    }, GATHER_MS);
  }
}

function plant(files: WritableFiles, seed: WorkspaceSeed): void {
  if (seed.type === "file") put(files, seed.path, { type: "file" }, seed.mode ?? 0o644, seed.bytes);
  else if (seed.type === "directory") put(files, seed.path, { type: "directory" }, seed.mode ?? 0o755);
  else put(files, seed.path, { type: "symlink", target: seed.target }, 0o777);
}

function inWork(path: string): string {
  const names = namesOf(path);
  if (names.length === 0) throw new Error(`path ${JSON.stringify(path)} names nothing in the workspace`);
  return [WORK_DIRECTORY, ...names].join("/");
}

/** Devices are not the page's business. */
function entryOf(path: string, node: WritableNode): WorkspaceEntry | null {
  if (node.kind === "device") return null;
  const { uid, gid, mtime, xattrs } = node;
  const attributes = { mode: node.mode & 0o7777, uid, gid, mtime, ...(xattrs && { xattrs }) };
  if (node.kind === "file") return { ...attributes, path, type: "file", size: node.bytes.size };
  if (node.kind === "directory") return { ...attributes, path, type: "directory", size: 0 };
  return { ...attributes, path, type: "symlink", size: pathLength(node.target), target: node.target };
}
