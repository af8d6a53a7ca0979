import { atLeastOne, failure } from "../arguments.js";
import { base, type InstructionBase, type InstructionDefinition } from "../definition.js";
import { parseFlags } from "../flags.js";
import { list } from "../forms.js";

export interface VolumeInstruction extends InstructionBase {
  name: "VOLUME";
  volumes: string[];
}

export const volume: InstructionDefinition<VolumeInstruction> = {
  summary: "Directories that every container keeps in a volume.",
  usage: "VOLUME PATH …",
  form: list,
  parse(statement) {
    const volumes = atLeastOne("VOLUME", statement).map((path) => path.trim());
    parseFlags(statement.flags, {});
    if (volumes.includes("")) throw failure("VOLUME specified can not be an empty string");
    return { ...base("VOLUME", statement), volumes };
  },
  expand(instruction, expand) {
    return { ...instruction, volumes: instruction.volumes.map(expand.word) };
  },
};
