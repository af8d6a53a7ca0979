/**
 * A build: the Dockerfile's stages up to the target, those that it needs and no others. Made images have true digests:
 * the configuration's bytes are written once and its id is their digest.
 */
import { checkPlatform } from "../../shared/dockerfile/from-platform.js";
import type { CopyInstruction } from "../../shared/dockerfile/instructions/copy.js";
import type { StageInstruction } from "../../shared/dockerfile/instructions/instructions.js";
import {
  type Dockerfile,
  findStage,
  parseDockerfile,
  parseTrigger,
  type Stage,
} from "../../shared/dockerfile/parse-dockerfile.js";
import { expandWord } from "../../shared/dockerfile/shell-lexer.js";
import {
  baseNames,
  baseStage,
  checkStageGraph,
  copySource,
  neededStages,
  stageNamed,
  stageTitle,
} from "../../shared/dockerfile/stage-graph.js";
import { suggestion } from "../../shared/dockerfile/suggest.js";
import { GlobalArgs, predefinedArgs } from "../../shared/dockerfile/variables.js";
import { decodePath } from "../../shared/text/path-bytes.js";
import { rfc3339 } from "../clock.js";
import { LayeredTree } from "../containers/layered-tree.js";
import { inSpan, type Span, startSpan } from "../trace/span.js";
import { BaseImages, canonical } from "./base-images.js";
import { buildChecks, type Checks, tellWarnings } from "./build-checks.js";
import { type BuildContext, readContext } from "./build-context.js";
import { BuildError } from "./build-error.js";
import type { BuildRequest, BuildResult, BuildServices } from "./build-request.js";
import { buildInstruction, isCounted } from "./build-stage.js";
import { SCRATCH, type StageBase, StageState } from "./stage-state.js";

/** @throws {BuildError | DockerfileError} in BuildKit's words; AbortError when given up. */
export function build(services: BuildServices, request: BuildRequest): Promise<BuildResult> {
  const title = request.tags[0] ?? request.dockerfile;
  const { trace } = services.runtime;
  return inSpan(trace, { kind: "build", title }, (span) => checkedBuild(services, request, span), request.signal);
}

/** What the checks find is told however the build ends. */
async function checkedBuild(services: BuildServices, request: BuildRequest, span: Span): Promise<BuildResult> {
  const context = readContext(request.context, request.dockerfile);
  const text = dockerfileText(context, request.dockerfile);
  const checks = buildChecks(text, request, context.ignored, services);
  const tell = () => tellWarnings(services.runtime.trace, span.id, checks.findings());
  try {
    const { id, warnings } = await new Build(services, request, span, context, text, checks).run();
    return { id, warnings: [...tell(), ...warnings] };
  } catch (error) {
    tell();
    throw error;
  }
}

class Build {
  readonly #services: BuildServices;
  readonly #request: BuildRequest;
  readonly #span: Span;
  readonly #bases: BaseImages;
  readonly #built = new Map<number, StageState>();
  readonly #context: BuildContext;
  readonly #checks: Checks;
  readonly #dockerfile: Dockerfile;
  readonly #target: Stage;
  readonly #globals: GlobalArgs;
  #names: ReadonlyMap<Stage, string> = new Map();

