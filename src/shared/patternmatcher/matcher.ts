import { cleanPath, type Pattern, parsePattern } from "./pattern.js";

/** Patterns of a .dockerignore, or of `COPY --exclude`, in order: the last that matches decides. */
export class PatternMatcher {
  readonly patterns: readonly Pattern[];

  /** Blank lines are skipped. @throws {PatternError} with Docker's words. */
  constructor(lines: Iterable<string>) {
    this.patterns = Array.from(lines, (line) => line.trim())
      .filter((line) => line !== "")
      .map(parsePattern);
  }

  /** Whether some `!` pattern may bring back what is below an ignored directory. */
  get hasExceptions(): boolean {
    return this.patterns.some(({ isException }) => isException);
  }

  /**
   * Whether `path` (relative, `/`-separated) is ignored: it, or a directory that holds it, is matched and not taken
   * back. The context's root, `.`, never is.
   */
  matches(path: string): boolean {
    const cleaned = cleanPath(path);
    if (cleaned === ".") return false;
    const candidates = [cleaned, ...parentsOf(cleaned)];
    let ignored = false;
    for (const pattern of this.patterns) {
      if (pattern.isException === ignored && candidates.some((candidate) => pattern.matches(candidate)))
        ignored = !pattern.isException;
    }
    return ignored;
  }
}

/** `a/b/c` → `a`, `a/b`. */
function parentsOf(path: string): string[] {
  const parts = path.split("/");
  return parts.slice(1).map((_, i) => parts.slice(0, i + 1).join("/"));
}
