import type { Heredoc } from "./heredoc.js";
import type { SourceRange } from "./source.js";
import type { ArgumentForm, Statement } from "./statement.js";

/** What every instruction has. `name` tells which it is. */
export interface InstructionBase {
  name: string;
  /** The logical line, continuations joined, as written. */
  code: string;
  range: SourceRange;
  comments: string[];
  heredocs: Heredoc[];
}

/** Replaces variables. */
export interface Expander {
  /** In a word: quotes and escapes come off. */
  word(text: string): string;
  /** In a heredoc: quotes stay. */
  raw(text: string): string;
}

/** One instruction's documentation, syntax and meaning. */
export interface InstructionDefinition<I extends InstructionBase> {
  /** One line of documentation. */
  summary: string;
  usage: string;
  form: ArgumentForm;
  takesHeredocs?: boolean;
  /** @throws {DockerfileError} `arguments` or `flag`, in BuildKit's words. */
  parse(statement: Statement): I;
  /** The instruction with its variables replaced; left out where BuildKit replaces none. */
  expand?(instruction: I, expand: Expander): I;
}

/** The members that come straight from the statement. */
export function base<N extends string>(name: N, { code, range, comments, heredocs }: Statement) {
  return { name, code: code.trim(), range, comments, heredocs };
}
