/** `docker …`: finds the command, and turns what goes wrong into text and an exit status. */
import type { CommandContext, TextSink } from "./command.js";
import { COMMON, FURTHER, GROUPS, type Group, UNLISTED_GROUPS } from "./command-table.js";
import { VERSION_LINE } from "./commands/version.js";
import { complete } from "./complete.js";
import { EngineClient } from "./engine-client.js";
import { CommandFailure, FlagError, messageOf } from "./errors.js";
import { signalStatus } from "./exit-status.js";
import { type FlagValues, parseFlags } from "./flags.js";
import { GLOBAL_REFUSALS, globalFlags, ROOT_USAGE, rootHelp } from "./global-flags.js";
import { helpFlags, listHelp, moreHelp, SHORTHAND, SHORTHAND_NOTICE } from "./help.js";
import { REFUSED_GROUPS, REFUSED_PLUGINS, REFUSED_SWARM_GROUPS, type RefusedGroup } from "./refused-groups.js";
import { columnsOf, FLAG_STATUS, print, refuseFlags, runCommand, usageError } from "./run-command.js";

const SIGPIPE = 13;
const HELP_USAGE = "Usage:  docker help [command]";
const COMMANDS = { ...COMMON, ...FURTHER };
const REFUSED: Readonly<Record<string, RefusedGroup>> = { ...REFUSED_GROUPS, ...REFUSED_SWARM_GROUPS };

/** Runs `docker` with `context.argv`. Never throws for what the user did. @returns the exit status. */
export async function runDocker(caller: CommandContext): Promise<number> {
  const context = { ...caller, stdout: watched(caller.stdout), stderr: watched(caller.stderr) };
  try {
    return await dispatch(context);
  } catch (error) {
    if (error instanceof FlagError) {
      const text = usageError(error.message, `Usage:  ${ROOT_USAGE} COMMAND [ARG...]`, "docker");
      return fail(context, new CommandFailure(text, FLAG_STATUS));
    }
    return fail(context, error);
  }
}

async function dispatch(caller: CommandContext): Promise<number> {
  const flags = globalFlags(caller.env);
  const { values, positional } = parseFlags(caller.argv, [...flags, ...helpFlags], { stopAtPositional: true });
  const context = { ...caller, isDebug: values.on("debug") };
  refuseFlags("docker", flags, values, GLOBAL_REFUSALS);
  refuseOtherEngines(values);
  if (values.on("version")) return print(context, `${VERSION_LINE}\n`);
  if (values.has(SHORTHAND)) await context.stderr.write(SHORTHAND_NOTICE);
  const asksHelp = values.on("help") || values.has(SHORTHAND);
  const [first, ...rest] = positional;
  if (first !== undefined) return runNamed(context, first, asksHelp ? ["--help"] : rest);
  const page = rootHelp(context.env, columnsOf(context));
  await (asksHelp ? context.stdout : context.stderr).write(page);
  return 0;
}

function refuseOtherEngines(flags: FlagValues): void {
  const context = flags.text("context") ?? "default";
  if (flags.has("host") || context !== "default")
    throw new CommandFailure("docker: this docker command talks to Drydock's own engine only: leave out -H and -c");
}

async function runNamed(context: CommandContext, name: string, words: readonly string[]): Promise<number> {
  if (name === "help") return help(context, words);
  if (name === "__complete") return printCandidates(context, words);
  if (Object.hasOwn(COMMANDS, name))
    return runCommand(context, `docker ${name}`, COMMANDS[name as keyof typeof COMMANDS], words);
  const group = findGroup(name);
  if (group) return runGroup(context, `docker ${name}`, group, words);
  if (Object.hasOwn(REFUSED_PLUGINS, name)) throw refusal(`docker ${name}`, REFUSED_PLUGINS[name]!);
  if (words.includes("--help")) return print(context, rootHelp(context.env, columnsOf(context)));
  throw new CommandFailure(`docker: unknown command: docker ${name}\n\nRun 'docker --help' for more information`);
}

