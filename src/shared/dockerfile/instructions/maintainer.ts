import { exactlyOne } from "../arguments.js";
import { base, type InstructionBase, type InstructionDefinition } from "../definition.js";
import { parseFlags } from "../flags.js";
import { text } from "../forms.js";

export interface MaintainerInstruction extends InstructionBase {
  name: "MAINTAINER";
  maintainer: string;
}

export const maintainer: InstructionDefinition<MaintainerInstruction> = {
  summary: "The image's author; a label is the way to say it today.",
  usage: "MAINTAINER NAME",
  form: text,
  parse(statement) {
    const name = exactlyOne("MAINTAINER", statement);
    parseFlags(statement.flags, {});
    return { ...base("MAINTAINER", statement), maintainer: name };
  },
};
