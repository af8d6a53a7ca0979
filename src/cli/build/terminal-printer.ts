/** A build's progress on a terminal: the list of vertices, redrawn in place. */
import type { BuildPrinter, Vertex } from "./build-progress.js";

const HIDE_CURSOR = "\x1b[?25l";
const SHOW_CURSOR = "\x1b[?25h";
const BLUE = "\x1b[34m";
const RED = "\x1b[31m";
const YELLOW = "\x1b[33m";
const PLAIN = "\x1b[0m";
/** Lines of output shown below a vertex that runs. */
const OUTPUT_LINES = 6;
const DRIVER = "docker:default";

export interface TerminalSize {
  columns: number;
  rows: number;
}

export class TerminalPrinter implements BuildPrinter {
  readonly #vertices: Vertex[] = [];
  readonly #write: (text: string) => void;
  readonly #size: () => TerminalSize;
  readonly #startedAt: number;
  readonly #now: () => number;
  #drawn = 0;

  constructor(write: (text: string) => void, size: () => TerminalSize, now: () => number) {
    this.#write = write;
    this.#size = size;
    this.#now = now;
    this.#startedAt = now();
  }

  start(vertex: Vertex): void {
    this.#vertices.push(vertex);
  }

  // Statuses, output and ends are in the vertices, and show with the next drawing.
  status(): void {}
  // There is no room for reasons.
  cause(): void {}
  output(): void {}
  end(): void {}

  /** Draws over what was drawn last. The last drawing shows all lines, whatever the terminal's height. */
  draw(isLast = false): void {
    const { columns, rows } = this.#size();
    // A terminal that does not tell its size has the classic one.
    const width = Math.max(20, (columns || 80) - 1);
    const body = this.#vertices.flatMap((vertex) => this.#lines(vertex, width));
    const room = Math.max(3, (rows || 24) - 2);
    const shown = isLast || body.length <= room ? body : body.slice(-room);
    const lines = [this.#header(width, isLast), ...shown];
    const blanks = Math.max(0, this.#drawn - lines.length);
    const text = [...lines, ...Array<string>(blanks).fill(" ".repeat(width))].join("\n");
    const up = this.#drawn > 0 ? `\x1b[${this.#drawn}A\x1b[0G` : "";
    const back = blanks > 0 ? `\x1b[${blanks}A` : "";
    this.#write(`${up}${HIDE_CURSOR}${text}\n${back}${SHOW_CURSOR}`);
    this.#drawn = lines.length;
  }

  #header(width: number, isLast: boolean): string {
    const done = this.#vertices.filter(({ endedAt, outcome }) => endedAt !== undefined && outcome !== "failed").length;
    const seconds = ((this.#now() - this.#startedAt) / 1000).toFixed(1);
    const finished = isLast && done === this.#vertices.length ? " FINISHED" : "";
    const text = `[+] Building ${seconds}s (${done}/${this.#vertices.length})${finished}`;
    return align(text, DRIVER, width);
  }

  #lines(vertex: Vertex, width: number): string[] {
    const { outcome, startedAt, endedAt } = vertex;
    const prefix =
      outcome === "cached" ? "CACHED " : outcome === "failed" ? "ERROR " : outcome === "cancelled" ? "CANCELED " : "";
    const color = outcome === undefined ? "" : outcome === "failed" ? RED : outcome === "cancelled" ? YELLOW : BLUE;
    const end = endedAt ?? this.#now();
    const lines = [align(` => ${prefix}${vertex.name}`, time(end - startedAt), width)];
    for (const status of vertex.statuses)
      lines.push(align(` => => ${status.text}`, time((status.endedAt ?? end) - status.startedAt), width));
    if (outcome === undefined)
      for (const { text } of vertex.output.slice(-OUTPUT_LINES)) lines.push(align(` => => # ${text}`, "", width));
    return color === "" ? lines : lines.map((line) => `${color}${line}${PLAIN}`);
  }
}

function time(milliseconds: number): string {
  return `${Math.max(0, milliseconds / 1000).toFixed(1)}s`;
}

/** `left` cut or filled so that `right` ends at `width`. */
function align(left: string, right: string, width: number): string {
  const room = width - right.length - 1;
  const clean = [...left.replaceAll("\t", " ")];
  return `${clean.slice(0, room).join("").padEnd(room)} ${right}`;
}
