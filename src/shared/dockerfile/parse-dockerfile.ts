import type { Directives } from "./directives.js";
import type { ArgInstruction } from "./instructions/arg.js";
import type { FromInstruction } from "./instructions/from.js";
import { definitionOf, type Instruction, instructions, type StageInstruction } from "./instructions/instructions.js";
import { type DockerfileWarning, readStatements, type Statements } from "./read-statements.js";
import { DockerfileError, type EscapeCharacter, located } from "./source.js";
import type { Statement } from "./statement.js";
import { suggestion } from "./suggest.js";

export interface Dockerfile {
  directives: Directives;
  escapeToken: EscapeCharacter;
  /** ARG before the first FROM: seen by FROM lines, and by stages that declare it again. */
  globalArgs: ArgInstruction[];
  /** At least one. */
  stages: Stage[];
  warnings: DockerfileWarning[];
}

export interface Stage {
  /** From 0. */
  index: number;
  /** Lower case. */
  name?: string;
  from: FromInstruction;
  instructions: StageInstruction[];
}

/**
 * Reads a Dockerfile as BuildKit does.
 * @throws {DockerfileError} in BuildKit's words, with the lines, such as
 * `dockerfile parse error on line 3: unknown instruction: FOO`.
 */
export function parseDockerfile(text: string): Dockerfile {
  return parseStatements(readStatements(text));
}

/** @param onStatement is told of each before it is understood. @throws {DockerfileError} as parseDockerfile. */
export function parseStatements(
  { statements, ...file }: Statements,
  onStatement?: (statement: Statement) => void,
): Dockerfile {
  const globalArgs: ArgInstruction[] = [];
  const stages: Stage[] = [];
  for (const statement of statements) {
    onStatement?.(statement);
    const instruction = parseInstruction(statement);
    if (instruction.name === "FROM")
      stages.push({ index: stages.length, name: instruction.stage, from: instruction, instructions: [] });
    else if (stages.length > 0) stages.at(-1)!.instructions.push(instruction);
    else if (instruction.name === "ARG") globalArgs.push(instruction);
    else throw new DockerfileError("no-stage", "no build stage in current context", statement.range);
  }
  if (stages.length === 0) throw new DockerfileError("no-stage", "dockerfile contains no stages to build");
  return { ...file, globalArgs, stages };
}

/** One ONBUILD trigger as an instruction. @throws {DockerfileError}. */
export function parseTrigger(expression: string): Instruction {
  const { statements } = readStatements(expression);
  if (statements.length !== 1) throw new DockerfileError("syntax", "onbuild trigger should be a single expression");
  return parseInstruction(statements[0]!);
}

function parseInstruction(statement: Statement): Instruction {
  const prefix = `dockerfile parse error on line ${statement.range.firstLine}: `;
  return located(
    statement.range,
    () => {
      const definition = definitionOf(statement.keyword);
      if (definition) return definition.parse(statement);
      const near = suggestion(statement.keyword, Object.keys(instructions));
      throw new DockerfileError("unknown-instruction", `unknown instruction: ${statement.keyword}${near}`);
    },
    prefix,
  );
}

/** The stage that `--from` or `--target` means: a name in any case, or a number. */
export function findStage(stages: readonly Stage[], reference: string): Stage | undefined {
  const name = reference.toLowerCase();
  return (
    stages.findLast((stage) => stage.name === name) ?? (/^\d+$/.test(reference) ? stages[Number(reference)] : undefined)
  );
}
