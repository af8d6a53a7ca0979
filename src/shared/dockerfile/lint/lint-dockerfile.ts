/**
 * BuildKit's checks of a Dockerfile: pure, for `docker build`, `docker build --check` and the editor alike.
 * Source: BuildKit's dockerfile2llb and linter, rule by rule.
 */
import type { PatternMatcher } from "../../patternmatcher/matcher.js";
import { type Dockerfile, findStage, parseStatements, type Stage } from "../parse-dockerfile.js";
import { readStatements } from "../read-statements.js";
import { expandWord } from "../shell-lexer.js";
import { DockerfileError, located, type SourceRange } from "../source.js";
import { baseNames, baseStage, checkStageGraph, neededStages } from "../stage-graph.js";
import { type BuildArgs, GlobalArgs, predefinedArgs, StageVariables } from "../variables.js";
import { CheckOptionsError, parseCheckOptions } from "./check-options.js";
import { type Finding, Findings } from "./findings.js";
import { lintCasing, lintStageNames, lintStatement } from "./lint-file.js";
import { lintDefaultArgs, lintFromVariables } from "./lint-from.js";
import { StageLinter, type StageSoFar } from "./lint-stage.js";

/** Of an image that a stage begins from. */
export interface BaseFacts {
  env: readonly string[];
  hasShell: boolean;
  /** `linux/386`. */
  platform: string;
}

export interface LintRequest {
  buildArgs?: BuildArgs;
  /** Only what this stage needs is checked; undefined for all stages. */
  target?: Stage["name"];
  ignored?: PatternMatcher;
  /** undefined for an image that is not at hand: what it sets is not known then. */
  baseFacts?(image: string): BaseFacts | undefined;
}

export interface LintResult {
  findings: Finding[];
  /** Findings are to fail the build. */
  isError: boolean;
  /** What keeps the file from being built, where it can be seen without building. */
  mistake?: { message: string; range?: SourceRange };
}

/** Takes the place of the file's own `# check=` line. */
const OPTIONS_ARGUMENT = "BUILDKIT_DOCKERFILE_CHECK";
const PLATFORM = "linux/386";
const DEFAULT_PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

export function lintDockerfile(text: string, request: LintRequest = {}): LintResult {
  const result: LintResult = { findings: [], isError: false };
  try {
    const read = readStatements(text);
    const options = parseCheckOptions(request.buildArgs?.[OPTIONS_ARGUMENT] ?? read.directives.check ?? "");
    result.isError = options.isError;
    const findings = new Findings(options, result.findings);
    for (const { range } of read.warnings) findings.report("NoEmptyContinuation", range, "Empty continuation line");
    const dockerfile = parseStatements(read, (statement) => lintStatement(statement, findings));
    new FileLinter(dockerfile, request, findings).lint();
  } catch (error) {
    if (error instanceof CheckOptionsError)
      result.mistake = { message: `failed to parse check options: ${error.message}` };
    else if (error instanceof DockerfileError) result.mistake = { message: error.message, range: error.range };
    else throw error;
  }
  return result;
}

class FileLinter {
  readonly #dockerfile: Dockerfile;
  readonly #request: LintRequest;
  readonly #findings: Findings;
  readonly #target: Stage;
  readonly #args: GlobalArgs;
  readonly #states = new Map<Stage, StageSoFar>();

  constructor(dockerfile: Dockerfile, request: LintRequest, findings: Findings) {
    const { stages, escapeToken } = dockerfile;
    this.#dockerfile = dockerfile;
    this.#request = request;
    this.#findings = findings;
    this.#target = (request.target ? findStage(stages, request.target) : undefined) ?? stages.at(-1)!;
    this.#args = new GlobalArgs(request.buildArgs ?? {}, predefinedArgs(this.#target.name ?? ""), escapeToken);
  }

  /** @throws {DockerfileError}. */
  lint(): void {
    const { stages, globalArgs, escapeToken } = this.#dockerfile;
    lintStageNames(this.#dockerfile, this.#findings);
    lintCasing(this.#dockerfile, this.#findings);
    lintDefaultArgs(this.#dockerfile, this.#target.name ?? "", this.#findings);
    for (const arg of globalArgs) this.#args.declare(arg);
    const options = { lookup: this.#args.lookup, escapeToken };
    for (const stage of stages) lintFromVariables(stage, this.#args, options, this.#findings);
    const bases = baseNames(this.#dockerfile, this.#args.lookup);
    checkStageGraph(this.#dockerfile);
    const checked = this.#request.target === undefined ? new Set(stages) : neededStages(stages, this.#target, bases);
    for (const stage of stages) if (checked.has(stage)) this.#lintStage(stage, bases.get(stage)!);
  }

  #lintStage(stage: Stage, base: string): void {
    const { stages, escapeToken } = this.#dockerfile;
    const before = baseStage(stages, stage, base);
    const state = before ? this.#onStage(before) : this.#onImage(stage, base);
    this.#states.set(stage, state);
    const linter = new StageLinter(state, this.#findings, escapeToken, this.#request.ignored);
    for (const instruction of stage.instructions) located(instruction.range, () => linter.lint(instruction));
  }

  #onStage(base: Stage): StageSoFar {
    const { variables, ...state } = this.#states.get(base)!;
    return { ...state, variables: new StageVariables(this.#args, [], variables) };
  }

  #onImage({ from }: Stage, image: string): StageSoFar {
    const isScratch = image === "scratch";
    const facts = isScratch ? undefined : this.#request.baseFacts?.(image);
    const isKnown = isScratch || facts !== undefined;
    const expected = from.platform ? expandWord(from.platform, { lookup: this.#args.lookup }).text : PLATFORM;
    if (facts && facts.platform !== expected) {
      const message = `Base image ${image} was pulled with platform ${JSON.stringify(facts.platform)}, expected ${JSON.stringify(expected)} for current build`;
      this.#findings.report("InvalidBaseImagePlatform", from.range, message);
    }
    const variables = new StageVariables(this.#args, [DEFAULT_PATH, ...(facts?.env ?? [])]);
    return { variables, hasShell: facts?.hasShell ?? false, hasWorkdir: false, isKnown };
  }
}
