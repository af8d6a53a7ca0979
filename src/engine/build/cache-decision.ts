/** Why a step was taken from the cache or done again: the first cause, found by what the step was made of last time. */
import type { CacheCause } from "../trace/events.js";
import type { StepInputs, WrittenFile } from "./step-inputs.js";

/** Where a step stands; the same in the next build of the same Dockerfile, if nothing before it is inserted. */
export interface StepPlace {
  /** Of the image or Dockerfile that is built. */
  build: string;
  stage: string;
  /** As written. */
  code: string;
  /** How many before it in its stage are written like it. */
  occurrence: number;
  /** Layers that the stage began with. */
  baseLayers: number;
}

export interface Circumstances {
  isHit: boolean;
  /** The cache is not to be used. */
  isOff: boolean;
  /** The step of this stage that was done again first. */
  redone: string | undefined;
}

interface Step {
  place: StepPlace;
  inputs: StepInputs;
}

/** Steps remembered; the one that was built longest ago goes first. */
const LIMIT = 500;

export class StepHistory {
  readonly #steps = new Map<string, Step>();

  /** @returns why it was or was not in the cache. Remembers it for the next time. */
  explain(place: StepPlace, inputs: StepInputs, circumstances: Circumstances): CacheCause {
    const name = JSON.stringify([place.build, place.stage, place.code, place.occurrence]);
    const before = this.#steps.get(name);
    const cause = this.#cause({ place, inputs }, before, circumstances);
    this.#steps.delete(name);
    this.#steps.set(name, { place, inputs });
    for (const oldest of this.#steps.keys()) {
      if (this.#steps.size <= LIMIT) break;
      this.#steps.delete(oldest);
    }
    return cause;
  }

  forget(): void {
    this.#steps.clear();
  }

  #cause(step: Step, before: Step | undefined, { isHit, isOff, redone }: Circumstances): CacheCause {
    if (isHit) return { kind: "unchanged" };
    if (isOff) return { kind: "off" };
    if (!before) {
      const other = this.#otherAt(step);
      return other ? { kind: "instruction", before: other } : { kind: "new" };
    }
    return belowCause(step, before, redone) ?? inputsCause(step.inputs, before.inputs) ?? { kind: "gone" };
  }

  /** The instruction that was last built on the same layers in this stage, if this one stands in its place. */
  #otherAt({ place: { build, stage, code }, inputs: { below } }: Step): string | undefined {
    const keyword = (text: string) => text.split(/\s/, 1)[0]!.toUpperCase();
    const others = [...this.#steps.values()].filter(
      ({ place, inputs }) =>
        place.build === build &&
        place.stage === stage &&
        keyword(place.code) === keyword(code) &&
        isSame(inputs.below, below),
    );
    return others.at(-1)?.place.code;
  }
}

function belowCause(now: Step, before: Step, redone: string | undefined): CacheCause | undefined {
  if (isSame(now.inputs.below, before.inputs.below)) return undefined;
  if (!isSame(baseOf(now), baseOf(before))) return { kind: "base" };
  return redone === undefined ? { kind: "order" } : { kind: "parent", step: redone };
}

const baseOf = ({ place, inputs: { below = [] } }: Step) => below.slice(0, place.baseLayers);

function inputsCause(now: StepInputs, before: StepInputs): CacheCause | undefined {
  if (now.kind !== before.kind) return { kind: "new" };
  const file = fileCause(now.files, before.files);
  if (file || now.kind === "copy" || before.kind === "copy") return file;
  const variable = variableCause(now.environment, before.environment);
  if (variable) return variable;
  const parts = [
    ["command", now.argv, before.argv],
    ["user", now.user, before.user],
    ["working directory", now.workingDirectory, before.workingDirectory],
    ["mounts", now.surroundings, before.surroundings],
  ] as const;
  const changed = parts.find(([, value, other]) => !isSame(value, other));
  return changed && { kind: "setting", name: changed[0] };
}

function variableCause(now: readonly string[], before: readonly string[]): CacheCause | undefined {
  const [values, others] = [valuesOf(now), valuesOf(before)];
  const name = [...values.keys(), ...others.keys()].find((each) => values.get(each) !== others.get(each));
  if (name === undefined) return undefined;
  return { kind: "variable", name, before: others.get(name), now: values.get(name) };
}

function valuesOf(environment: readonly string[]): Map<string, string> {
  return new Map(environment.map((entry) => [entry.slice(0, entry.indexOf("=")), entry.slice(entry.indexOf("=") + 1)]));
}

function fileCause(now: readonly WrittenFile[], before: readonly WrittenFile[]): CacheCause | undefined {
  const others = new Map(before.map((file) => [file[0], file]));
  const paths = new Set(now.map(([path]) => path));
  const changes = [
    ...now.flatMap((file) => changeOf(file, others.get(file[0])) ?? []),
    ...before.filter(([path]) => !paths.has(path)).map(([path]) => ({ path, change: "removed" })),
  ];
  const [first, ...more] = changes;
  return first && { kind: "file", ...first, more: more.length };
}

const ATTRIBUTES = ["type", "mode", "owner", "owner", "contents"];

function changeOf(file: WrittenFile, before: WrittenFile | undefined): { path: string; change: string } | undefined {
  const path = file[0];
  if (!before) return { path, change: "added" };
  if (isSame(file, before)) return undefined;
  const index = ATTRIBUTES.findIndex((_, at) => !isSame(file[at + 1], before[at + 1]));
  return { path, change: ATTRIBUTES[index] ?? "extended attributes" };
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** In words, as it stands in a build's output. */
export function causeText(cause: CacheCause): string {
  switch (cause.kind) {
    case "unchanged":
      return "cache hit: nothing that it depends on has changed";
    case "off":
      return "cache miss: the cache is not to be used";
    case "new":
      return "cache miss: not built before";
    case "gone":
      return "cache miss: what was built before is no longer there";
    case "base":
      return "cache miss: what the stage begins from has changed";
    case "order":
      return "cache miss: other instructions come before it than last time";
    case "parent":
      return `cache miss: ${cause.step} comes before it and was done again`;
    case "instruction":
      return `cache miss: the instruction was ${clipped(cause.before)}`;
    case "setting":
      return `cache miss: its ${cause.name} changed`;
    case "variable":
      return `cache miss: ${cause.name} ${valueText("is", cause.now)}, ${valueText("was", cause.before)}`;
    case "file":
      return `cache miss: ${fileText(cause.path, cause.change)}${cause.more > 0 ? `, and ${cause.more} more` : ""}`;
  }
}

function fileText(path: string, change: string): string {
  if (change === "added" || change === "removed") return `${path} was ${change}`;
  return `${path} has ${change === "owner" || change === "type" ? "another" : "other"} ${change}`;
}

function valueText(verb: string, value: string | undefined): string {
  return value === undefined ? `${verb} not set` : `${verb} ${JSON.stringify(clipped(value))}`;
}

const LONGEST = 60;

function clipped(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