  constructor(
    services: BuildServices,
    request: BuildRequest,
    span: Span,
    context: BuildContext,
    text: string,
    checks: Checks,
  ) {
    this.#services = services;
    this.#request = request;
    this.#span = span;
    this.#bases = new BaseImages(services, request);
    this.#context = context;
    this.#checks = checks;
    this.#dockerfile = parseDockerfile(text);
    this.#target = this.#findTarget();
    const predefined = predefinedArgs(this.#target.name ?? "");
    this.#globals = new GlobalArgs(request.buildArgs, predefined, this.#dockerfile.escapeToken);
  }

  async run(): Promise<BuildResult> {
    const { globalArgs } = this.#dockerfile;
    for (const arg of globalArgs) this.#globals.declare(arg);
    checkStageGraph(this.#dockerfile);
    this.#checks.demand();
    const { stages } = this.#dockerfile;
    this.#names = baseNames(this.#dockerfile, this.#globals.lookup);
    const needed = neededStages(stages, this.#target, this.#names);
    for (const stage of stages) if (needed.has(stage)) await this.#stage(stage);
    this.#checks.demand();
    const id = await this.#commit(this.#built.get(this.#target.index)!);
    return { id, warnings: this.#unusedArguments() };
  }

  #findTarget(): Stage {
    const { stages } = this.#dockerfile;
    const { target } = this.#request;
    if (!target) return stages.at(-1)!;
    const stage = findStage(stages, target);
    const near = suggestion(target, stages.map(stageTitle));
    if (!stage) throw new BuildError(`target stage ${JSON.stringify(target)} could not be found${near}`);
    return stage;
  }

  async #stage(stage: Stage): Promise<StageState> {
    const built = this.#built.get(stage.index);
    if (built) return built;
    const { trace } = this.#services.runtime;
    const title = stageTitle(stage);
    const state = await inSpan(
      trace,
      { kind: "stage", title, parent: this.#span.id },
      (span) => this.#buildStage(stage, span),
      this.#request.signal,
    );
    this.#built.set(stage.index, state);
    return state;
  }

  async #buildStage(stage: Stage, span: Span): Promise<StageState> {
    const { escapeToken } = this.#dockerfile;
    this.#refusePlatform(stage.from);
    const name = this.#names.get(stage)!;
    const earlier = baseStage(this.#dockerfile.stages, stage, name);
    const isImage = !earlier && name !== "scratch";
    const counted = stage.instructions.filter(isCounted).length;
    const count = { number: 0, total: counted + (isImage ? 1 : 0) };
    let base: StageBase = SCRATCH;
    if (earlier) base = (await this.#stage(earlier)).asBase();
    if (isImage) base = await this.#from(name, stage, span, count);
    const triggers = (base.config.OnBuild ?? []).map((text) => parseTrigger(text) as StageInstruction);
    count.total += triggers.filter(isCounted).length;
    const state = new StageState(base, this.#globals);
    const context = {
      services: this.#services,
      request: this.#request,
      stage: state,
      span,
      escapeToken,
      context: this.#context.tree,
      count,
      sourceOf: (instruction: CopyInstruction, asking: Span) => this.#sourceOf(instruction, stage, asking),
      mountSource: (from: string, target: string, asking: Span) => this.#mountSource(from, target, stage, asking),
      place: {
        build: `${(this.#request.tags[0] ?? "").replace(/:[^:/]*$/, "")} ${this.#request.dockerfile}`,
        stage: stageTitle(stage),
        baseLayers: base.layers.length,
        seen: new Map(),
      },
      ignoresCache: this.#request.noCache || isNamed(this.#request.noCacheFilter, stage),
    };
    for (const instruction of triggers) await buildInstruction(context, instruction, true);
    for (const instruction of stage.instructions) await buildInstruction(context, instruction, false);
    return state;
  }

  #refusePlatform(from: Stage["from"]): void {
    if (!from.platform) return;
    const { lookup } = this.#globals;
    const platform = expandWord(from.platform, { lookup, escapeToken: this.#dockerfile.escapeToken });
    checkPlatform(from, platform, this.#globals.names());
    if (platform.text !== "linux/386" && platform.text !== "linux")
      throw new BuildError(`platform ${platform.text} is not supported: the machine runs linux/386`);
  }

  async #from(image: string, stage: Stage, parent: Span, count: { number: number; total: number }): Promise<StageBase> {
    count.number++;
    const title = `FROM ${canonical(image)}`;
    const step = { number: count.number, total: count.total, ...stage.from.range };
    const span = startSpan(this.#services.runtime.trace, { kind: "instruction", title, parent: parent.id, step });
    try {
      const found = await this.#bases.find(image, span);
      const base = this.#bases.baseOf(found);
      for (const [index, { diffID }] of base.layers.entries()) span.layer(diffID, index);
      span.end(this.#services.cache.sawBase(found.id) ? "cached" : "done");
      return base;
    } catch (error) {
      span.end(this.#request.signal.aborted ? "cancelled" : "failed", (error as Error).message);
      throw error;
    }
  }

  async #sourceOf(copy: CopyInstruction, asking: Stage, span: Span): Promise<LayeredTree> {
    const from = copy.from!;
    const stage = copySource(this.#dockerfile.stages, copy);
    if (stage && stage.index >= asking.index)
      throw new BuildError(
        `cannot copy from stage ${JSON.stringify(from)}, it needs to be defined before current stage ${JSON.stringify(stageTitle(asking))}`,
      );
    return this.#treeOf(stage, from, span);
  }

  async #mountSource(from: string, target: string, asking: Stage, span: Span): Promise<LayeredTree> {
    const stage = stageNamed(this.#dockerfile.stages, from);
    if (stage && stage.index >= asking.index)
      throw new BuildError(
        `cannot mount from stage ${JSON.stringify(from)} to ${JSON.stringify(target)}, stage needs to be defined before current command`,
      );
    return this.#treeOf(stage, from, span);
  }

  async #treeOf(stage: Stage | undefined, from: string, span: Span): Promise<LayeredTree> {
    if (stage) return (await this.#stage(stage)).tree;
    if (from === "scratch") return new LayeredTree([]);
    const base = this.#bases.baseOf(await this.#bases.find(from, span));
    return new LayeredTree(base.layers.map((layer) => layer.tree));
  }

  async #commit(stage: StageState): Promise<BuildResult["id"]> {
    const { images, runtime } = this.#services;
    const config = stage.imageConfig(this.#request.labels, rfc3339(runtime.clock.now()));
    this.#request.signal.throwIfAborted();
    const image = await images.add(new TextEncoder().encode(JSON.stringify(config)));
    const event = { type: "image", span: this.#span.id, at: runtime.clock.now(), imageID: image.id } as const;
    runtime.trace.sink({ ...event, action: "build" });
    for (const reference of this.#request.tags) {
      images.tag(image.id, reference);
      runtime.trace.sink({ ...event, action: "tag", reference });
    }
    return image.id;
  }

  #unusedArguments(): string[] {
    const declared = new Set(this.#dockerfile.globalArgs.flatMap(({ args }) => args.map(({ key }) => key)));
    for (const { instructions } of this.#dockerfile.stages)
      for (const instruction of instructions)
        if (instruction.name === "ARG") for (const { key } of instruction.args) declared.add(key);
    const unused = this.#globals.unused(declared);
    return unused.length > 0 ? [`One or more build-args [${unused.join(" ")}] were not consumed`] : [];
  }
}

/** It may name files whose names are no text. */
function dockerfileText({ all }: BuildContext, path: string): string {
  const found = all.lookup(path)?.node;
  if (found?.type !== "file")
    throw new BuildError(`failed to read dockerfile: open ${path}: no such file or directory`);
  return decodePath(found.contents.read(0, found.size) as Uint8Array);
}

const isNamed = (names: readonly string[], { name }: Stage) => names.some((wanted) => wanted.toLowerCase() === name);
