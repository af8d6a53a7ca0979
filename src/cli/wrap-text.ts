/** Wrapping help texts as Docker's flag library does: greedy about the last word, and kind to line ends in the text. */

/** A line may run over the edge by so much before it is broken. */
const SLACK = 5;
/** A narrower column is not worth wrapping in; the text goes below its head then. */
const LEAST_WIDTH = 24;
const NARROW_INDENT = 16;

/** `text` for a column that begins at `indent` on a line of `columns`; the first line's indent is the caller's. */
export function wrapText(text: string, indent: number, columns: number): string {
  const below = columns - indent < LEAST_WIDTH;
  const left = below ? NARROW_INDENT : indent;
  const lineEnd = `\n${" ".repeat(left)}`;
  if (columns - left < LEAST_WIDTH) return text.replaceAll("\n", lineEnd);
  const wrapped = linesOf(text, columns - left - SLACK).join("\n");
  return (below ? lineEnd : "") + wrapped.replaceAll("\n", lineEnd);
}

function linesOf(text: string, width: number): string[] {
  const lines: string[] = [];
  let rest = text;
  while (rest.length >= width + SLACK) {
    const end = lineEndIn(rest.slice(0, width));
    if (end <= 0) break;
    lines.push(rest.slice(0, end));
    rest = rest.slice(end + 1);
  }
  return rest === "" && lines.length > 0 ? lines : [...lines, rest];
}

/** Where a line may end: at a line end of the text's own before its last space. */
function lineEndIn(text: string): number {
  const space = Math.max(text.lastIndexOf(" "), text.lastIndexOf("\t"), text.lastIndexOf("\n"));
  const own = text.lastIndexOf("\n");
  return own > 0 && own < space ? own : space;
}
