/** Checks that look at the text of a Dockerfile and at its stages as a whole. */
import type { Dockerfile } from "../parse-dockerfile.js";
import type { SourceRange } from "../source.js";
import type { Statement } from "../statement.js";
import type { Findings } from "./findings.js";

const RESERVED = ["context", "scratch"];

/** As an instruction is read, before it is understood. */
export function lintStatement(statement: Statement, findings: Findings): void {
  const { keyword, comments, range } = statement;
  const own = findings.under(comments);
  const name = keyword.toUpperCase();
  if (name === "MAINTAINER")
    own.report("MaintainerDeprecated", range, "Maintainer instruction is deprecated in favor of using label");
  if (name === "FROM") lintFrom(statement, own);
  if (name === "ARG") {
    const keys = statement.arguments.words.map((word) => word.split("=")[0]!);
    lintDescription("ARG", keys, statement, own);
  }
}

function lintFrom(statement: Statement, findings: Findings): void {
  const { keyword, arguments: args, range } = statement;
  const [, as, name] = args.words;
  if (as === undefined || name === undefined) return;
  if (name !== name.toLowerCase())
    findings.report("StageNameCasing", range, `Stage name '${name}' should be lowercase`);
  // A keyword in mixed case is a matter of another rule.
  if (isOneCase(keyword) && as !== inCaseOf(keyword, as))
    findings.report("FromAsCasing", range, `'${as}' and '${keyword}' keywords' casing do not match`);
  lintDescription("FROM", [name.toLowerCase()], statement, findings);
}

function lintDescription(
  instruction: string,
  keys: readonly string[],
  { comments, range }: Statement,
  findings: Findings,
): void {
  const last = comments.at(-1);
  if (last === undefined || keys.length === 0 || keys.includes(last.split(" ")[0]!)) return;
  const key = keys.length > 1 ? "<arg_key>" : keys[0];
  const message = `Comment for ${instruction} should follow the format: \`# ${key} <description>\``;
  findings.report("InvalidDefinitionDescription", range, message);
}

export function lintStageNames({ stages }: Dockerfile, findings: Findings): void {
  const seen = new Set<string>();
  for (const { name, from } of stages) {
    if (name === undefined) continue;
    const quoted = JSON.stringify(name);
    if (RESERVED.includes(name))
      findings.report(
        "ReservedStageName",
        from.range,
        `Stage name should not use the same name as reserved stage ${quoted}`,
      );
    if (seen.has(name))
      findings.report("DuplicateStageName", from.range, `Duplicate stage name ${quoted}, stage names should be unique`);
    seen.add(name);
  }
}

/** Every instruction as most are written; upper case where there is no majority. */
export function lintCasing({ stages }: Dockerfile, findings: Findings): void {
  const all = stages.flatMap(({ from, instructions }) => [from, ...instructions]);
  const keywords = all.map(({ code, range }) => ({ keyword: keywordOf(code), range }));
  const count = (inCase: (keyword: string) => string) =>
    keywords.filter(({ keyword }) => keyword === inCase(keyword)).length;
  const isLower = count((keyword) => keyword.toLowerCase()) > count((keyword) => keyword.toUpperCase());
  for (const { keyword, range } of keywords) lintKeyword(keyword, isLower, range, findings);
}

function lintKeyword(keyword: string, isLower: boolean, range: SourceRange, findings: Findings): void {
  if (keyword === (isLower ? keyword.toLowerCase() : keyword.toUpperCase())) return;
  const wanted = isLower ? "lowercase" : "uppercase";
  const message = `Command '${keyword}' should match the case of the command majority (${wanted})`;
  findings.report("ConsistentInstructionCasing", range, message);
}

/** As written: `Run`. */
export function keywordOf(code: string): string {
  return code.trimStart().split(/\s/, 1)[0]!;
}

function isOneCase(text: string): boolean {
  return text === text.toLowerCase() || text === text.toUpperCase();
}

function inCaseOf(model: string, text: string): string {
  return model === model.toLowerCase() ? text.toLowerCase() : text.toUpperCase();
}
