import { atLeastOne } from "../arguments.js";
import { base, type InstructionBase, type InstructionDefinition } from "../definition.js";
import { parseFlags } from "../flags.js";
import { commandLine } from "../forms.js";
import { DockerfileError } from "../source.js";

export interface ShellInstruction extends InstructionBase {
  name: "SHELL";
  shell: string[];
}

export const shell: InstructionDefinition<ShellInstruction> = {
  summary: "The shell for the shell form of RUN, CMD and ENTRYPOINT.",
  usage: 'SHELL ["PROGRAM", "ARGUMENT"…]',
  form: commandLine,
  parse(statement) {
    parseFlags(statement.flags, {});
    const words = atLeastOne("SHELL", statement);
    if (!statement.arguments.isJSON)
      throw new DockerfileError("arguments", "SHELL requires the arguments to be in JSON form");
    return { ...base("SHELL", statement), shell: words };
  },
};
