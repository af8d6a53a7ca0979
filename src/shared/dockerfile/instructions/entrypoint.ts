import { type CommandLine, commandLineOf } from "../arguments.js";
import { base, type InstructionBase, type InstructionDefinition } from "../definition.js";
import { parseFlags } from "../flags.js";
import { commandLine } from "../forms.js";

export interface EntrypointInstruction extends InstructionBase {
  name: "ENTRYPOINT";
  command: CommandLine;
}

export const entrypoint: InstructionDefinition<EntrypointInstruction> = {
  summary: "The program that a container always runs; CMD and the command line become its arguments.",
  usage: 'ENTRYPOINT ["PROGRAM", "ARGUMENT"…]  or  ENTRYPOINT COMMAND LINE',
  form: commandLine,
  parse(statement) {
    parseFlags(statement.flags, {});
    return { ...base("ENTRYPOINT", statement), command: commandLineOf(statement) };
  },
};
