/** Text in columns, as Docker's tables are laid out. */

export interface TableLayout {
  /** A column takes at least so many characters, its padding included. */
  leastWidth: number;
  padding: number;
}

const LISTING: TableLayout = { leastWidth: 10, padding: 3 };
/** Of `docker top`. */
export const WIDE: TableLayout = { leastWidth: 20, padding: 3 };

/** Rows of cells to lines; the last cell of a row is not padded. Widths count characters, not bytes. */
export function layoutTable(rows: readonly (readonly string[])[], layout: TableLayout = LISTING): string[] {
  const widths: number[] = [];
  for (const row of rows)
    row.slice(0, -1).forEach((cell, i) => {
      widths[i] = Math.max(widths[i] ?? layout.leastWidth, lengthOf(cell) + layout.padding);
    });
  return rows.map((row) =>
    row.map((cell, i) => (i === row.length - 1 ? cell : cell + " ".repeat(widths[i]! - lengthOf(cell)))).join(""),
  );
}

export function lengthOf(text: string): number {
  let length = 0;
  for (const _ of text) length++;
  return length;
}

/** The first `length` characters, the last of them `…` where something was cut. */
export function ellipsis(text: string, length: number): string {
  const characters = [...text];
  return characters.length <= length ? text : `${characters.slice(0, length - 1).join("")}…`;
}
