import type { ProgressMessage } from "../../engine/api/types.js";
import { SECRETS_HEADER, TRACE_ID } from "../../engine/api/types.js";
import type { CacheCause, TraceEvent, WarningEvent } from "../../engine/trace/events.js";
import { parseDockerfile } from "../../shared/dockerfile/parse-dockerfile.js";
import { DockerfileError, type SourceRange } from "../../shared/dockerfile/source.js";
import { canonicalString, parseReference } from "../../shared/reference/reference.js";
import { answerCall } from "../build/answer-call.js";
import { BUILD_REFUSALS, buildFlags } from "../build/build-flags.js";
import { type BuildFacts, BuildProgress } from "../build/build-progress.js";
import { type CallFunction, parseCallFunction } from "../build/call-function.js";
import { type CollectedContext, collectContext } from "../build/collect-context.js";
import { excerpt, mistakeIn, vertexText } from "../build/failure-text.js";
import { PlainPrinter } from "../build/plain-printer.js";
import { readSecrets } from "../build/secrets.js";
import { TerminalPrinter } from "../build/terminal-printer.js";
import { type Warnings, warningsText } from "../build/warnings-text.js";
import { type Call, type CommandSpec, exactly } from "../command-spec.js";
import { documentsOf } from "../engine-client.js";
import { toMap } from "../environment.js";
import { ApiError, CommandFailure, messageOf } from "../errors.js";
import { signalStatus } from "../exit-status.js";
import { signalled } from "../follow-container.js";

const REDRAW_MS = 150;

/** `docker build`: sends the context, and shows the build's trace as BuildKit shows its own. */
export const build: CommandSpec = {
  usage: "[OPTIONS] PATH | URL | -",
  summary: "Build an image from a Dockerfile",
  aliases: ["image build", "build", "builder build"],
  arity: exactly(1),
  flags: buildFlags,
  refusals: BUILD_REFUSALS,
  ownSignals: true,
  async run(call) {
    try {
      return await runBuild(call);
    } catch (error) {
      throw error instanceof CommandFailure || error instanceof ApiError
        ? new CommandFailure(`ERROR: ${error instanceof ApiError ? error.reason : error.message}`)
        : error;
    }
  },
};

async function runBuild(call: Call): Promise<number> {
  const { context, flags, words } = call;
  for (const name of flags.list("tag")) checkTag(name);
  if (flags.on("no-cache") && flags.has("no-cache-filter"))
    throw new CommandFailure("--no-cache and --no-cache-filter cannot currently be used together");
  const asked = parseCallFunction(flags.on("check") ? "check" : (flags.text("call") ?? "build"));
  const collected = await collectContext(context, words[0]!, flags.text("file"));
  if (asked) return answer(call, asked, collected);
  const secrets = await readSecrets(context, flags.list("secret"));
  const display = openDisplay(call, collected);
  const abort = new AbortController();
  const own = signalled(call);
  const interrupted = own.signal.then((): never => {
    abort.abort();
    throw new BuildFailure("interrupted");
  });
  try {
    const id = await Promise.race([follow(call, { ...collected, secrets }, display, abort.signal), interrupted]);
    await finish(call, collected, id, display);
    return 0;
  } catch (error) {
    if (abort.signal.aborted) return cancelled(call, display, await own.signal);
    await display.finish();
    const warnings = display.isQuiet ? "" : warningsText(display.warnings, collected, context.isDebug ?? false);
    await context.stderr.write(warnings + failureText(display, collected, error));
    return 1;
  } finally {
    own.dispose();
    display.dispose();
  }
}

async function answer({ client, context, flags }: Call, asked: CallFunction, collected: CollectedContext) {
  const args = buildArgs(flags.list("build-arg"), context.env);
  try {
    const { stdout, status, mistake } = await answerCall(client, asked, collected, flags.text("target"), args);
    await context.stdout.write(stdout);
    if (mistake !== undefined) throw new CommandFailure(mistake);
    return status;
  } catch (error) {
    throw error instanceof DockerfileError ? new CommandFailure(error.message) : error;
  }
}

async function cancelled({ context }: Call, display: Display, signal: number): Promise<number> {
  display.progress.cancel(Date.now());
  await display.finish();
  await context.stderr.write("ERROR: failed to solve: Canceled: context canceled\n");
  return signalStatus(signal);
}

function checkTag(name: string): void {
  try {
    parseReference(name);
  } catch (error) {
    throw new CommandFailure(`invalid tag ${JSON.stringify(name)}: ${messageOf(error)}`);
  }
}

/** Sends the request and shows what comes back. @returns the image's id. @throws {BuildFailure} */
async function follow(
  { client, context, flags }: Call,
  { tar, dockerfile, secrets }: CollectedContext & { secrets: Record<string, string> },
  display: Display,
  signal: AbortSignal,
): Promise<string> {
  const response = await client.send("POST", "/build", {
    query: {
      trace: true,
      dockerfile,
      t: flags.list("tag"),
      target: flags.text("target"),
      nocache: flags.on("no-cache"),
      nocachefilter: flags.list("no-cache-filter"),
      networkmode: flags.text("network"),
      pull: flags.on("pull"),
      buildargs: flags.has("build-arg") ? JSON.stringify(buildArgs(flags.list("build-arg"), context.env)) : undefined,
      labels: flags.has("label") ? JSON.stringify(toMap(flags.list("label"))) : undefined,
    },
    bytes: tar,
    contentType: "application/x-tar",
    headers: flags.has("secret") ? { [SECRETS_HEADER]: JSON.stringify(secrets) } : {},
    signal,
  });
  let id = "";
  for await (const message of documentsOf<ProgressMessage>(response)) {
    if (message.error !== undefined || message.errorDetail)
      throw new BuildFailure(message.errorDetail?.message ?? message.error ?? "");
    if (message.id === TRACE_ID) display.add(message.aux as TraceEvent);
    else if (message.aux && "ID" in message.aux) id = message.aux.ID;
    else if (message.stream !== undefined) display.warn(message.stream.trim());
  }
  if (id === "") throw new BuildFailure("the engine ended the build without an image");
  return id;
}

