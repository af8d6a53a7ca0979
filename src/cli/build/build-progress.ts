/**
 * A build's trace as BuildKit's *vertices*: numbered pieces of work, each with lines of status and output. What the
 * command line itself does (reading the Dockerfile and the context) is told by it; the rest comes from the engine.
 */
import type { CacheEvent, SpanEnd, SpanStart, TraceEvent } from "../../engine/trace/events.js";

export interface Vertex {
  /** From 1. */
  number: number;
  name: string;
  /** Milliseconds since 1970. */
  startedAt: number;
  endedAt?: number;
  outcome?: SpanEnd["outcome"];
  /** The error of a failed one. */
  message?: string;
  statuses: VertexStatus[];
  /** The last lines of output, with the seconds they came after the start. */
  output: { seconds: number; text: string }[];
}

export interface VertexStatus {
  text: string;
  startedAt: number;
  endedAt?: number;
}

/** Prints vertices as they change. */
export interface BuildPrinter {
  start(vertex: Vertex): void;
  status(vertex: Vertex, status: VertexStatus): void;
  /** Why a step is done again. */
  cause(vertex: Vertex, text: string): void;
  output(vertex: Vertex, lines: { seconds: number; text: string }[]): void;
  end(vertex: Vertex): void;
}

/** More than any printer shows again. */
const OUTPUT_LINES_KEPT = 50;

export interface BuildFacts {
  dockerfileName: string;
  dockerfileBytes: number;
  ignoreBytes: number;
  contextBytes: number;
  /** Some instruction reads the context. */
  usesContext: boolean;
  /** One stage without a name is not named in what is printed. */
  namesStages: boolean;
}

export class BuildProgress {
  readonly vertices: Vertex[] = [];
  readonly #facts: BuildFacts;
  readonly #printer: BuildPrinter;
  readonly #stages = new Map<string, string>();
  readonly #spans = new Map<string, OpenSpan>();
  #saidContext = false;
  #lastAt: number;

