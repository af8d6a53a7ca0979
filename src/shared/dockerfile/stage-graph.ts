/**
 * What stages take from one another. A name means the last stage of that name, wherever it is; one that comes later
 * than the stage that asks is known, but cannot be taken from.
 */
import { expandInstruction } from "./expand-instruction.js";
import type { CopyInstruction } from "./instructions/copy.js";
import type { RunInstruction } from "./instructions/run.js";
import type { Dockerfile, Stage } from "./parse-dockerfile.js";
import { expandWord, type LexerOptions } from "./shell-lexer.js";
import { DockerfileError, type SourceRange } from "./source.js";

/** As it is called where it has no name. */
export const stageTitle = ({ name, index }: Stage): string => name ?? `stage-${index}`;

/** The stage of that name, in any case. */
export function stageNamed(stages: readonly Stage[], name: string): Stage | undefined {
  return stages.findLast((stage) => stage.name === name.toLowerCase());
}

/** The stage that COPY copies from; undefined for the context and for an image. @throws {DockerfileError}. */
export function copySource(stages: readonly Stage[], { from, range }: CopyInstruction): Stage | undefined {
  if (!from) return undefined;
  if (expandWord(from, { lookup: () => undefined }).text !== from)
    throw failure(
      "variable expansion is not supported for --from, define a new stage with FROM using ARG from global scope as a workaround",
      range,
    );
  if (!/^[+-]?\d+$/.test(from)) return stageNamed(stages, from);
  const stage = stages[Number(from)];
  if (!stage) throw failure(`invalid stage index ${Number(from)}`, range);
  return stage;
}

/** The stages that RUN's mounts are from. */
export function mountSources(stages: readonly Stage[], { mounts }: RunInstruction): Stage[] {
  const names = mounts.flatMap((mount) => /(?:^|,)"?from=([^,"]*)/i.exec(mount)?.[1] ?? []);
  return names.flatMap((name) => stageNamed(stages, name) ?? []);
}

/** The stages that `stage` takes files from, with the lines where it does. @throws {DockerfileError}. */
export function sourcesOf(stages: readonly Stage[], stage: Stage): { stage: Stage; range: SourceRange }[] {
  return stage.instructions.flatMap((instruction) => {
    const { range } = instruction;
    if (instruction.name === "RUN") return mountSources(stages, instruction).map((found) => ({ stage: found, range }));
    const found = instruction.name === "COPY" ? copySource(stages, instruction) : undefined;
    return found ? [{ stage: found, range }] : [];
  });
}

/** The image or stage that each FROM names. @throws {DockerfileError} for a name that comes to nothing. */
export function baseNames({ stages, escapeToken }: Dockerfile, lookup: LexerOptions["lookup"]): Map<Stage, string> {
  return new Map(
    stages.map((stage) => {
      const { image } = expandInstruction(stage.from, lookup, escapeToken);
      if (image === "") throw failure(`base name (${stage.from.image}) should not be blank`, stage.from.range);
      return [stage, image];
    }),
  );
}

/** The stage that FROM means: names there are as written, and numbers are none. */
export function baseStage(stages: readonly Stage[], { index }: Stage, base: string): Stage | undefined {
  return stages.slice(0, index).findLast(({ name }) => name === base);
}

/** `target` and those that it begins from or takes files from, each with theirs. @throws {DockerfileError}. */
export function neededStages(stages: readonly Stage[], target: Stage, bases: ReadonlyMap<Stage, string>): Set<Stage> {
  const found = new Set<Stage>();
  const need = (stage: Stage): void => {
    if (found.has(stage)) return;
    found.add(stage);
    const base = baseStage(stages, stage, bases.get(stage)!);
    if (base) need(base);
    for (const source of sourcesOf(stages, stage)) need(source.stage);
  };
  need(target);
  return found;
}

/** @throws {DockerfileError} where stages take from one another in a circle, or `--from` cannot be read. */
export function checkStageGraph({ stages }: Pick<Dockerfile, "stages">): void {
  const sources = new Map(stages.map((stage) => [stage, sourcesOf(stages, stage)]));
  const finished = new Set<Stage>();
  for (const first of stages) {
    const path = new Set<Stage>();
    const visit = (stage: Stage): void => {
      if (finished.has(stage)) return;
      path.add(stage);
      for (const source of sources.get(stage)!) {
        if (path.has(source.stage))
          throw failure(`circular dependency detected on stage: ${stageTitle(first)}`, source.range);
        visit(source.stage);
      }
      path.delete(stage);
      finished.add(stage);
    };
    visit(first);
  }
}

function failure(message: string, range: SourceRange): DockerfileError {
  return new DockerfileError("stage", message, range);
}
