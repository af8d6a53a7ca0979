import { atLeastOne } from "../arguments.js";
import { base, type InstructionBase, type InstructionDefinition } from "../definition.js";
import { parseFlags } from "../flags.js";
import { words } from "../forms.js";

export interface ExposeInstruction extends InstructionBase {
  name: "EXPOSE";
  /** `80`, `80/udp`, `8000-8010`: sorted as written; see parseExposedPort. */
  ports: string[];
}

export const expose: InstructionDefinition<ExposeInstruction> = {
  summary: "Notes the ports that a container listens on.",
  usage: "EXPOSE PORT[/PROTOCOL] …",
  form: words,
  parse(statement) {
    const ports = atLeastOne("EXPOSE", statement).toSorted();
    parseFlags(statement.flags, {});
    return { ...base("EXPOSE", statement), ports };
  },
  expand(instruction, expand) {
    const ports = instruction.ports.flatMap((port) => expand.word(port).split(/\s+/).filter(Boolean));
    return { ...instruction, ports };
  },
};
