import { expandWith, type Instruction } from "./instructions/instructions.js";
import { expandWord } from "./shell-lexer.js";
import { type EscapeCharacter, located } from "./source.js";

/**
 * `instruction` with its variables replaced, where its kind replaces any: not in RUN, CMD and ENTRYPOINT, whose shell
 * does that itself.
 * @param lookup the value of a variable; undefined if it is not set.
 * @throws {DockerfileError} `expansion`, with the instruction's lines.
 */
export function expandInstruction<I extends Instruction>(
  instruction: I,
  lookup: (name: string) => string | undefined,
  escapeToken: EscapeCharacter,
): I {
  return located(instruction.range, () =>
    expandWith(instruction, {
      word: (text) => expandWord(text, { lookup, escapeToken }).text,
      // The lexer of heredocs knows only the backslash, whatever the directive says.
      raw: (text) => expandWord(text, { lookup, ignoreQuotes: true }).text,
    }),
  );
}
