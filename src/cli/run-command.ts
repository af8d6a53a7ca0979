/** One command: its flags read, its help shown or its work done. */
import type { CommandContext } from "./command.js";
import { arityProblem, type CommandSpec } from "./command-spec.js";
import { EngineClient } from "./engine-client.js";
import { CommandFailure, FlagError } from "./errors.js";
import { signalStatus } from "./exit-status.js";
import { type Flag, type FlagValues, parseFlags } from "./flags.js";
import { signalled } from "./follow-container.js";
import { commandHelp, helpFlags, SHORTHAND, SHORTHAND_NOTICE, usageLine } from "./help.js";
import { asksForNothing, type Refusals } from "./refusals.js";

/** How commands end whose flags cannot be read, or not be honoured. */
export const FLAG_STATUS = 125;

/** `name`: `docker container ls`, as it was called. @returns the exit status. */
export async function runCommand(
  context: CommandContext,
  name: string,
  command: CommandSpec,
  words: readonly string[],
): Promise<number> {
  const { values, positional } = readFlags(name, command, words);
  const notice = values.has(SHORTHAND) ? SHORTHAND_NOTICE : "";
  if (values.on("help") || notice) return print(context, notice + commandHelp(name, command, columnsOf(context)));
  refuseFlags(name, command.flags, values, command.refusals ?? {});
  const problem = arityProblem(name, command.arity, positional.length);
  if (problem !== undefined) {
    const see = problem.includes("at least") && !problem.includes("at most") ? "See" : "Run";
    const usage = usageLine(name, command);
    throw new CommandFailure(`docker: ${problem}\n\n${usage}\n\n${see} '${name} --help' for more information`);
  }
  const abort = new AbortController();
  const client = new EngineClient(context.engine);
  const call = { context, client, name, flags: values, words: positional, signal: abort.signal };
  if (command.ownSignals) return command.run(call);
  const own = signalled(call);
  try {
    return await Promise.race([command.run(call), own.signal.then(signalStatus)]);
  } finally {
    own.dispose();
    abort.abort();
  }
}

function readFlags(name: string, command: CommandSpec, words: readonly string[]) {
  try {
    const stopAtPositional = command.stopAtPositional ?? false;
    return parseFlags(words, [...command.flags, ...helpFlags], { stopAtPositional });
  } catch (error) {
    if (!(error instanceof FlagError)) throw error;
    throw new CommandFailure(usageError(error.message, usageLine(name, command), name), FLAG_STATUS);
  }
}

/** @throws {CommandFailure} naming the first flag that is refused, and the reason. */
export function refuseFlags(name: string, flags: readonly Flag[], values: FlagValues, refusals: Refusals): void {
  const refused = flags.find(
    (flag) =>
      Object.hasOwn(refusals, flag.long) && values.list(flag.long).some((value) => !asksForNothing(flag, value)),
  );
  if (!refused) return;
  const { long } = refused;
  throw new CommandFailure(`${name}: --${long} is not supported by Drydock: ${refusals[long]}`, FLAG_STATUS);
}

export function usageError(problem: string, usage: string, name: string): string {
  return `${problem}\n\n${usage}\n\nRun '${name} --help' for more information`;
}

/** Help is laid out for eighty columns where there is no terminal, and leaves the last one free, as Docker does. */
export function columnsOf(context: CommandContext): number {
  return (context.terminal.stdout ? context.size().columns || 80 : 80) - 1;
}

export async function print(context: CommandContext, text: string): Promise<number> {
  await context.stdout.write(text);
  return 0;
}
