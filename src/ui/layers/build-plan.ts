/** What a build of a Dockerfile will do, before there is an image to look at. */
import { definitionOf } from "../../shared/dockerfile/instructions/instructions.js";
import { parseDockerfile } from "../../shared/dockerfile/parse-dockerfile.js";

export interface PlannedStep {
  keyword: string;
  rest: string;
  /** What the instruction is for, in a sentence. */
  summary: string;
}

/** Steps in the Dockerfile's order, or why there will be none, in the build's own words. */
export type BuildPlan = { steps: PlannedStep[] } | { error: string };

export function buildPlan(dockerfile: string): BuildPlan {
  try {
    const { stages } = parseDockerfile(dockerfile);
    return { steps: stages.flatMap(({ from, instructions }) => [from, ...instructions]).map(plannedStep) };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

function plannedStep({ name, code }: { name: string; code: string }): PlannedStep {
  return { keyword: name, rest: code.slice(name.length).trim(), summary: definitionOf(name)?.summary ?? "" };
}
