import { type CommandLine, commandLineOf } from "../arguments.js";
import { base, type InstructionBase, type InstructionDefinition } from "../definition.js";
import { parseFlags } from "../flags.js";
import { commandLine } from "../forms.js";

export interface CmdInstruction extends InstructionBase {
  name: "CMD";
  command: CommandLine;
}

export const cmd: InstructionDefinition<CmdInstruction> = {
  summary: "The command that a container runs unless told another, or ENTRYPOINT's default arguments.",
  usage: 'CMD ["PROGRAM", "ARGUMENT"…]  or  CMD COMMAND LINE',
  form: commandLine,
  parse(statement) {
    parseFlags(statement.flags, {});
    return { ...base("CMD", statement), command: commandLineOf(statement) };
  },
};
