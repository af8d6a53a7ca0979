/**
 * What a `docker` command is given and returns. A command parses its argv, asks the engine through the Docker Engine
 * API, and prints as Docker 28.2 does.
 */
import type { EngineHandler } from "../engine/api/handler.js";
import type { Event } from "../shared/disposable.js";
import type { TarEntry } from "../shared/tar/entry.js";

export interface CommandContext {
  engine: EngineHandler;
  /** After `docker`. */
  argv: readonly string[];
  cwd: string;
  env: Readonly<Record<string, string>>;
  stdout: TextSink;
  stderr: TextSink;
  /** Which of the caller's descriptors are terminals. */
  terminal: { stdin: boolean; stdout: boolean; stderr: boolean };
  size(): { columns: number; rows: number };
  onResize: Event<{ columns: number; rows: number }>;
  /** Signals that the caller got (2, 15, …). */
  onSignal: Event<number>;
  /**
   * The guest session to join a container's stdio to, once what was printed so far is out; absent where the caller is
   * not in the guest.
   */
  joinSession?(): number;
  /** The keys that leave a terminal were typed into a joined one. */
  onDetach?: Event<void>;
  /** The caller's stdin, read on demand; with `raw` every key of its terminal as it is typed. */
  stdin(options?: { raw?: boolean }): ReadableStream<Uint8Array>;
  files: CallerFiles;
  /** `--debug` before the command: say more of what is done. */
  isDebug?: boolean;
}

export interface TextSink {
  write(data: string | Uint8Array): Promise<void>;
}

/** Files where the caller stands. Relative paths are taken from `cwd`. */
export interface CallerFiles {
  /**
   * Files, directories and symlinks of a tree, with paths relative to it; or one file, whose path is "".
   * @throws {Error} like `stat`, naming the path.
   */
  collect(path: string): Promise<TarEntry[]>;
  write(path: string, bytes: Uint8Array, mode?: number): Promise<void>;
  /** What is at `path`, links followed; undefined: nothing. */
  kind(path: string): Promise<"file" | "directory" | undefined>;
  /** Unpacks a tar in a directory that is there, with its modes and links. @throws {Error} in tar's words. */
  unpack(directory: string, tar: Uint8Array): Promise<void>;
}

/** @returns the exit status. */
export type Command = (context: CommandContext) => Promise<number>;
