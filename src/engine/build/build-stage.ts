/** One stage: its instructions in order, each from the cache where it can be. */
import { expandInstruction } from "../../shared/dockerfile/expand-instruction.js";
import type { AddInstruction } from "../../shared/dockerfile/instructions/add.js";
import type { CopyInstruction } from "../../shared/dockerfile/instructions/copy.js";
import type { StageInstruction } from "../../shared/dockerfile/instructions/instructions.js";
import { type RunInstruction, runScript } from "../../shared/dockerfile/instructions/run.js";
import type { WorkdirInstruction } from "../../shared/dockerfile/instructions/workdir.js";
import type { EscapeCharacter } from "../../shared/dockerfile/source.js";
import { timeOfMs } from "../../shared/files/file-attributes.js";
import type { LayeredTree } from "../containers/layered-tree.js";
import type { Span } from "../trace/span.js";
import { startSpan } from "../trace/span.js";
import { BuildCache } from "./build-cache.js";
import { BuildError } from "./build-error.js";
import type { BuildRequest, BuildServices } from "./build-request.js";
import { causeText } from "./cache-decision.js";
import { copyFiles } from "./copy-files.js";
import { copyText, runText } from "./history-text.js";
import { LayerDraft } from "./layer-draft.js";
import { applyMetadata, argvOf, isMetadata, workingDirectory } from "./metadata.js";
import { ownerNamed } from "./owner.js";
import { planRunMounts, withScript } from "./run-mounts.js";
import { runStep } from "./run-step.js";
import type { StageState } from "./stage-state.js";
import type { StepInputs } from "./step-inputs.js";
import { stepTitle } from "./step-title.js";

export interface StageContext {
  services: BuildServices;
  request: BuildRequest;
  stage: StageState;
  /** Of the stage. */
  span: Span;
  escapeToken: EscapeCharacter;
  context: LayeredTree;
  /** Number of the last instruction counted, and how many there will be: FROM of an image, RUN, COPY, ADD, WORKDIR. */
  count: { number: number; total: number };
  /** Tree that `COPY --from` names. */
  sourceOf(instruction: CopyInstruction, span: Span): Promise<LayeredTree>;
  /** Tree that the `from` of a RUN's mount names. */
  mountSource(from: string, target: string, span: Span): Promise<LayeredTree>;
  /** Which steps these are, and how it went with those before. */
  place: {
    build: string;
    stage: string;
    baseLayers: number;
    /** Steps so far, by how they are written. */
    seen: Map<string, number>;
    /** The first that was done again. */
    redone?: string;
  };
  /** The stage's steps are done again. */
  ignoresCache: boolean;
}

export function isCounted({ name }: StageInstruction): boolean {
  return name === "RUN" || name === "COPY" || name === "ADD" || name === "WORKDIR";
}

/** Carries out `instruction`, in a span of its own. */
export async function buildInstruction(
  stage: StageContext,
  instruction: StageInstruction,
  isTrigger: boolean,
): Promise<void> {
  const { services, span: parent, count, request } = stage;
  if (isCounted(instruction)) count.number++;
  const { number, total } = count;
  const step = { number, total, ...instruction.range };
  const named = isCounted(instruction);
  const title = named ? stepTitle(instruction, stage.stage.variables.lookup, stage.escapeToken) : instruction.code;
  const span = startSpan(services.runtime.trace, {
    kind: "instruction",
    title: (isTrigger ? "ONBUILD " : "") + title,
    parent: parent.id,
    ...(named && { step }),
  });
  try {
    request.signal.throwIfAborted();
    span.end(await carryOut(stage, instruction, span));
  } catch (error) {
    span.end(request.signal.aborted ? "cancelled" : "failed", error instanceof Error ? error.message : String(error));
    throw error;
  }
}

type Outcome = "done" | "cached";

async function carryOut(context: StageContext, raw: StageInstruction, span: Span): Promise<Outcome> {
  const { stage, escapeToken } = context;
  // ARG reads its own values, one after the other, and not those that are not wanted.
  const instruction = raw.name === "ARG" ? raw : expandInstruction(raw, stage.variables.lookup, escapeToken);
  if (isMetadata(instruction)) {
    applyMetadata(stage, instruction);
    return "done";
  }
  switch (instruction.name) {
    case "RUN":
      return run(context, instruction, span);
    case "WORKDIR":
      return workdir(context, instruction, span);
    default:
      return copy(context, instruction, span);
  }
}

async function run(context: StageContext, instruction: RunInstruction, span: Span): Promise<Outcome> {
  const { services, request, stage } = context;
  refuseUnsupported(instruction);
  const { User = "", WorkingDir = "/" } = stage.config;
  const { argv, mounts } = await processAndMounts(context, instruction, span);
  const env = stage.variables.environment();
  const inputs: StepInputs = {
    kind: "run",
    below: diffIDs(stage),
    argv,
    environment: stage.variables.keyEnvironment(),
    workingDirectory: WorkingDir,
    user: User,
    files: mounts.files,
    surroundings: [mounts.key, instruction.network ?? request.network],
  };
  return layer(context, { span, instruction, inputs }, runText(argv, stage.variables.args()), () =>
    runStep(services.runtime, {
      layers: stage.layers,
      argv,
      env,
      workingDirectory: WorkingDir,
      user: User,
      mounts,
      span,
      signal: request.signal,
    }),
  );
}

