import { exactlyOne } from "../arguments.js";
import { base, type InstructionBase, type InstructionDefinition } from "../definition.js";
import { parseFlags } from "../flags.js";
import { text } from "../forms.js";

export interface UserInstruction extends InstructionBase {
  name: "USER";
  user: string;
}

export const user: InstructionDefinition<UserInstruction> = {
  summary: "Who runs the instructions that follow, and the container.",
  usage: "USER NAME[:GROUP]",
  form: text,
  parse(statement) {
    const name = exactlyOne("USER", statement);
    parseFlags(statement.flags, {});
    return { ...base("USER", statement), user: name };
  },
  expand(instruction, expand) {
    return { ...instruction, user: expand.word(instruction.user) };
  },
};
