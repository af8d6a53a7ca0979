/** What a Dockerfile offers to who builds it: `--call=targets` and `--call=outline`. Source: BuildKit's subrequests. */
import { parseRunMount } from "./instructions/run-mount.js";
import { type Dockerfile, findStage, type Stage } from "./parse-dockerfile.js";
import { expandWord } from "./shell-lexer.js";
import { DockerfileError } from "./source.js";
import { baseNames, neededStages } from "./stage-graph.js";
import { type BuildArgs, GlobalArgs, predefinedArgs, StageVariables } from "./variables.js";

export interface Target {
  name: string;
  description: string;
  isDefault: boolean;
}

export interface Outline {
  name: string;
  description: string;
  args: OutlineArg[];
  secrets: { name: string; isRequired: boolean }[];
}

export interface OutlineArg {
  name: string;
  value: string;
  description: string;
}

export function targetsOf({ stages }: Dockerfile): Target[] {
  return stages.map(({ name = "", from }) => ({
    name,
    description: descriptionOf(name, from.comments),
    isDefault: from === stages.at(-1)!.from,
  }));
}

/** Arguments and secrets that `target`, the last stage if none is given, makes use of. @throws {DockerfileError}. */
export function outlineOf(dockerfile: Dockerfile, target: string | undefined, buildArgs: BuildArgs): Outline {
  const { stages, globalArgs, escapeToken } = dockerfile;
  const stage = target === undefined ? stages.at(-1)! : findStage(stages, target);
  if (!stage) throw new DockerfileError("stage", `target stage ${JSON.stringify(target)} could not be found`);
  const globals = new GlobalArgs(buildArgs, predefinedArgs(stage.name ?? ""), escapeToken);
  for (const arg of globalArgs) globals.declare(arg);
  const needed = [...neededStages(stages, stage, baseNames(dockerfile, globals.lookup))];
  const own = needed.sort((a, b) => a.index - b.index).map((each) => stageArgs(each, globals));
  const used = new Set(needed.flatMap(({ from }) => variablesIn(`${from.image} ${from.platform ?? ""}`)));
  const global = globalArgs.flatMap(({ args, comments }) =>
    args.filter(({ key }) => used.has(key)).map(({ key }) => argOf(key, globals.lookup(key), comments)),
  );
  return {
    name: stage.name ?? "",
    description: descriptionOf(stage.name ?? "", stage.from.comments),
    args: distinct([...global, ...own.flat()]),
    secrets: distinct(needed.flatMap(secretsOf)),
  };
}

/** Those that only take over a global one are that one. */
function stageArgs({ instructions }: Stage, globals: GlobalArgs): OutlineArg[] {
  const variables = new StageVariables(globals, []);
  return instructions.flatMap((instruction) => {
    if (instruction.name !== "ARG") return [];
    variables.declare(instruction);
    return instruction.args.map(({ key }) => argOf(key, variables.lookup(key), instruction.comments));
  });
}

function secretsOf({ instructions }: Stage): Outline["secrets"] {
  const mounts = instructions
    .flatMap((each) => (each.name === "RUN" ? each.mounts : []))
    .map((text) => parseRunMount(text));
  return mounts
    .filter(({ type }) => type === "secret")
    .map(({ source, id, target = "", required = false }) => ({
      name: source ?? id ?? target.slice(target.lastIndexOf("/") + 1),
      isRequired: required,
    }));
}

function variablesIn(text: string): string[] {
  return expandWord(text, { lookup: () => "x" }).set;
}

function argOf(name: string, value: string | undefined, comments: readonly string[]): OutlineArg {
  return { name, value: value ?? "", description: descriptionOf(name, comments) };
}

/** `# name what it is for`, above what has that name. */
function descriptionOf(name: string, comments: readonly string[]): string {
  if (name === "") return "";
  const line = comments.find((comment) => comment.startsWith(`${name} `));
  return line?.slice(name.length + 1) ?? "";
}

function distinct<T extends { name: string }>(list: readonly T[]): T[] {
  return list.filter(({ name }, index) => list.findIndex((other) => other.name === name) === index);
}