  constructor(facts: BuildFacts, printer: BuildPrinter, startedAt: number) {
    this.#facts = facts;
    this.#printer = printer;
    this.#lastAt = startedAt;
    const { dockerfileName, dockerfileBytes } = facts;
    this.#note(`[internal] load build definition from ${dockerfileName}`, [
      `transferring dockerfile: ${bytesText(dockerfileBytes)}`,
    ]);
  }

  /** The vertex that failed. */
  get failed(): Vertex | undefined {
    return this.vertices.find(({ outcome }) => outcome === "failed");
  }

  add(event: TraceEvent): void {
    if ("at" in event) this.#lastAt = Math.max(this.#lastAt, event.at);
    if (event.type === "span-start") this.#startSpan(event);
    else if (event.type === "span-end") this.#endSpan(event);
    else if (event.type === "cache") this.#cause(event);
    else if (event.type === "output") this.#output(event.span, event.stream, event.text, event.at);
  }

  /** The image is there: says what became of it. */
  exported(imageID: string, names: readonly string[]): void {
    const naming = names.map((name) => `naming to ${name}`);
    this.#note("exporting to image", ["exporting layers", `writing image ${imageID}`, ...naming]);
  }

  /** Ends what is still open when the build was given up. */
  cancel(at: number): void {
    for (const vertex of this.vertices) if (vertex.endedAt === undefined) this.#end(vertex, "cancelled", at);
  }

  #startSpan(event: SpanStart): void {
    if (event.kind === "stage") this.#stages.set(event.span, event.title);
    if (event.kind !== "instruction" || !event.step) return;
    const open: OpenSpan = { event, rest: "", restAt: event.at };
    this.#spans.set(event.span, open);
    if (event.title.startsWith("FROM ")) {
      const image = event.title.slice("FROM ".length);
      open.vertex = this.#start(`[internal] load metadata for ${image}`, event.at);
      open.isMetadata = true;
      return;
    }
    this.#sayContext();
    open.vertex = this.#start(this.#nameOf(event), event.at);
  }

  #endSpan({ span, outcome, at, message }: SpanEnd): void {
    const open = this.#spans.get(span);
    if (!open?.vertex) return;
    this.#spans.delete(span);
    if (open.isMetadata && (outcome === "done" || outcome === "cached")) this.#beginImage(open, at);
    if (open.rest !== "") this.#lines(open.vertex, [open.rest], open.restAt);
    this.#end(open.vertex, outcome, at, message);
  }

  /** CACHED says it of a hit; that something is new, or the cache off, is known. */
  #cause({ span, cause, text }: CacheEvent): void {
    const vertex = this.#spans.get(span)?.vertex;
    if (vertex && !["unchanged", "off", "new"].includes(cause.kind)) this.#printer.cause(vertex, text);
  }

  #output(span: string, stream: string, text: string, at: number): void {
    const open = this.#spans.get(span);
    if (!open?.vertex) return;
    if (open.isMetadata) this.#beginImage(open, at);
    if (stream === "progress") {
      this.#status(open.vertex, text.trimEnd().replace(/ done$/, ""), at);
      return;
    }
    const lines = (open.rest + text).split("\n");
    open.rest = lines.pop()!;
    open.restAt = at;
    this.#lines(open.vertex, lines, at);
  }

  /** The image is known: from here on it is about its contents. */
  #beginImage(open: OpenSpan, at: number): void {
    open.isMetadata = false;
    this.#end(open.vertex!, "done", at);
    this.#sayContext();
    open.vertex = this.#start(this.#nameOf(open.event), at);
  }

  #nameOf({ title, step, parent }: SpanStart): string {
    const stage = this.#facts.namesStages ? `${this.#stages.get(parent ?? "") ?? ""} ` : "";
    const total = String(step!.total);
    return `[${stage}${String(step!.number).padStart(total.length)}/${total}] ${title}`;
  }

  #sayContext(): void {
    if (this.#saidContext) return;
    this.#saidContext = true;
    const { ignoreBytes, contextBytes, usesContext } = this.#facts;
    this.#note("[internal] load .dockerignore", [`transferring context: ${bytesText(ignoreBytes)}`]);
    if (usesContext) this.#note("[internal] load build context", [`transferring context: ${bytesText(contextBytes)}`]);
  }

  /** A vertex that is over as soon as it is known. */
  #note(name: string, statuses: readonly string[]): void {
    const at = this.#lastAt;
    const vertex = this.#start(name, at);
    for (const text of statuses) {
      const status = { text, startedAt: at, endedAt: at };
      vertex.statuses.push(status);
      this.#printer.status(vertex, status);
    }
    this.#end(vertex, "done", at);
  }

  #start(name: string, at: number): Vertex {
    const vertex: Vertex = { number: this.vertices.length + 1, name, startedAt: at, statuses: [], output: [] };
    this.vertices.push(vertex);
    this.#printer.start(vertex);
    return vertex;
  }

  #status(vertex: Vertex, text: string, at: number): void {
    const status = { text, startedAt: at, endedAt: at };
    vertex.statuses.push(status);
    this.#printer.status(vertex, status);
  }

  #lines(vertex: Vertex, lines: readonly string[], at: number): void {
    if (lines.length === 0) return;
    const seconds = (at - vertex.startedAt) / 1000;
    const timed = lines.map((text) => ({ seconds, text: text.replace(/\r$/, "") }));
    vertex.output = [...vertex.output, ...timed].slice(-OUTPUT_LINES_KEPT);
    this.#printer.output(vertex, timed);
  }

  #end(vertex: Vertex, outcome: SpanEnd["outcome"], at: number, message?: string): void {
    vertex.outcome = outcome;
    vertex.endedAt = at;
    if (message !== undefined) vertex.message = message;
    this.#printer.end(vertex);
  }
}

interface OpenSpan {
  event: SpanStart;
  vertex?: Vertex;
  /** The vertex is still about finding the image, not about its contents. */
  isMetadata?: boolean;
  /** A line of output that has not ended. */
  rest: string;
  restAt: number;
}

/** `2B`, `1.25kB`, `20.97MB` */
export function bytesText(bytes: number): string {
  const units = ["B", "kB", "MB", "GB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return unit === 0 ? `${bytes}B` : `${value.toFixed(2)}${units[unit]}`;
}
