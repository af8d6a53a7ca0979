import { failure } from "../arguments.js";
import { base, type InstructionBase, type InstructionDefinition } from "../definition.js";
import { parseFlags } from "../flags.js";
import { words } from "../forms.js";

export interface FromInstruction extends InstructionBase {
  name: "FROM";
  /** An image, an earlier stage, or `scratch`. */
  image: string;
  /** Lower case, whatever was written: stage names know no case. */
  stage?: string;
  platform?: string;
}

export const from: InstructionDefinition<FromInstruction> = {
  summary: "Begins a stage on a base image or an earlier stage.",
  usage: "FROM [--platform=PLATFORM] IMAGE [AS NAME]",
  form: words,
  parse(statement) {
    const [image, as, name, ...more] = statement.arguments.words;
    const isNamed = as?.toLowerCase() === "as" && name !== undefined && more.length === 0;
    if (image === undefined || (as !== undefined && !isNamed))
      throw failure("FROM requires either one or three arguments");
    const stage = name === undefined ? {} : { stage: stageName(name) };
    const { platform } = parseFlags(statement.flags, { platform: "string" });
    return { ...base("FROM", statement), image, ...stage, platform };
  },
  expand(instruction, expand) {
    const { image, platform } = instruction;
    return { ...instruction, image: expand.word(image), platform: platform && expand.word(platform) };
  },
};

function stageName(name: string): string {
  const lower = name.toLowerCase();
  if (!/^[a-z][a-z0-9\-_.]*$/.test(lower))
    throw failure(
      `invalid name for build stage: ${JSON.stringify(name)}, name can't start with a number or contain symbols`,
    );
  return lower;
}
