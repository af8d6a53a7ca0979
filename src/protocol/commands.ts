/**
 * What the page asks of the agent, and what the agent tells the page. This file is the one truth: both ends
 * derive their types from it.
 *
 * A `StreamId` in params names a byte stream that the page has opened on the same channel before the request
 * (the page numbers all streams). Data flows under credit in either direction until `end` or `reset`.
 * Paths are guest paths. A failed command answers with an `AgentFailure`.
 */
import type { Process, RuntimeSpec } from "../shared/oci/runtime.js";

export type StreamId = number;

/** Container stdio. A member left out is /dev/null for stdin; for output it means the output is thrown away. */
export interface Stdio {
  /** Page to process. */
  stdin?: StreamId;
  /** Process to page. With a terminal, everything the terminal prints. */
  stdout?: StreamId;
  stderr?: StreamId;
  /**
   * A `docker` command waiting in the guest whose own descriptors are joined to the process as well: its output
   * goes there first and to the streams too; `joinStdin` feeds the command's stdin to the process.
   */
  session?: number;
  joinStdin?: boolean;
  /** Size of a terminal at start. */
  columns?: number;
  rows?: number;
}

/** One file of a collected tree; the contents follow each other in one exchange file. */
export interface CollectedEntry {
  /** Relative to the collected root, without a leading slash; empty where the root is one file. */
  path: string;
  type: "file" | "directory" | "symlink" | "hardlink" | "character" | "block" | "fifo" | "whiteout";
  /** Permission bits, with setuid, setgid and sticky: 0o7777. */
  mode: number;
  uid: number;
  gid: number;
  /** Seconds since 1970, fractional. */
  mtime: number;
  /** Files: bytes, found at `offset` of the contents. */
  size?: number;
  offset?: number;
  /** Symlinks: the target. Hard links: the path of an entry that came before. */
  linkname?: string;
  major?: number;
  minor?: number;
  /** Directories of an overlay's upper: everything below in lower layers is hidden. */
  opaque?: boolean;
  /** Values in base64; overlay's own attributes are left out. */
  xattrs?: Record<string, string>;
}

export interface ContainerUsage {
  id: string;
  /** memory.current, memory.max (null: no limit), memory.swap.current, in bytes. */
  memoryBytes: number;
  memoryLimitBytes: number | null;
  memorySwapBytes: number;
  /** inactive_file of memory.stat: what Docker subtracts for MEM USAGE. */
  inactiveFileBytes: number;
  /** usage_usec, user_usec, system_usec of cpu.stat. */
  cpuMicros: number;
  cpuUserMicros: number;
  cpuSystemMicros: number;
  throttledMicros: number;
  pids: number;
  pidsLimit: number | null;
  oomKills: number;
  /** Microseconds on the guest's monotonic clock when these were read. */
  atMicros: number;
}

/** `params` and `result` by command name. */
export interface Commands {
  /** After every restore, before anything else: clock, entropy, 9P mount, swap, then the shell on hvc0. */
  "machine.resume": {
    params: {
      /** Wall clock, milliseconds since 1970. */
      epochMs: number;
      /** Fresh random bytes, hex, at least 32 of them. */
      entropyHex: string;
      columns: number;
      rows: number;
      /** Start an interactive shell on hvc0. */
      shell: boolean;
    };
    result: { kernel: string };
  };
  /** Before a save: no shell, no 9P mount, caches dropped, nothing running. */
  "machine.quiesce": { params: Record<string, never>; result: Record<string, never> };
  /** `epochMs`: the guest's wall clock. */
  "machine.ping": { params: Record<string, never>; result: { uptimeMs: number; epochMs: number } };
  /** Sets the wall clock, milliseconds since 1970. */
  "machine.setClock": { params: { epochMs: number }; result: Record<string, never> };
  "machine.memory": {
    params: Record<string, never>;
    result: { totalBytes: number; freeBytes: number; availableBytes: number; slabBytes: number };
  };
  /** Gives back the disk's blocks that the guest has freed. */
  "machine.trim": { params: Record<string, never>; result: { trimmedBytes: number } };
  /** Sends every byte of `from` back on `to`: for checking the channel. */
  "machine.echo": { params: { from: StreamId; to: StreamId }; result: { bytes: number } };

  /** A process outside any container, in a session of its own; `process.exited` tells its end. */
  "process.spawn": {
    params: { argv: string[]; env: Record<string, string>; cwd: string; stdio: Stdio; terminal: boolean };
    result: { pid: number };
  };
  /** To the process group that the process leads: what a script has started too. */
  "process.signal": { params: { pid: number; signal: number }; result: Record<string, never> };

  /** Mounts an overlay of `layers` (9P names, lowest first) with a new upper directory on the disk. */
  "snapshot.prepare": { params: { key: string; layers: string[] }; result: { root: string } };
  /** Unmounts (when mounted) and deletes the upper directory. */
  "snapshot.remove": { params: { key: string }; result: Record<string, never> };
  /** Unmounts the overlay and keeps the upper directory, or mounts it again. */
  "snapshot.unmount": { params: { key: string }; result: Record<string, never> };
  "snapshot.mount": { params: { key: string }; result: { root: string } };
  /**
   * Lists what the upper directory of `key` changed, as `CollectedEntry` JSON lines on `entries`, parents first,
   * names sorted; regular files' contents go to the exchange file `contents`.
   */
  "snapshot.diff": {
    params: { key: string; entries: StreamId; contents: string };
    result: { entries: number; contentBytes: number };
  };

