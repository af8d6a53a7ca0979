import { type CommandLine, commandLineOf } from "../arguments.js";
import { base, type InstructionBase, type InstructionDefinition } from "../definition.js";
import { parseFlags } from "../flags.js";
import { commandLine } from "../forms.js";
import { heredocText, parseHeredocWord } from "../heredoc.js";
import { DockerfileError } from "../source.js";
import { checkMountSource, parseRunMount, type RunMount } from "./run-mount.js";

export interface RunInstruction extends InstructionBase {
  name: "RUN";
  command: CommandLine;
  /** Values of --mount as written. */
  mounts: string[];
  /** What they mean, once variables are replaced. */
  parsedMounts: RunMount[];
  network?: string;
  security?: string;
}

/** What a RUN has to run, its heredocs put in place. */
export type RunScript =
  | { form: "exec"; argv: string[] }
  | { form: "shell"; script: string }
  /** A heredoc that begins with `#!`: a file to run by itself. */
  | { form: "file"; name: string; contents: string };

export const run: InstructionDefinition<RunInstruction> = {
  summary: "Runs a command in the image made so far; what it changes becomes a layer.",
  usage: 'RUN [--mount=…] COMMAND LINE  or  RUN ["PROGRAM", "ARGUMENT"…]',
  form: commandLine,
  takesHeredocs: true,
  parse(statement) {
    const { mount, ...flags } = parseFlags(statement.flags, {
      mount: "strings",
      network: "string",
      security: "string",
    });
    checkFlags(mount, flags);
    const mounts = { mounts: mount, parsedMounts: [] };
    return { ...base("RUN", statement), command: commandLineOf(statement), ...mounts, ...flags };
  },
  expand(instruction, expand) {
    return { ...instruction, parsedMounts: instruction.mounts.map((mount) => parseRunMount(mount, expand.word)) };
  },
};

function checkFlags(mounts: string[], { network, security }: { network?: string; security?: string }): void {
  for (const mount of mounts) checkMountSource(mount);
  if (network !== undefined && !["default", "none", "host"].includes(network))
    throw new DockerfileError("flag", `invalid network mode ${JSON.stringify(network)}`);
  if (security !== undefined && !["sandbox", "insecure"].includes(security))
    throw new DockerfileError("flag", `security ${JSON.stringify(security)} is not valid`);
}

/** A heredoc that is the whole command is the script; others are handed to the shell as they stand. */
export function runScript({ command, heredocs }: RunInstruction): RunScript {
  const first = heredocs[0];
  if (command.form === "exec" || !first) return command;
  if (parseHeredocWord(command.script)) {
    const contents = heredocText(first);
    return contents.startsWith("#!")
      ? { form: "file", name: first.name, contents }
      : { form: "shell", script: contents };
  }
  const bodies = heredocs.map(({ content, name }) => `\n${content}${name}`);
  return { form: "shell", script: command.script + bodies.join("") };
}
