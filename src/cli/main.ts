/** `docker …`: finds the command, reads its flags, runs it, and turns what goes wrong into text and an exit status. */
import type { CommandContext, TextSink } from "./command.js";
import { arityProblem, type CommandSpec } from "./command-spec.js";
import { COMMON, FURTHER, GROUPS, type Group } from "./command-table.js";
import { VERSION_LINE } from "./commands/version.js";
import { EngineClient } from "./engine-client.js";
import { CommandFailure, FlagError, messageOf } from "./errors.js";
import { signalStatus } from "./exit-status.js";
import { boolFlag, type Flag, type FlagValues, parseFlags, textFlag } from "./flags.js";
import { signalled } from "./follow-container.js";
import { commandHelp, commandLines, flagLines, helpFlag, usageLine } from "./help.js";
import { UNSUPPORTED } from "./unsupported.js";

const GLOBAL_FLAGS: readonly Flag[] = [
  textFlag("config", "Folder of the client's settings: not used here"),
  textFlag("context", "Engine to talk to: default is the only one", { short: "c" }),
  boolFlag("debug", "Say more of what is done", { short: "D" }),
  { long: "host", short: "H", type: "list", many: true, help: "Engine to talk to: only this page's own" },
  textFlag("log-level", "What to log: debug, info, warn, error, fatal", { short: "l", default: '"info"' }),
  boolFlag("version", "Print the version", { short: "v" }),
];

const ROOT_USAGE = "docker [OPTIONS] COMMAND";
const FLAG_STATUS = 125;
const SIGPIPE = 13;

/** Runs `docker` with `context.argv`. Never throws for what the user did. @returns the exit status. */
export async function runDocker(caller: CommandContext): Promise<number> {
  const context = { ...caller, stdout: watched(caller.stdout), stderr: watched(caller.stderr) };
  try {
    const { values, positional } = parseFlags(context.argv, [...GLOBAL_FLAGS, helpFlag], { stopAtPositional: true });
    return await dispatch({ ...context, isDebug: values.on("debug") }, values, positional);
  } catch (error) {
    if (error instanceof FlagError) {
      const text = usageError(error.message, `Usage:  ${ROOT_USAGE} [ARG...]`, "docker");
      return fail(context, new CommandFailure(text, FLAG_STATUS));
    }
    return fail(context, error);
  }
}

async function dispatch(context: CommandContext, flags: FlagValues, words: readonly string[]): Promise<number> {
  refuseOtherEngines(flags);
  if (flags.on("version")) return print(context, `${VERSION_LINE}\n`);
  const asksHelp = flags.on("help");
  const [first, ...rest] = words;
  if (first === undefined) {
    const sink = asksHelp ? context.stdout : context.stderr;
    await sink.write(rootHelp(context));
    return 0;
  }
  if (first === "help") return help(context, rest);
  const command = { ...COMMON, ...FURTHER }[first as keyof typeof COMMON | keyof typeof FURTHER];
  if (command) return runCommand(context, `docker ${first}`, command, asksHelp ? ["--help"] : rest);
  if (Object.hasOwn(GROUPS, first)) return runGroup(context, first, asksHelp ? ["--help"] : rest);
  if (Object.hasOwn(UNSUPPORTED, first)) throw unsupported(`docker ${first}`);
  throw new CommandFailure(`docker: unknown command: docker ${first}\n\nRun 'docker --help' for more information`);
}

function refuseOtherEngines(flags: FlagValues): void {
  const context = flags.text("context") ?? "default";
  if (flags.has("host") || context !== "default")
    throw new CommandFailure("docker: this docker command talks to Drydock's own engine only: leave out -H and -c");
}

async function runGroup(context: CommandContext, name: string, words: readonly string[]): Promise<number> {
  const group: Group = GROUPS[name as keyof typeof GROUPS];
  const full = `docker ${name}`;
  try {
    const { values, positional } = parseFlags(words, [helpFlag], { stopAtPositional: true });
    const [first, ...rest] = positional;
    if (first === undefined || values.on("help")) {
      const sink = values.on("help") ? context.stdout : context.stderr;
      await sink.write(groupHelp(full, group));
      return 0;
    }
    const real = Object.hasOwn(group.aliases, first) ? group.aliases[first]! : first;
    const command = Object.hasOwn(group.commands, real) ? group.commands[real] : undefined;
    if (command) return await runCommand(context, `${full} ${first}`, command, rest);
    if (group.unsupported.includes(first)) throw unsupported(`${full} ${first}`);
    throw new FlagError(`docker: unknown command: ${full} ${first}`);
  } catch (error) {
    if (!(error instanceof FlagError)) throw error;
    const isUnknownCommand = error.message.startsWith("docker: ");
    throw new CommandFailure(
      usageError(error.message, `Usage:  docker ${group.usage}`, full),
      isUnknownCommand ? 1 : FLAG_STATUS,
    );
  }
}

