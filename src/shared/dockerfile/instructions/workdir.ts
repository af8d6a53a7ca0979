import { exactlyOne } from "../arguments.js";
import { base, type InstructionBase, type InstructionDefinition } from "../definition.js";
import { parseFlags } from "../flags.js";
import { text } from "../forms.js";

export interface WorkdirInstruction extends InstructionBase {
  name: "WORKDIR";
  path: string;
}

export const workdir: InstructionDefinition<WorkdirInstruction> = {
  summary: "The directory for the instructions that follow, and for the container; made if it is missing.",
  usage: "WORKDIR PATH",
  form: text,
  parse(statement) {
    const path = exactlyOne("WORKDIR", statement);
    parseFlags(statement.flags, {});
    return { ...base("WORKDIR", statement), path };
  },
  expand(instruction, expand) {
    return { ...instruction, path: expand.word(instruction.path) };
  },
};