/** A script that says what runs it is a file, which the shell is to call. */
async function processAndMounts(context: StageContext, instruction: RunInstruction, span: Span) {
  const { stage, services, request } = context;
  const mounts = await planRunMounts(instruction.parsedMounts, {
    workingDirectory: stage.config.WorkingDir ?? "/",
    secrets: request.secrets,
    caches: services.cacheMounts,
    treeOf: async (from, target) => (from ? context.mountSource(from, target, span) : context.context),
  });
  const script = runScript(instruction);
  if (script.form !== "file") return { argv: argvOf(stage, script), mounts };
  const file = withScript(mounts, script.name, script.contents);
  return { argv: argvOf(stage, { form: "shell", script: file.path }), mounts: file.mounts };
}

async function copy(
  context: StageContext,
  instruction: CopyInstruction | AddInstruction,
  span: Span,
): Promise<Outcome> {
  const { stage, services } = context;
  const isFrom = instruction.name === "COPY" && instruction.from;
  const source = isFrom ? await context.sourceOf(instruction, span) : context.context;
  const now = timeOfMs(services.runtime.clock.now());
  // Linked, it is the same on whatever is below; a mode makes BuildKit forget that.
  const isLinked = instruction.link === true && !instruction.chmod;
  const draft = new LayerDraft(isLinked ? [] : trees(stage), now);
  const workingDirectory = stage.config.WorkingDir ?? "/";
  const notes = await copyFiles({ instruction, source, target: stage.tree, workingDirectory, draft, now });
  for (const note of notes) span.output("stderr", `${note}\n`);
  const below = isLinked ? undefined : diffIDs(stage);
  const inputs: StepInputs = { kind: "copy", below, files: await draft.written() };
  return layer(context, { span, instruction, inputs }, copyText(instruction), () => draft.tar());
}

async function workdir(context: StageContext, instruction: WorkdirInstruction, span: Span): Promise<Outcome> {
  const { stage, services } = context;
  const path = workingDirectory(stage, instruction.path);
  stage.config.WorkingDir = path;
  if (path === "/") {
    stage.note("WORKDIR /");
    return "done";
  }
  const draft = new LayerDraft(trees(stage), timeOfMs(services.runtime.clock.now()));
  const { User } = stage.config;
  draft.makeDirectory(path, User ? await ownerNamed(stage.tree, User) : undefined);
  const inputs: StepInputs = { kind: "copy", below: diffIDs(stage), files: await draft.written() };
  return layer(context, { span, instruction, inputs }, `WORKDIR ${path}`, () => draft.tar());
}

const diffIDs = ({ layers }: StageState) => layers.map(({ diffID }) => diffID);
const trees = ({ layers }: StageState) => layers.map(({ tree }) => tree);

interface LayerStep {
  span: Span;
  instruction: StageInstruction;
  inputs: StepInputs;
}

/** Takes the layer from the cache, or makes it and remembers it. */
async function layer(
  context: StageContext,
  step: LayerStep,
  createdBy: string,
  make: () => Promise<Uint8Array>,
): Promise<Outcome> {
  const { services, request, stage, ignoresCache } = context;
  const { cache, layers, runtime } = services;
  const { span } = step;
  const key = await BuildCache.key(step.inputs);
  const cached = ignoresCache ? undefined : cache.find(key);
  tellDecision(context, step, cached !== undefined);
  if (cached) {
    stage.addLayer(cached.layer, createdBy, cached.createdAt);
    span.layer(cached.layer.diffID, stage.layers.length - 1);
    return "cached";
  }
  const made = await layers.apply(await make());
  request.signal.throwIfAborted();
  const createdAt = runtime.clock.now();
  cache.add(key, made.diffID, createdAt);
  stage.addLayer(made, createdBy, createdAt);
  span.layer(made.diffID, stage.layers.length - 1);
  return "done";
}

function tellDecision(context: StageContext, { span, instruction, inputs }: LayerStep, isHit: boolean): void {
  const { services, request, place, ignoresCache } = context;
  const { code } = instruction;
  const occurrence = place.seen.get(code) ?? 0;
  place.seen.set(code, occurrence + 1);
  const { build, stage, baseLayers } = place;
  const circumstances = { isHit, isOff: ignoresCache, redone: place.redone };
  const cause = services.cache.history.explain({ build, stage, code, occurrence, baseLayers }, inputs, circumstances);
  if (!isHit) place.redone ??= code;
  request.signal.throwIfAborted();
  const { sink, clock } = services.runtime.trace;
  sink({ type: "cache", span: span.id, at: clock.now(), cause, text: causeText(cause) });
}

function refuseUnsupported({ network, security }: RunInstruction): void {
  if (network && network !== "none" && network !== "default")
    throw new BuildError(`RUN --network=${network} is not supported: the build has loopback only`);
  if (security && security !== "sandbox") throw new BuildError(`RUN --security=${security} is not supported`);
}
