/**
 * Katacoda's quizzes: a line `>>question<<`, then `(*) right` and `( ) wrong` for one answer, `[*]` and `[ ]` for any
 * number, `=== text` for a text to type, `=~= text` for one that it must contain.
 */
import type { StateBlock } from "markdown-it";
import type { Quiz } from "./nodes.js";

const ANSWER = /^(===|=~=)(.+)$/;
const CHOICE = /^(?:[-*] +)?([([])([ *xX])[)\]](.+)$/;

/** A rule for markdown-it's block parser; the token's `meta` is the node. */
export function quizRule(state: StateBlock, startLine: number, endLine: number, silent: boolean): boolean {
  const lineAt = (line: number) =>
    line < endLine ? state.getLines(line, line + 1, state.blkIndent, false).trim() : "";
  const question = lineAt(startLine);
  if (!question.startsWith(">>") || !question.endsWith("<<")) return false;
  const first = startLine + (lineAt(startLine + 1) === "" ? 2 : 1);
  const lines: string[] = [];
  for (let line = first; ANSWER.test(lineAt(line)) || CHOICE.test(lineAt(line)); line++) lines.push(lineAt(line));
  const quiz = quizOf(question.slice(2, -2).trim(), lines);
  if (!quiz) return false;
  if (silent) return true;
  const token = state.push("quiz", "", 0);
  token.meta = quiz;
  state.line = first + lines.length;
  token.map = [startLine, state.line];
  return true;
}

function quizOf(question: string, lines: readonly string[]): Quiz | undefined {
  const answer = lines.map((line) => ANSWER.exec(line)).find((match) => match);
  if (answer)
    return { type: "quiz", question, kind: answer[1] === "===" ? "exact" : "contains", answer: answer[2]!.trim() };
  const choices = lines.map((line) => CHOICE.exec(line)!);
  if (choices.length === 0) return undefined;
  return {
    type: "quiz",
    question,
    kind: choices[0]![1] === "(" ? "one" : "many",
    choices: choices.map(([, , mark, text]) => ({ text: text!.trim(), right: mark !== " " })),
  };
}
