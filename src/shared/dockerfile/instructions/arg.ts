import { atLeastOne, failure } from "../arguments.js";
import { base, type InstructionBase, type InstructionDefinition } from "../definition.js";
import { quotedWords } from "../forms.js";

export interface ArgInstruction extends InstructionBase {
  name: "ARG";
  /** `value` is the default; without one the variable is unset unless the build gives it. */
  args: { key: string; value?: string }[];
}

export const arg: InstructionDefinition<ArgInstruction> = {
  summary: "Declares variables that `docker build --build-arg` can set.",
  usage: "ARG NAME[=DEFAULT] …",
  form: quotedWords,
  parse(statement) {
    return { ...base("ARG", statement), args: atLeastOne("ARG", statement).map(parseArg) };
  },
  expand(instruction, expand) {
    const args = instruction.args.map(({ key, value }) => ({
      key: expand.word(key),
      ...(value !== undefined && { value: expand.word(value) }),
    }));
    return { ...instruction, args };
  },
};

function parseArg(word: string): { key: string; value?: string } {
  const equals = word.indexOf("=");
  if (equals === 0) throw failure("ARG names can not be blank");
  return equals < 0 ? { key: word } : { key: word.slice(0, equals), value: word.slice(equals + 1) };
}
