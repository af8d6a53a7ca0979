import { keyValues } from "../arguments.js";
import { base, type InstructionBase, type InstructionDefinition } from "../definition.js";
import { parseFlags } from "../flags.js";
import { pairs } from "../forms.js";
import type { KeyValue } from "../statement.js";
import { expandPairs } from "./env.js";

export interface LabelInstruction extends InstructionBase {
  name: "LABEL";
  labels: KeyValue[];
}

export const label: InstructionDefinition<LabelInstruction> = {
  summary: "Adds metadata to the image.",
  usage: "LABEL KEY=VALUE …",
  form: pairs("LABEL"),
  parse(statement) {
    parseFlags(statement.flags, {});
    return { ...base("LABEL", statement), labels: keyValues("LABEL", statement) };
  },
  expand(instruction, expand) {
    return { ...instruction, labels: expandPairs(instruction.labels, expand) };
  },
};
