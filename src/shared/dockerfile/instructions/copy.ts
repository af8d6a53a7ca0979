import { base, type InstructionBase, type InstructionDefinition } from "../definition.js";
import { parseFlags } from "../flags.js";
import { list } from "../forms.js";
import { expandSources, parseSources, type Sources } from "./sources.js";

export interface CopyInstruction extends InstructionBase, Sources {
  name: "COPY";
  /** A stage's name or number, or an image; never expanded. */
  from?: string;
  chown?: string;
  chmod?: string;
  link?: boolean;
  parents?: boolean;
  exclude: string[];
}

export const copy: InstructionDefinition<CopyInstruction> = {
  summary: "Copies files from the build context, another stage or an image.",
  usage: "COPY [--from=STAGE] [--chown=USER:GROUP] [--chmod=MODE] [--exclude=PATTERN] SOURCE… DESTINATION",
  form: list,
  takesHeredocs: true,
  parse(statement) {
    const sources = parseSources("COPY", statement);
    const flags = parseFlags(statement.flags, {
      chown: "string",
      from: "string",
      chmod: "string",
      link: "boolean",
      exclude: "strings",
      parents: "boolean",
    });
    return { ...base("COPY", statement), ...sources, ...flags };
  },
  expand(instruction, expand) {
    const { chown, chmod } = instruction;
    return {
      ...instruction,
      ...expandSources(instruction, expand),
      chown: chown && expand.word(chown),
      chmod: chmod && expand.word(chmod),
    };
  },
};
