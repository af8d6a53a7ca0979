import { exactlyOne } from "../arguments.js";
import { base, type InstructionBase, type InstructionDefinition } from "../definition.js";
import { text } from "../forms.js";

export interface StopsignalInstruction extends InstructionBase {
  name: "STOPSIGNAL";
  /** A name or a number. */
  signal: string;
}

export const stopsignal: InstructionDefinition<StopsignalInstruction> = {
  summary: "The signal that `docker stop` sends first.",
  usage: "STOPSIGNAL SIGNAL",
  form: text,
  parse(statement) {
    return { ...base("STOPSIGNAL", statement), signal: exactlyOne("STOPSIGNAL", statement) };
  },
  expand(instruction, expand) {
    return { ...instruction, signal: expand.word(instruction.signal) };
  },
};
