import { keyValues } from "../arguments.js";
import { base, type Expander, type InstructionBase, type InstructionDefinition } from "../definition.js";
import { parseFlags } from "../flags.js";
import { pairs } from "../forms.js";
import type { KeyValue } from "../statement.js";

export interface EnvInstruction extends InstructionBase {
  name: "ENV";
  env: KeyValue[];
}

export const env: InstructionDefinition<EnvInstruction> = {
  summary: "Sets environment variables, for the instructions that follow and for containers.",
  usage: "ENV KEY=VALUE …",
  form: pairs("ENV"),
  parse(statement) {
    parseFlags(statement.flags, {});
    return { ...base("ENV", statement), env: keyValues("ENV", statement) };
  },
  expand(instruction, expand) {
    return { ...instruction, env: expandPairs(instruction.env, expand) };
  },
};

/** All of one line see the variables as they were before it. */
export function expandPairs(list: KeyValue[], expand: Expander): KeyValue[] {
  return list.map((pair) => ({ ...pair, key: expand.word(pair.key), value: expand.word(pair.value) }));
}
