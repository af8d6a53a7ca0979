import { atLeastOne, failure } from "../arguments.js";
import { base, type InstructionBase, type InstructionDefinition } from "../definition.js";
import { parseFlags } from "../flags.js";
import { nested } from "../forms.js";

export interface OnbuildInstruction extends InstructionBase {
  name: "ONBUILD";
  /** The held-back instruction as text, heredocs included; parsed again when it is triggered. */
  expression: string;
}

export const onbuild: InstructionDefinition<OnbuildInstruction> = {
  summary: "An instruction for the images that will be built on this one.",
  usage: "ONBUILD INSTRUCTION",
  form: nested,
  parse(statement) {
    const trigger = atLeastOne("ONBUILD", statement)[0]!.trim().toUpperCase();
    parseFlags(statement.flags, {});
    if (trigger === "ONBUILD") throw failure("Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed");
    if (trigger === "MAINTAINER" || trigger === "FROM") throw failure(`${trigger} isn't allowed as an ONBUILD trigger`);
    const line = statement.code.replace(/^\s*ONBUILD\s*/i, "");
    const bodies = statement.heredocs.map(({ content, name }) => `\n${content}${name}`);
    return { ...base("ONBUILD", statement), expression: line + bodies.join("") };
  },
};
