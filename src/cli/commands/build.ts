import type { ProgressMessage } from "../../engine/api/types.js";
import { TRACE_ID } from "../../engine/api/types.js";
import type { TraceEvent } from "../../engine/trace/events.js";
import { parseDockerfile } from "../../shared/dockerfile/parse-dockerfile.js";
import type { SourceRange } from "../../shared/dockerfile/source.js";
import { canonicalString, parseReference } from "../../shared/reference/reference.js";
import { type BuildFacts, BuildProgress } from "../build/build-progress.js";
import { type CollectedContext, collectContext } from "../build/collect-context.js";
import { excerpt, mistakeIn, vertexText } from "../build/failure-text.js";
import { PlainPrinter } from "../build/plain-printer.js";
import { TerminalPrinter } from "../build/terminal-printer.js";
import { type Call, type CommandSpec, exactly } from "../command-spec.js";
import { labelFlag } from "../container-flags.js";
import { documentsOf } from "../engine-client.js";
import { toMap } from "../environment.js";
import { ApiError, CommandFailure, FlagError, messageOf } from "../errors.js";
import { signalStatus } from "../exit-status.js";
import { boolFlag, listFlag, textFlag } from "../flags.js";
import { signalled } from "../follow-container.js";

const REDRAW_MS = 150;

/** `docker build`: sends the context, and shows the build's trace as BuildKit shows its own. */
export const build: CommandSpec = {
  usage: "[OPTIONS] PATH | URL | -",
  summary: "Build an image from a Dockerfile",
  aliases: ["image build", "build", "builder build"],
  arity: exactly(1),
  flags: [
    listFlag("build-arg", "Value of an ARG, or the caller's variable of that name"),
    textFlag("file", "The Dockerfile (PATH/Dockerfile if not given)", { short: "f" }),
    textFlag("iidfile", "Write the image's id to a file"),
    { ...labelFlag("Label of the image"), short: undefined },
    boolFlag("no-cache", "Do every step again"),
    textFlag("progress", "How to show progress: auto, plain, tty, quiet", { default: '"auto"', check: checkProgress }),
    boolFlag("pull", "Ask for newer base images"),
    boolFlag("quiet", "Print the image's id only", { short: "q" }),
    listFlag("tag", "Name of the image: name or name:tag", { short: "t" }),
    textFlag("target", "Stage to build"),
    // Given by habit, and without a meaning here.
    boolFlag("rm", "", { hidden: true }),
    boolFlag("force-rm", "", { hidden: true }),
    boolFlag("load", "", { hidden: true }),
  ],
  unsupportedFlags: (
    "add-host allow annotation attest build-context builder cache-from cache-to cgroup-parent compress cpu-period " +
    "cpu-quota cpu-shares cpuset-cpus cpuset-mems isolation memory memory-swap metadata-file network output platform " +
    "provenance push sbom secret security-opt shm-size squash ssh ulimit"
  ).split(" "),
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

function checkProgress(value: string): void {
  if (!["auto", "plain", "tty", "quiet"].includes(value)) throw new FlagError(`invalid progress type: ${value}`);
}

async function runBuild(call: Call): Promise<number> {
  const { context, flags, words } = call;
  for (const name of flags.list("tag")) checkTag(name);
  const collected = await collectContext(context, words[0]!, flags.text("file"));
  const display = openDisplay(call, collected);
  const abort = new AbortController();
  const own = signalled(call);
  const interrupted = own.signal.then((): never => {
    abort.abort();
    throw new BuildFailure("interrupted");
  });
  try {
    const id = await Promise.race([follow(call, collected, display, abort.signal), interrupted]);
    await finish(call, id, display);
    return 0;
  } catch (error) {
    if (abort.signal.aborted) return cancelled(call, display, await own.signal);
    await display.finish();
    await context.stderr.write(failureText(display, collected, error));
    return 1;
  } finally {
    own.dispose();
    display.dispose();
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
  { tar, dockerfile }: CollectedContext,
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
      pull: flags.on("pull"),
      buildargs: flags.has("build-arg") ? JSON.stringify(buildArgs(flags.list("build-arg"), context.env)) : undefined,
      labels: flags.has("label") ? JSON.stringify(toMap(flags.list("label"))) : undefined,
    },
    bytes: tar,
    contentType: "application/x-tar",
    signal,
  });
  let id = "";
  for await (const message of documentsOf<ProgressMessage>(response)) {
    if (message.error !== undefined || message.errorDetail)
      throw new BuildFailure(message.errorDetail?.message ?? message.error ?? "");
    if (message.id === TRACE_ID) display.add(message.aux as TraceEvent);
    else if (message.aux && "ID" in message.aux) id = message.aux.ID;
    else if (message.stream !== undefined) display.warnings.push(message.stream.trim());
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

async function finish({ context, flags }: Call, id: string, display: Display): Promise<void> {
  const names = flags.list("tag").map((name) => canonicalString(parseReference(name)));
  display.progress.exported(id, names);
  await display.finish();
  if (!display.isQuiet) await context.stderr.write(warningsText(display.warnings));
  const iidFile = flags.text("iidfile");
  if (iidFile !== undefined) await context.files.write(iidFile, new TextEncoder().encode(id));
  if (display.isQuiet) await context.stdout.write(`${id}\n`);
}

function warningsText(warnings: readonly string[]): string {
  if (warnings.length === 0) return "";
  const count = `${warnings.length} warning${warnings.length === 1 ? "" : "s"} found`;
  return `\n ${count}:\n${warnings.map((warning) => ` - ${warning}\n`).join("")}`;
}

interface Display {
  isQuiet: boolean;
  progress: BuildProgress;
  warnings: string[];
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
  const silent = { start() {}, status() {}, output() {}, end() {} };
  const terminal = isTerminal ? new TerminalPrinter(write, () => context.size(), Date.now) : undefined;
  const printer = terminal ?? (mode === "quiet" ? silent : new PlainPrinter(write));
  const progress = new BuildProgress(factsOf(collected), printer, Date.now());
  const timer = terminal && setInterval(() => terminal.draw(), REDRAW_MS);
  const ranges = new Map<string, SourceRange>();
  return {
    isQuiet: mode === "quiet",
    progress,
    warnings: [],
    range: undefined,
    add(event) {
      progress.add(event);
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