  /** Two-phase, as the OCI runtime lifecycle: after create the process waits, in its namespaces, to exec. */
  "container.create": {
    params: {
      id: string;
      spec: RuntimeSpec;
      stdio: Stdio;
      /**
       * Small files of the container's own, such as /etc/hosts: written to a directory on the disk and bind-mounted,
       * writable, over `path` of the root (which exists there as a file). `container.delete` removes them.
       */
      files?: { path: string; text: string }[];
    };
    result: { pid: number };
  };
  /** Fails when exec does; the container has ended then, and no `container.exited` follows. */
  "container.start": { params: { id: string }; result: Record<string, never> };
  "container.kill": { params: { id: string; signal: number; all?: boolean }; result: Record<string, never> };
  /** Forgets an ended container: its cgroup goes. */
  "container.delete": { params: { id: string }; result: Record<string, never> };
  "container.exec": {
    params: { id: string; exec: string; process: Process; stdio: Stdio };
    result: { pid: number };
  };
  "container.resize": {
    params: { id: string; exec?: string; columns: number; rows: number };
    result: Record<string, never>;
  };
  "container.pause": { params: { id: string; paused: boolean }; result: Record<string, never> };
  "container.usage": { params: { ids: string[] }; result: { usages: ContainerUsage[] } };

  /** A `docker` command in the guest: joins byte streams to its descriptors. */
  "session.accept": {
    params: { session: number; stdout: StreamId; stderr: StreamId };
    result: Record<string, never>;
  };
  /** From now on the command's stdin is read into `stdin`. */
  "session.read": { params: { session: number; stdin: StreamId }; result: Record<string, never> };
  /**
   * Ends the command with this status once what was written to its streams has been passed on: the page ends them
   * first, or the agent waits for two silent seconds. Does nothing for a command that has gone.
   */
  "session.close": { params: { session: number; exitCode: number }; result: Record<string, never> };

  /** Like snapshot.diff for any directory, whole; `root` may be one file. */
  "tree.collect": {
    params: { root: string; entries: StreamId; contents: string };
    result: { entries: number; contentBytes: number };
  };
  /** Moves the exchange file `exchange` to `path`, making parent directories. */
  "file.place": { params: { exchange: string; path: string; mode: number }; result: Record<string, never> };
  "file.remove": { params: { path: string; recursive: boolean }; result: Record<string, never> };
  "file.makeDirectory": { params: { path: string; mode: number }; result: Record<string, never> };
  /** Flushes what the guest wrote to the page's files. */
  "file.sync": { params: Record<string, never>; result: Record<string, never> };
}

export type CommandName = keyof Commands;
export type Params<C extends CommandName> = Commands[C]["params"];
export type Result<C extends CommandName> = Commands[C]["result"];

/** What the agent tells unasked. */
export interface AgentEvents {
  "process.exited": { pid: number; exitCode: number; signal?: number };
  /** After the container's (or exec's) output has been passed on whole. A signal n gives exit code 128 + n. */
  "container.exited": { id: string; exec?: string; exitCode: number; signal?: number; oomKilled: boolean };
  "session.opened": {
    session: number;
    /** As the command was called: `argv[0]` is `docker`. */
    argv: string[];
    env: Record<string, string>;
    cwd: string;
    /** Which of its descriptors are terminals. */
    terminal: { stdin: boolean; stdout: boolean; stderr: boolean };
    columns: number;
    rows: number;
  };
  /** A signal that the command got; SIGHUP also when it went away. */
  "session.signal": { session: number; signal: number };
  "session.resized": { session: number; columns: number; rows: number };
  /**
   * Kernel work done for `subject` (a container id, snapshot key or `machine`), in order: KernelSteps packed as
   * packed-steps.ts describes.
   */
  "trace.steps": { subject: string; steps: string };
}

export type AgentEventName = keyof AgentEvents;

/** One system call, or write to a kernel file, that the agent made. */
export interface KernelStep {
  /** Name of the call, such as `mount`, `clone3`, `pivot_root`, `write`. */
  call: string;
  /** Arguments as text, such as `overlay on /… lowerdir=…` or `memory.max 209715200`. */
  detail: string;
  /** Microseconds on the guest's monotonic clock, and how long it took. */
  startMicros: number;
  durationMicros: number;
  /** Name such as `ENOENT`, if it failed. */
  error?: string;
}

/** Codes of failed commands: the closed list. */
export type AgentErrorCode =
  | "invalid-params"
  | "unknown-command"
  | "not-found"
  | "already-exists"
  | "wrong-state"
  | "no-such-executable"
  | "not-executable"
  | "no-such-user"
  | "system"
  | "internal";

export interface AgentFailure {
  code: AgentErrorCode;
  /** Lower case, with the value and the path. */
  message: string;
  /** For `system`: the errno's name and the call. */
  errno?: string;
  call?: string;
}

/** First frame of each side. */
export interface Hello {
  protocol: number;
  /** `drydock-agent` or `drydock-page`. */
  name: string;
  /** Sent because the other side said hello; absent when this side has started (anew). */
  answer?: true;
}