async function runCommand(
  context: CommandContext,
  name: string,
  command: CommandSpec,
  words: readonly string[],
): Promise<number> {
  const usage = usageLine(name, command);
  const { values, positional } = readCommandFlags(name, command, words);
  if (values.on("help")) return print(context, commandHelp(name, command, columnsOf(context)));
  const problem = arityProblem(name, command.arity, positional.length);
  if (problem !== undefined) {
    const see = problem.includes("at least") && !problem.includes("at most") ? "See" : "Run";
    throw new CommandFailure(`docker: ${problem}\n\n${usage}\n\n${see} '${name} --help' for more information`);
  }
  const abort = new AbortController();
  const call = {
    context,
    client: new EngineClient(context.engine),
    name,
    flags: values,
    words: positional,
    signal: abort.signal,
  };
  if (command.ownSignals) return command.run(call);
  const own = signalled(call);
  try {
    return await Promise.race([command.run(call), own.signal.then(signalStatus)]);
  } finally {
    own.dispose();
    abort.abort();
  }
}

function readCommandFlags(name: string, command: CommandSpec, words: readonly string[]) {
  const unsupportedFlags = (command.unsupportedFlags ?? []).map(
    (long): Flag => ({
      long,
      help: "",
      hidden: true,
      type: "unsupported",
    }),
  );
  const stopAtPositional = command.stopAtPositional ?? false;
  try {
    const parsed = parseFlags(words, [...command.flags, ...unsupportedFlags, helpFlag], { stopAtPositional });
    const refused = unsupportedFlags.find(({ long }) => parsed.values.has(long));
    if (refused) throw new CommandFailure(`${name}: --${refused.long} is not supported by Drydock yet`, FLAG_STATUS);
    return parsed;
  } catch (error) {
    if (!(error instanceof FlagError)) throw error;
    throw new CommandFailure(usageError(error.message, usageLine(name, command), name), FLAG_STATUS);
  }
}

async function help(context: CommandContext, words: readonly string[]): Promise<number> {
  if (words.length === 0) return print(context, rootHelp(context));
  const [first = ""] = words;
  const isKnown = Object.hasOwn({ ...COMMON, ...FURTHER, ...GROUPS }, first);
  if (!isKnown) throw new CommandFailure(`unknown help topic: ${words.join(" ")}`);
  return runDocker({ ...context, argv: [...words, "--help"] });
}

function usageError(problem: string, usage: string, name: string): string {
  return `${problem}\n\n${usage}\n\nRun '${name} --help' for more information`;
}

function unsupported(name: string): CommandFailure {
  return new CommandFailure(`${name}: not supported by Drydock yet`);
}

function groupHelp(name: string, { summary, commands }: Group): string {
  const lines = commandLines(Object.entries(commands).map(([each, spec]) => [each, spec.summary] as const));
  return `Usage:  ${name} COMMAND\n\n${summary}\n\nCommands:\n${lines}\n\nRun '${name} COMMAND --help' for more information on a command.\n`;
}

function rootHelp(context: CommandContext): string {
  const section = (heading: string, entries: Record<string, { summary: string }>) =>
    `${heading}:\n${commandLines(Object.entries(entries).map(([name, { summary }]) => [name, summary] as const))}\n`;
  const missing = Object.keys(UNSUPPORTED).sort().join(", ");
  return [
    `Usage:  ${ROOT_USAGE}\n`,
    "Drydock's docker: containers on the Linux machine of this page\n",
    section("Common Commands", COMMON),
    section("Management Commands", GROUPS),
    section("Commands", FURTHER),
    `Global Options:\n${flagLines(GLOBAL_FLAGS, columnsOf(context))}\n`,
    `Not supported by Drydock yet: ${missing}\n`,
    "Run 'docker COMMAND --help' for more information on a command.\n",
  ].join("\n");
}

/** Help is laid out for eighty columns where there is no terminal. */
function columnsOf(context: CommandContext): number {
  return context.terminal.stdout ? context.size().columns || 80 : 80;
}

async function print(context: CommandContext, text: string): Promise<number> {
  await context.stdout.write(text);
  return 0;
}

/** Nobody reads what is written any more, as when a pipe is closed: the command ends without a word. */
class OutputGone extends Error {}

function watched(sink: TextSink): TextSink {
  return {
    write: (data) =>
      sink.write(data).catch((cause) => {
        throw new OutputGone("output gone", { cause });
      }),
  };
}

async function fail(context: CommandContext, error: unknown): Promise<number> {
  if (error instanceof OutputGone) return signalStatus(SIGPIPE);
  const message = messageOf(error);
  if (message !== "") await context.stderr.write(`${message}\n`).catch(() => {});
  return error instanceof CommandFailure ? error.status : 1;
}
