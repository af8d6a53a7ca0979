import { base, type InstructionBase, type InstructionDefinition } from "../definition.js";
import { parseFlags } from "../flags.js";
import { list } from "../forms.js";
import { expandSources, parseSources, type Sources } from "./sources.js";

export interface AddInstruction extends InstructionBase, Sources {
  name: "ADD";
  chown?: string;
  chmod?: string;
  checksum?: string;
  link?: boolean;
  keepGitDir?: boolean;
  unpack?: boolean;
  exclude: string[];
}

export const add: InstructionDefinition<AddInstruction> = {
  summary: "Copies files into the image; unpacks local tar archives.",
  usage: "ADD [--chown=USER:GROUP] [--chmod=MODE] [--exclude=PATTERN] SOURCE… DESTINATION",
  form: list,
  takesHeredocs: true,
  parse(statement) {
    const sources = parseSources("ADD", statement);
    const flags = parseFlags(statement.flags, {
      chown: "string",
      chmod: "string",
      link: "boolean",
      "keep-git-dir": "boolean",
      checksum: "string",
      unpack: "boolean",
      exclude: "strings",
    });
    const { "keep-git-dir": keepGitDir, ...rest } = flags;
    return { ...base("ADD", statement), ...sources, ...rest, keepGitDir };
  },
  expand(instruction, expand) {
    const { chown, chmod, checksum } = instruction;
    return {
      ...instruction,
      ...expandSources(instruction, expand),
      chown: chown && expand.word(chown),
      chmod: chmod && expand.word(chmod),
      checksum: checksum && expand.word(checksum),
    };
  },
};
