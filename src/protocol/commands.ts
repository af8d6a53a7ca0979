/**
 * What the page asks of the agent, and what the agent tells the page. This file is the one truth: both ends
 * derive their types from it.
 *
 * A `StreamId` in params names a byte stream that the page has opened on the same channel before the request
 * (the page numbers all streams). Data flows under credit in either direction until `end` or `reset`.
 * Paths are guest paths. A failed command answers with an `AgentFailure`.
 */
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
  /** With a terminal and `joinStdin`: bytes that leave the terminal, told as session.detached. */
  detachKeys?: number[];
  /** Size of a terminal at start. */
  columns?: number;
  rows?: number;
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

/** What a container has of the guest besides its processes: given back when it is deleted. */
export interface Holdings {
  /** Its directory below /sys/fs/cgroup. */
  cgroup: string;
  /** overlayfs's own directory, on the disk. */
  workDirectory?: string;
  /** A directory of the disk that comes to be with this container: deleted at once where the container fails to. */
  newDirectory?: string;
  /** It has a network namespace of its own; `reusable` where nothing in the container could have changed it. */
  network?: "own" | "reusable";
  /** Names of the outer ends of its links, in the guest's own network namespace. */
  links?: string[];
  /** Ports of the guest that lead to it. */
  ports?: PublishedPort[];
  /** Its pid namespace is not its own. */
  sharesPids?: boolean;
  /** It has a memory limit, so that its end may be the limit's doing. */
  limited?: boolean;
}

/** Where TCP connections are taken, and where each leads. IPv4 addresses, or `::` for all of IPv6. */
export interface PublishedPort {
  address: string;
  port: number;
  to: { address: string; port: number };
}

export interface ContainerState {
  id: string;
  status: "created" | "running" | "paused" | "exited";
  /** 0 once it has exited. */
  pid: number;
  exitCode?: number;
  /** Ids of the execs that run. */
  execs: string[];
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
  /** Ends the shell on hvc0 and all that runs in its part of the guest, however fast it multiplies; a new one starts. */
  "machine.renewShell": { params: Record<string, never>; result: Record<string, never> };
  /** Before a save: no shell, no 9P mount, caches dropped, nothing running. */
  "machine.quiesce": { params: Record<string, never>; result: Record<string, never> };
  /** What is at each of these paths of the guest's own; null for nothing. */
  "machine.kinds": { params: { paths: string[] }; result: { kinds: ("file" | "directory" | null)[] } };
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

  /** Deletes what snapshot `key` has on the disk. Nothing is there: nothing is done. */
  "snapshot.remove": { params: { key: string }; result: Record<string, never> };
  /**
   * Lists what the upper directory of `key` changed, as lines of collected-entry.ts on `entries`, parents first and
   * names in no order; regular files' data go to the exchange file `contents`; without it no data and no xattrs are told.
   * `fromDisk`: the snapshot's processes have ended, and large files' data stay where they are on the disk, flushed,
   * which the page reads before it removes the snapshot.
   */
  "snapshot.diff": {
    params: { key: string; entries: StreamId; contents?: string; fromDisk?: boolean };
    result: { entries: number; contentBytes: number };
  };

