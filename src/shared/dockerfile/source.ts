/** Lines of a Dockerfile, from 1, both ends included. */
export interface SourceRange {
  firstLine: number;
  lastLine: number;
}

export type DockerfileErrorCode =
  | "empty"
  | "directive"
  | "syntax"
  | "unknown-instruction"
  | "arguments"
  | "flag"
  | "heredoc"
  | "no-stage"
  | "stage"
  | "expansion";

/** A Dockerfile that cannot be read; the message is BuildKit's. */
export class DockerfileError extends Error {
  override name = "DockerfileError";
  constructor(
    readonly code: DockerfileErrorCode,
    message: string,
    readonly range?: SourceRange,
  ) {
    super(message);
  }
}

/** Runs `work`; an error without a range gets this one, and `prefix` before its message. */
export function located<T>(range: SourceRange, work: () => T, prefix = ""): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof DockerfileError) || error.range) throw error;
    throw new DockerfileError(error.code, prefix + error.message, range);
  }
}

export type EscapeCharacter = "\\" | "`";
