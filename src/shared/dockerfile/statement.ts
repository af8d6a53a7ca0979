import type { Heredoc } from "./heredoc.js";
import type { EscapeCharacter, SourceRange } from "./source.js";

/** One instruction as it stands in the file: split, but not yet judged. */
export interface Statement {
  /** As written: `RUN`, `run`. */
  keyword: string;
  /** The logical line, continuations joined. */
  code: string;
  /** `--name` or `--name=value`, quotes off. */
  flags: string[];
  arguments: StatementArguments;
  heredocs: Heredoc[];
  /** Comment lines directly above, without `#`. */
  comments: string[];
  range: SourceRange;
}

export interface StatementArguments {
  words: string[];
  /** Written as a JSON array. */
  isJSON: boolean;
  /** ENV and LABEL. */
  pairs?: KeyValue[];
  /** ONBUILD: the instruction it holds back. */
  inner?: { keyword: string; isJSON: boolean };
}

export interface KeyValue {
  key: string;
  value: string;
  /** Written the old way, `ENV key value`. */
  isLegacy?: boolean;
}

export interface FormContext {
  escapeToken: EscapeCharacter;
  /** How an instruction's arguments are split; undefined for one that is not known. */
  formOf(keyword: string): ArgumentForm | undefined;
}

/** Splits what follows keyword and flags. @throws {DockerfileError} `syntax`. */
export type ArgumentForm = (rest: string, context: FormContext) => StatementArguments;