  /**
   * Makes a container by a list of system calls (shared/birth composes it) and runs its program, or with `waits`
   * leaves it ready to run, as the OCI runtime lifecycle has it. With `tells` its process is not waited for, and
   * tells by its report. The report tells what each call did; `pid` is 0
   * where it tells of a failure, and then nothing is left of the container.
   */
  "container.create": {
    params: {
      id: string;
      calls: Uint8Array;
      stdio: Stdio;
      terminal: boolean;
      waits?: boolean;
      tells?: boolean;
      holds: Holdings;
    };
    result: { pid: number; report: Uint8Array };
  };
  /** Lets a container that waits go on to its program. The report and `pid` as above. */
  "container.start": { params: { id: string }; result: { pid: number; report: Uint8Array } };
  /** To the first process, to an exec, or to all. */
  "container.kill": {
    params: { id: string; exec?: string; signal: number; all?: boolean };
    result: Record<string, never>;
  };
  /** Ends a container that waits, and gives back what a container holds. Can be asked again until it is done. */
  "container.delete": { params: { id: string; snapshot?: string }; result: Record<string, never> };
  /**
   * A further process, by its list of calls; it tells by its report, which with `pid` is as above. `network`: it could
   * change the container's.
   */
  "container.exec": {
    params: { id: string; exec: string; calls: Uint8Array; stdio: Stdio; terminal: boolean; network?: "own" };
    result: { pid: number; report: Uint8Array };
  };
  "container.state": { params: { id: string }; result: ContainerState };
  /** All that are there: what a page that comes back finds. */
  "container.list": { params: Record<string, never>; result: { containers: ContainerState[] } };
  /** Carries out a list of calls that sets limits; Slot.cgroup is the container's. */
  "container.update": { params: { id: string; calls: Uint8Array }; result: { report: Uint8Array } };
  /** A small file as the container's processes see it, at most 1 MiB; nothing where there is none. */
  "container.readFile": { params: { id: string; path: string }; result: { contents?: Uint8Array } };
  "container.resize": {
    params: { id: string; exec?: string; columns: number; rows: number };
    result: Record<string, never>;
  };
  /** Answers when all its processes have stopped, or go on. */
  "container.pause": { params: { id: string; paused: boolean }; result: Record<string, never> };
  "container.usage": { params: { ids: string[] }; result: { usages: ContainerUsage[] } };

  /**
   * Carries out a list of calls on the guest's networks or, with Slot.init its first process, on a container's, which
   * is to give back `links` from now on.
   */
  "network.configure": {
    params: { calls: Uint8Array; container?: { id: string; links: string[] } };
    result: { report: Uint8Array };
  };
  /**
   * What is answered to a `network.question`, each of which needs an answer: an empty one where there is nothing to be
   * said. Does nothing for one that nobody waits for any more.
   */
  "network.answer": { params: { question: number; answer: Uint8Array }; result: Record<string, never> };
  /**
   * A TCP connection to an IPv4 address that the guest can reach: what comes on `input` is sent, what is received goes
   * out on `output`. Answers once it is there. It ends when both have ended, or when `output` is cancelled.
   */
  "network.connect": {
    params: { address: string; port: number; input: StreamId; output: StreamId };
    result: Record<string, never>;
  };

  /** A `docker` command in the guest: joins byte streams to its descriptors. */
  "session.accept": {
    params: { session: number; stdout: StreamId; stderr: StreamId };
    result: Record<string, never>;
  };
  /** From now on the command's stdin is read into `stdin`; with `raw` its terminal is in raw mode meanwhile. */
  "session.read": { params: { session: number; stdin: StreamId; raw?: boolean }; result: Record<string, never> };
  /**
   * Ends the command with this status once what was written to its streams has been passed on: the page ends them
   * first, or the agent waits for two silent seconds. A command that prints little and ends has it here, as the
   * last bytes of one of the two. Does nothing for a command that has gone.
   */
  "session.close": {
    params: { session: number; exitCode: number; stdout?: Uint8Array; stderr?: Uint8Array };
    result: Record<string, never>;
  };

  /** Like snapshot.diff for any directory, whole; `root` may be one file. */
  "tree.collect": {
    params: { root: string; entries: StreamId; contents?: string };
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
  /** A container asks the name server of its network: `query` is a message of RFC 1035. */
  "network.question": { container: string; question: number; query: Uint8Array };
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
  /** The keys that leave the terminal were typed: the process goes on without the command. */
  "session.detached": { session: number };
  "session.resized": { session: number; columns: number; rows: number };
  /** Kernel work that the agent did by itself for `subject` (such as `machine`), in order. */
  "trace.steps": { subject: string; steps: KernelStep[] };
  /** Processes could not be made, because all that are allowed in this part of the guest were there. */
  "machine.processLimit": { part: "containers" | "builds" | "shell"; limit: number };
}

export type AgentEventName = keyof AgentEvents;

/** One system call, or write to a kernel file, that was made. */
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
