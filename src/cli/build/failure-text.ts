/** How a failed build ends: the output of the step that failed, and the Dockerfile around it. */
import { parseDockerfile } from "../../shared/dockerfile/parse-dockerfile.js";
import { DockerfileError, type SourceRange } from "../../shared/dockerfile/source.js";
import { checkStageGraph } from "../../shared/dockerfile/stage-graph.js";
import type { Vertex } from "./build-progress.js";

const RULE = "------\n";
const LONG_RULE = "--------------------\n";
/** Lines of output repeated in the end. */
const OUTPUT_LINES = 10;

/** ` > [2/2] RUN false:` and its last output. */
export function vertexText(vertex: Vertex): string {
  const output = vertex.output.slice(-OUTPUT_LINES).map(({ seconds, text }) => `${seconds.toFixed(3)} ${text}\n`);
  return `${RULE} > ${vertex.name}:\n${output.join("")}${RULE}`;
}

/** The Dockerfile's lines around `range`, those in it marked. */
export function excerpt(name: string, text: string, range: SourceRange): string {
  const lines = text.split("\n");
  const [first, last] = around(range, lines.length);
  const shown = lines.slice(first - 1, last).map((line, i) => {
    const number = first + i;
    const mark = number >= range.firstLine && number <= range.lastLine ? ">>>" : "   ";
    return `${String(number).padStart(4)} | ${mark} ${line.replace(/\r$/, "")}\n`;
  });
  return `${name}:${range.firstLine}\n${LONG_RULE}${shown.join("")}${LONG_RULE}`;
}

/** Two lines before and after one line, or one before and after several; more after where there are none before. */
function around({ firstLine, lastLine }: SourceRange, count: number): [number, number] {
  let [first, last] = [firstLine, lastLine];
  for (let spent = 0, most = firstLine === lastLine ? 4 : 2; spent < most; spent++) {
    if (first > 1) {
      first--;
      spent++;
    }
    if (last < count) {
      last++;
      spent++;
    }
  }
  return [first, last];
}

/** Lines that a Dockerfile's own mistake is in; undefined if it can be read. */
export function mistakeIn(text: string): SourceRange | undefined {
  try {
    checkStageGraph(parseDockerfile(text));
    return undefined;
  } catch (error) {
    return error instanceof DockerfileError ? error.range : undefined;
  }
}