class BuildFailure extends Error {}

/** `--build-arg NAME` alone takes the caller's variable. */
function buildArgs(words: readonly string[], env: Readonly<Record<string, string>>): Record<string, string> {
  const values = words.map((word): [string, string | undefined] => {
    const equals = word.indexOf("=");
    return equals < 0 ? [word, env[word]] : [word.slice(0, equals), word.slice(equals + 1)];
  });
  return Object.fromEntries(values.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

async function finish(
  { context, flags }: Call,
  collected: CollectedContext,
  id: string,
  display: Display,
): Promise<void> {
  const names = flags.list("tag").map((name) => canonicalString(parseReference(name)));
  display.progress.exported(id, names);
  await display.finish();
  if (!display.isQuiet) await context.stderr.write(warningsText(display.warnings, collected, context.isDebug ?? false));
  const iidFile = flags.text("iidfile");
  if (iidFile !== undefined) await context.files.write(iidFile, new TextEncoder().encode(id));
  const metadataFile = flags.text("metadata-file");
  if (metadataFile !== undefined) await context.files.write(metadataFile, metadataOf(id, names, display));
  if (display.isQuiet) await context.stdout.write(`${id}\n`);
}

/** What buildx writes, as far as it is so here: an image's digest is that of its configuration. And of each step why. */
function metadataOf(id: string, names: readonly string[], { decisions }: Display): Uint8Array {
  const metadata = {
    "containerimage.config.digest": id,
    "containerimage.digest": id,
    ...(names.length > 0 && { "image.name": names.join(",") }),
    "drydock.build.cache": decisions,
  };
  return new TextEncoder().encode(JSON.stringify(metadata, null, 2));
}

interface Display {
  isQuiet: boolean;
  progress: BuildProgress;
  warnings: Warnings;
  /** Told twice, it is one. */
  warn(text: string, event?: WarningEvent): void;
  /** What was taken from the cache and what not, by the steps' titles. */
  decisions: { step: string; cause: CacheCause; text: string }[];
  /** Source lines of the instruction that failed last. */
  range: SourceRange | undefined;
  add(event: TraceEvent): void;
  /** Shows what is left to show. */
  finish(): Promise<void>;
  dispose(): void;
}

function openDisplay({ context, flags }: Call, collected: CollectedContext): Display {
  const mode = flags.on("quiet") ? "quiet" : (flags.text("progress") ?? "auto");
  const isTerminal = mode === "tty" || (mode === "auto" && context.terminal.stderr);
  let written = Promise.resolve();
  const write = (text: string) => {
    written = written.then(() => context.stderr.write(text));
    // A broken stderr shows when the display is finished.
    written.catch(() => {});
  };
  const silent = { start() {}, status() {}, cause() {}, output() {}, end() {} };
  const terminal = isTerminal ? new TerminalPrinter(write, () => context.size(), Date.now) : undefined;
  const printer = terminal ?? (mode === "quiet" ? silent : new PlainPrinter(write));
  const progress = new BuildProgress(factsOf(collected), printer, Date.now());
  const timer = terminal && setInterval(() => terminal.draw(), REDRAW_MS);
  const ranges = new Map<string, SourceRange>();
  const titles = new Map<string, string>();
  const warnings = new Map<string, WarningEvent | undefined>();
  return {
    isQuiet: mode === "quiet",
    progress,
    warnings,
    warn(text, event) {
      if (!warnings.has(text)) warnings.set(text, event);
    },
    decisions: [],
    range: undefined,
    add(event) {
      progress.add(event);
      if (event.type === "span-start") titles.set(event.span, event.title);
      if (event.type === "cache")
        this.decisions.push({ step: titles.get(event.span) ?? "", cause: event.cause, text: event.text });
      if (event.type === "warning") this.warn(event.text, event);
      if (event.type === "span-start" && event.step) ranges.set(event.span, event.step);
      if (event.type === "span-end" && event.outcome === "failed") this.range ??= ranges.get(event.span);
    },
    async finish() {
      clearInterval(timer);
      terminal?.draw(true);
      await written;
    },
    dispose: () => clearInterval(timer),
  };
}

function factsOf({ dockerfileName, dockerfileText, ignoreBytes, tar }: CollectedContext): BuildFacts {
  const facts = { dockerfileName, dockerfileBytes: dockerfileText?.length ?? 2, ignoreBytes, contextBytes: tar.length };
  try {
    const { stages } = parseDockerfile(dockerfileText ?? "");
    const usesContext = stages.some(({ instructions }) =>
      instructions.some((each) => each.name === "ADD" || (each.name === "COPY" && each.from === undefined)),
    );
    return { ...facts, usesContext, namesStages: stages.length > 1 || stages[0]?.name !== undefined };
  } catch {
    // The engine will say what is wrong with it.
    return { ...facts, usesContext: false, namesStages: false };
  }
}

function failureText(
  display: Display,
  { dockerfileName, dockerfileText = "" }: CollectedContext,
  error: unknown,
): string {
  const { failed } = display.progress;
  const range = display.range ?? mistakeIn(dockerfileText);
  const reason = error instanceof ApiError ? error.reason : messageOf(error);
  return [
    failed ? vertexText(failed) : "",
    range && dockerfileText ? excerpt(dockerfileName, dockerfileText, range) : "",
    `ERROR: failed to solve: ${reason}\n`,
  ].join("");
}
