/** Checks of a stage's instructions in their order, with the variables that each of them sees. */
import type { PatternMatcher } from "../../patternmatcher/matcher.js";
import { cleanPath } from "../../patternmatcher/pattern.js";
import type { AddInstruction } from "../instructions/add.js";
import type { CopyInstruction } from "../instructions/copy.js";
import { expandWith, type StageInstruction } from "../instructions/instructions.js";
import { parseExposedPort } from "../ports.js";
import { expandWord } from "../shell-lexer.js";
import type { EscapeCharacter, SourceRange } from "../source.js";
import type { KeyValue } from "../statement.js";
import { nearest } from "../suggest.js";
import type { StageVariables } from "../variables.js";
import type { Findings } from "./findings.js";
import { keywordOf } from "./lint-file.js";

/** Whole, or the first or last word of a name. */
const SECRET = /(?:_|^)(?:apikey|auth|credentials?|key|password|pword|passwd|secret|token)(?:_|$)/i;
const NO_SECRET = /(?:_|^)(?:public|file|version)(?:_|$)/i;

/** What a stage has come to, as far as checks ask. */
export interface StageSoFar {
  variables: StageVariables;
  /** The image has a shell of its own. */
  hasShell: boolean;
  /** A WORKDIR was given in this file. */
  hasWorkdir: boolean;
  /** Which variables there are is known: not so where the base image is not at hand. */
  isKnown: boolean;
}

export class StageLinter {
  readonly #stage: StageSoFar;
  readonly #findings: Findings;
  readonly #escapeToken: EscapeCharacter;
  readonly #ignored: PatternMatcher | undefined;
  /** Of those that count once. */
  readonly #last = new Map<string, SourceRange>();

  constructor(stage: StageSoFar, findings: Findings, escapeToken: EscapeCharacter, ignored?: PatternMatcher) {
    this.#stage = stage;
    this.#findings = findings;
    this.#escapeToken = escapeToken;
    this.#ignored = ignored;
  }

