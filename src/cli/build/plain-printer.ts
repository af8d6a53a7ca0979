/** A build's progress as plain lines, as `--progress plain` prints it. */
import type { BuildPrinter, Vertex, VertexStatus } from "./build-progress.js";

/** Shorter than this, a status shows no time. */
const SHORT_MS = 10;

export class PlainPrinter implements BuildPrinter {
  readonly #write: (text: string) => void;
  #current: Vertex | undefined;
  readonly #begun = new Set<Vertex>();

  constructor(write: (text: string) => void) {
    this.#write = write;
    write('#0 building with "default" instance using docker driver\n');
  }

  start(vertex: Vertex): void {
    this.#turnTo(vertex);
  }

  status(vertex: Vertex, { text, startedAt, endedAt }: VertexStatus): void {
    const took = endedAt === undefined ? 0 : endedAt - startedAt;
    const time = took > SHORT_MS ? ` ${(took / 1000).toFixed(1)}s` : "";
    this.#line(vertex, `${text}${time}${endedAt === undefined ? "" : " done"}`);
  }

  cause(vertex: Vertex, text: string): void {
    this.#line(vertex, text);
  }

  output(vertex: Vertex, lines: { seconds: number; text: string }[]): void {
    this.#turnTo(vertex);
    // In one piece: a write may be a message each to the guest.
    this.#write(lines.map(({ seconds, text }) => `#${vertex.number} ${seconds.toFixed(3)} ${text}\n`).join(""));
  }

  end(vertex: Vertex): void {
    this.#line(vertex, endText(vertex));
  }

  #line(vertex: Vertex, text: string): void {
    this.#turnTo(vertex);
    this.#write(`#${vertex.number} ${text}\n`);
  }

  /** Every vertex begins with its name; one that was left and is taken up again, with dots. */
  #turnTo(vertex: Vertex): void {
    if (this.#current === vertex) return;
    this.#current = vertex;
    this.#write(`\n#${vertex.number} ${this.#begun.has(vertex) ? "..." : vertex.name}\n`);
    if (this.#begun.has(vertex)) return;
    this.#begun.add(vertex);
  }
}

function endText({ outcome, message, startedAt, endedAt = startedAt }: Vertex): string {
  switch (outcome) {
    case "cached":
      return "CACHED";
    case "failed":
      return `ERROR: ${message}`;
    case "cancelled":
      return "CANCELED";
    default:
      return `DONE ${((endedAt - startedAt) / 1000).toFixed(1)}s`;
  }
}
