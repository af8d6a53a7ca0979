/** What one `docker` command is: its usage, flags and number of words, and the function that does it. */
import type { CommandContext } from "./command.js";
import type { EngineClient } from "./engine-client.js";
import type { Flag, FlagValues } from "./flags.js";
import type { Refusals } from "./refusals.js";

export interface CommandSpec {
  /** What follows the command's name in its usage: `[OPTIONS] CONTAINER`. */
  usage: string;
  /** Further usages, of `cp`. */
  moreUsage?: string;
  /** One line, for lists of commands. */
  summary: string;
  /** What the help page says instead of the summary. */
  description?: string;
  /** All its full names, without `docker`, if there are several. */
  aliases?: readonly string[];
  arity: Arity;
  flags: readonly Flag[];
  /** Why some of the flags are refused. */
  refusals?: Refusals;
  /** Flags end at the first positional word. */
  stopAtPositional?: boolean;
  /** The command deals with signals itself; otherwise SIGHUP, SIGINT and SIGTERM end it. */
  ownSignals?: boolean;
  run(call: Call): Promise<number>;
}

/** One use of a command. */
export interface Call {
  context: CommandContext;
  client: EngineClient;
  /** As it was called: `docker image ls`. */
  name: string;
  flags: FlagValues;
  words: string[];
  /** Aborted when a signal ends the command. */
  signal: AbortSignal;
}

export interface Arity {
  least: number;
  /** undefined: any number. */
  most?: number;
}

export const exactly = (count: number): Arity => ({ least: count, most: count });
export const atLeast = (least: number): Arity => ({ least });
export const atMost = (most: number): Arity => ({ least: 0, most });
export const between = (least: number, most: number): Arity => ({ least, most });
export const none: Arity = exactly(0);

/** Docker's words for a wrong number of words; undefined if `count` is right. */
export function arityProblem(name: string, { least, most }: Arity, count: number): string | undefined {
  if (count >= least && (most === undefined || count <= most)) return undefined;
  const words = (n: number) => `${n} argument${n === 1 ? "" : "s"}`;
  if (most === 0) return `'${name}' accepts no arguments`;
  if (least === most) return `'${name}' requires ${words(least)}`;
  if (most === undefined) return `'${name}' requires at least ${words(least)}`;
  if (least === 0) return `'${name}' requires at most ${words(most)}`;
  return `'${name}' requires at least ${least} and at most ${words(most)}`;
}
