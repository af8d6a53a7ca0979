/**
 * The machine: a guest under v86, restored from a saved state, in a Worker or in Node alike.
 *
 * Words. A *VM image* is the folder that `drydock image` makes: saved state and manifest. The *guest* is what runs in
 * the machine. The *agent* is the guest's daemon, reached over the channel, a virtio port. *Page files* are what the guest sees over 9P:
 * `/run/drydock/page/layers/<name>` read-only trees, `…/exchange` for passing blobs, `…/work` the workspace, which the
 * guest also sees at /root/work.
 */
import type { AgentClient } from "../protocol/peer.js";
import type { Disposable, Event } from "../shared/disposable.js";
import type { FileAttributes, FileTime } from "../shared/files/file-attributes.js";
import type { FileData } from "../shared/files/sparse-bytes.js";
import type { ReadOnlyTree } from "./ninep/tree.js";

export interface Machine extends Disposable {
  readonly agent: AgentClient;
  readonly terminal: MachineTerminal;
  readonly layers: LayerShelf;
  readonly exchange: Exchange;
  readonly workspace: Workspace;
  readonly disk: Disk;
  /** `hung` when the agent has not answered a ping for `timeoutMs`; `dead` when the kernel panicked or v86 stopped. */
  readonly onHealth: Event<MachineHealth>;
  readonly health: MachineHealth;
  /**
   * What the guest cannot be told, or does not pass on: why a layer's file could not be read, a malformed 9P message,
   * what is full and what to do. One line each.
   */
  readonly onMessage: Event<string>;
  /** Figures for benchmarks and leak tests. */
  figures(): MachineFigures;
  /** v86's saved state, zstd not applied. The agent must have been quiesced. */
  save(): Promise<ArrayBuffer>;
}

export type MachineHealth =
  | { state: "running" }
  | { state: "hung"; message: string }
  | { state: "dead"; message: string };

export interface MachineFigures {
  /** Bytes of the sparse disks that are held in the page's memory. */
  diskBytes: number;
  /** Bytes of the workspace's files, and of what is on its way between page and guest. */
  workspaceBytes: number;
  exchangeBytes: number;
  /** Open 9P fids. */
  fids: number;
  /** Open streams on the agent's channel. */
  streams: number;
  /** Instructions that the guest has run since the machine was restored or booted; never falls. */
  instructions: number;
  /** Modules that v86 has compiled of the guest's code, and how often it had no more room and threw all away. */
  compiled: { modules: number; thrownAway: number };
}

/** hvc0, as bytes. */
export interface MachineTerminal {
  write(bytes: Uint8Array): void;
  readonly onData: Event<Uint8Array>;
  resize(columns: number, rows: number): void;
  /** Ends the shell and all that it has started; a new one takes its place. */
  renew(): Promise<void>;
}

/** Layer trees by name (short, no slash), seen by the guest below `layers/`. */
export interface LayerShelf {
  publish(name: string, tree: ReadOnlyTree): void;
  withdraw(name: string): void;
  /** A file of a layer was opened by the guest for the first time. */
  readonly onRead: Event<{ layer: string; path: string }>;
}

/** Blobs passed between page and guest by name; one side puts, the other takes. */
export interface Exchange {
  /** A name never used before. */
  name(): string;
  put(name: string, bytes: Uint8Array): void;
  /** Takes the file away. @throws {Error} naming it, if there is none. */
  take(name: string): Uint8Array;
}

/** The guest's disk as its last write left it: what the guest holds back in its caches is not there. */
export interface Disk {
  /** Fills `bytes` with what is at `offset`. @throws {RangeError} beyond the disk's end. */
  read(offset: number, bytes: Uint8Array): void;
}

/** The workspace's files as last written by either side. Paths are relative, `/`-separated. */
export interface Workspace {
  list(): WorkspaceEntry[];
  /** @throws {RangeError} for a file that memory cannot hold with its holes. */
  read(path: string): Uint8Array;
  /** Like `read`, without the holes of a file that has large ones. */
  data(path: string): FileData;
  /**
   * Page-side change. Before the guest runs it fills the tree directly; afterwards it goes through the guest's kernel
   * (exchange file, then rename), so that the guest's caches stay true.
   */
  write(path: string, bytes: Uint8Array, mode?: number): Promise<void>;
  makeDirectory(path: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** Paths changed by the guest, gathered for a short while. */
  readonly onChange: Event<string[]>;
}

export interface WorkspaceEntry extends FileAttributes {
  path: string;
  type: "file" | "directory" | "symlink";
  size: number;
  target?: string;
}

export interface MachineOptions {
  /** v86.wasm: compiled (browser), or its path (Node). */
  wasm: string | Promise<WebAssembly.Module>;
  /** As `save` gives it, or as an image ships it. */
  state: ArrayBuffer | PackedState;
  /** Must equal the VM image's. */
  memoryBytes: number;
  columns: number;
  rows: number;
  /** Start the interactive shell on hvc0. */
  shell: boolean;
  /** Files that the workspace starts with. */
  workspace?: Iterable<WorkspaceSeed>;
  /** How long the agent may be silent before health is `hung`. Default 20,000. */
  timeoutMs?: number;
}

/** A saved state as an image ships it: its calls named by place (call-filter.ts), then zstd. */
export interface PackedState {
  packed: ArrayBuffer;
  rawBytes: number;
}

/** What the workspace starts with; parents that are left out are made. Default modes 0644 and 0755, default time: now. */
export type WorkspaceSeed = { path: string; mtime?: FileTime } & (
  | { type: "file"; bytes: FileData; mode?: number }
  | { type: "directory"; mode?: number }
  | { type: "symlink"; target: string }
);
