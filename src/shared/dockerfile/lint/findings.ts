import type { SourceRange } from "../source.js";
import { type CheckOptions, isOn, withComments } from "./check-options.js";
import type { RuleName } from "./rules.js";

export interface Finding {
  rule: RuleName;
  message: string;
  range: SourceRange;
}

/** `JSONArgsRecommended: … (line 3)`, as it stands among a build's warnings. */
export function findingText({ rule, message, range: { firstLine } }: Finding): string {
  return `${rule}: ${message}${firstLine > 0 ? ` (line ${firstLine})` : ""}`;
}

/** Gathers what is found where the rule is on. */
export class Findings {
  readonly list: Finding[];
  readonly #options: CheckOptions;

  constructor(options: CheckOptions, list: Finding[] = []) {
    this.#options = options;
    this.list = list;
  }

  /** For one instruction: the comments above it may switch rules. */
  under(comments: readonly string[]): Findings {
    return new Findings(withComments(this.#options, comments), this.list);
  }

  report(rule: RuleName, range: SourceRange, message: string): void {
    if (isOn(rule, this.#options)) this.list.push({ rule, message, range });
  }
}