function findGroup(name: string): Group | RefusedGroup | undefined {
  const groups: Readonly<Record<string, Group | RefusedGroup>> = { ...GROUPS, ...UNLISTED_GROUPS, ...REFUSED };
  return Object.hasOwn(groups, name) ? groups[name] : undefined;
}

async function runGroup(
  context: CommandContext,
  name: string,
  group: Group | RefusedGroup,
  words: readonly string[],
): Promise<number> {
  const usage = `Usage:  ${"usage" in group ? `docker ${group.usage}` : name}`;
  try {
    const { values, positional } = parseFlags(words, helpFlags, { stopAtPositional: true });
    const [first, ...rest] = positional;
    const asksHelp = values.on("help") || values.has(SHORTHAND);
    if (values.has(SHORTHAND)) await context.stdout.write(SHORTHAND_NOTICE);
    if (first === undefined || asksHelp) {
      await (asksHelp ? context.stdout : context.stderr).write(groupHelp(name, group));
      return 0;
    }
    return await runMember(context, name, group, first, rest);
  } catch (error) {
    if (!(error instanceof FlagError)) throw error;
    const status = error instanceof UnknownCommand ? 1 : FLAG_STATUS;
    throw new CommandFailure(usageError(error.message, usage, name), status);
  }
}

class UnknownCommand extends FlagError {}

async function runMember(
  context: CommandContext,
  name: string,
  group: Group | RefusedGroup,
  member: string,
  words: readonly string[],
): Promise<number> {
  const full = `${name} ${member}`;
  if ("reason" in group) {
    if (Object.hasOwn(group.commands, member)) throw refusal(full, group.reason);
  } else {
    const real = Object.hasOwn(group.aliases, member) ? group.aliases[member]! : member;
    if (Object.hasOwn(group.commands, real)) return runCommand(context, full, group.commands[real]!, words);
  }
  if (words.includes("--help")) return print(context, groupHelp(name, group));
  parseFlags(words, helpFlags);
  throw new UnknownCommand(`docker: unknown command: ${full}`);
}

function groupHelp(name: string, group: Group | RefusedGroup): string {
  const commands =
    "reason" in group
      ? Object.fromEntries(Object.entries(group.commands).map(([each, summary]) => [each, { summary }]))
      : group.commands;
  return listHelp(name, group.description ?? group.summary, { Commands: commands }, [moreHelp(name)]);
}

async function help(context: CommandContext, words: readonly string[]): Promise<number> {
  const [first = "", second] = words;
  const flag = words.find((word) => word.startsWith("-"));
  if (flag) throw new CommandFailure(usageError(`unknown flag: ${flag}`, HELP_USAGE, "docker help"), FLAG_STATUS);
  if (words.length === 0) return print(context, rootHelp(context.env, columnsOf(context)));
  const group = findGroup(first);
  const isKnown = group || Object.hasOwn(COMMANDS, first);
  const isMember = group && second !== undefined && Object.hasOwn({ ...group.commands, ...aliasesOf(group) }, second);
  const left = words.slice(isMember ? 2 : isKnown ? 1 : 0);
  if (left.length > 0) throw new CommandFailure(`unknown help topic: ${left.join(" ")}`);
  return runNamed(context, first, [...words.slice(1), "--help"]);
}

/** For the shell; it wants no words of what went wrong. */
async function printCandidates(context: CommandContext, words: readonly string[]): Promise<number> {
  const groups = Object.entries(GROUPS).map(([name, { commands }]) => [name, { flags: [], commands }] as const);
  const tree = { flags: globalFlags(context.env), commands: { ...COMMANDS, ...Object.fromEntries(groups) } };
  const found = await complete(tree, words, new EngineClient(context.engine)).catch(() => []);
  return print(context, found.map((each) => `${each}\n`).join(""));
}

const aliasesOf = (group: Group | RefusedGroup) => ("aliases" in group ? group.aliases : {});

function refusal(name: string, reason: string): CommandFailure {
  return new CommandFailure(`${name} is not supported by Drydock: ${reason}`);
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