  /** @throws {DockerfileError} for what cannot be read once variables are replaced. */
  lint(raw: StageInstruction): void {
    const findings = this.#findings.under(raw.comments);
    const { variables } = this.#stage;
    const keyword = keywordOf(raw.code);
    if (raw.name === "ARG") {
      for (const { key } of raw.args) reportSecret("ARG", key, raw.range, findings);
      variables.declare(raw, (unset) => this.#reportUnset(unset, raw.range, findings));
      return;
    }
    this.#lintInstruction(this.#expanded(raw, findings), keyword, findings);
  }

  #lintInstruction(instruction: StageInstruction, keyword: string, findings: Findings): void {
    const { name, range } = instruction;
    if (name === "CMD" || name === "ENTRYPOINT" || name === "HEALTHCHECK")
      this.#lintOnce(name, keyword, range, findings);
    switch (name) {
      case "ENV":
        this.#lintPairs(keyword, instruction.env, range, findings);
        for (const { key } of instruction.env) reportSecret("ENV", key, range, findings);
        for (const { key, value } of instruction.env) this.#stage.variables.setEnv(key, value);
        break;
      case "LABEL":
        this.#lintPairs(keyword, instruction.labels, range, findings);
        break;
      case "CMD":
      case "ENTRYPOINT":
        if (instruction.command.form === "shell" && !this.#stage.hasShell) reportShellForm(keyword, range, findings);
        break;
      case "SHELL":
        this.#stage.hasShell = true;
        break;
      case "WORKDIR":
        this.#lintWorkdir(instruction.path, range, findings);
        break;
      case "EXPOSE":
        for (const port of instruction.ports) lintPort(port, range, findings);
        break;
      case "ADD":
      case "COPY":
        this.#lintCopy(instruction, findings);
    }
  }

  /** A word at a time, so that each tells of what it lacks; EXPOSE's ports are not told of. */
  #expanded(raw: StageInstruction, findings: Findings): StageInstruction {
    const { lookup } = this.#stage.variables;
    const telling = (expansion: ReturnType<typeof expandWord>) => {
      if (raw.name !== "EXPOSE") this.#reportUnset(expansion.unset, raw.range, findings);
      return expansion.text;
    };
    return expandWith(raw, {
      word: (text) => telling(expandWord(text, { lookup, escapeToken: this.#escapeToken })),
      raw: (text) => telling(expandWord(text, { lookup, ignoreQuotes: true })),
    });
  }

  #reportUnset(unset: readonly string[], range: SourceRange, findings: Findings): void {
    if (!this.#stage.isKnown) return;
    const declared = new Set(this.#stage.variables.declared());
    for (const name of unset) {
      if (declared.has(name)) continue;
      const near = nearest(name, this.#stage.variables.names());
      const hint = near === undefined ? "" : ` (did you mean $${near}?)`;
      findings.report("UndefinedVar", range, `Usage of undefined variable '$${name}'${hint}`);
    }
  }

  #lintPairs(keyword: string, pairs: readonly KeyValue[], range: SourceRange, findings: Findings): void {
    const message = `"${keyword} key=value" should be used instead of legacy "${keyword} key value" format`;
    for (const { isLegacy } of pairs) if (isLegacy) findings.report("LegacyKeyValueFormat", range, message);
  }

  /** It is the one before that counts for nothing. */
  #lintOnce(name: string, keyword: string, range: SourceRange, findings: Findings): void {
    const before = this.#last.get(name);
    const message = `Multiple ${keyword} instructions should not be used in the same stage because only the last one will be used`;
    if (before) findings.report("MultipleInstructionsDisallowed", before, message);
    this.#last.set(name, range);
  }

  #lintWorkdir(path: string, range: SourceRange, findings: Findings): void {
    const message = `Relative workdir ${JSON.stringify(path)} can have unexpected results if the base image changes`;
    if (!this.#stage.hasWorkdir && !path.startsWith("/")) findings.report("WorkdirRelativePath", range, message);
    this.#stage.hasWorkdir = true;
  }

  /** Where something may be taken back in, what is left out cannot be told from the patterns. */
  #lintCopy(instruction: CopyInstruction | AddInstruction, findings: Findings): void {
    const isFromContext = instruction.name === "ADD" || instruction.from === undefined;
    if (!this.#ignored || this.#ignored.hasExceptions || !isFromContext) return;
    for (const source of instruction.sources.map(cleanPath)) {
      if (/^(https?|git|ssh):/.test(source) || !isIgnored(this.#ignored, source)) continue;
      const verb = instruction.name === "ADD" ? "Add" : "Copy";
      const message = `Attempting to ${verb} file ${JSON.stringify(source)} that is excluded by .dockerignore`;
      findings.report("CopyIgnoredFile", instruction.range, message);
    }
  }
}

function isIgnored(matcher: PatternMatcher, source: string): boolean {
  const isRoot = source === "." || source === "/";
  return isRoot ? matcher.patterns.some(({ text }) => ["*", "**", "**/*"].includes(text)) : matcher.matches(source);
}

function lintPort(text: string, range: SourceRange, findings: Findings): void {
  const { protocol, hasHostPart } = parseExposedPort(text);
  if (protocol !== protocol.toLowerCase())
    findings.report("ExposeProtoCasing", range, `Defined protocol '${text}' in EXPOSE instruction should be lowercase`);
  if (hasHostPart)
    findings.report(
      "ExposeInvalidFormat",
      range,
      `EXPOSE instruction should not define an IP address or host-port mapping, found '${text}'`,
    );
}

function reportShellForm(keyword: string, range: SourceRange, findings: Findings): void {
  const message = `JSON arguments recommended for ${keyword} to prevent unintended behavior related to OS signals`;
  findings.report("JSONArgsRecommended", range, message);
}

function reportSecret(instruction: string, key: string, range: SourceRange, findings: Findings): void {
  if (!SECRET.test(key) || NO_SECRET.test(key)) return;
  const message = `Do not use ARG or ENV instructions for sensitive data (${instruction} ${JSON.stringify(key)})`;
  findings.report("SecretsUsedInArgOrEnv", range, message);
}
