/** A measured quantity: every run is kept, so that the spread is shown with it. */
export interface Figure {
  name: string;
  unit: "ms" | "MB";
  values: number[];
  /** The peer's values, measured in turn with ours. */
  peer?: number[];
}

/** Middle value; of an even count the mean of the two. @throws {RangeError} without values. */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError("no values");
  const sorted = [...values].sort((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

/** Ours over the peer's, pair by pair: the machine's drift falls out. */
export function ratios({ values, peer = [] }: Figure): number[] {
  return values.slice(0, peer.length).map((value, index) => value / peer[index]!);
}

const HEAD = ["figure", "unit", "n", "min", "median", "max", "dockerd", "ratio min", "median", "max"];

/** Lines of a table. */
export function printFigures(figures: readonly Figure[]): string[] {
  const rows = [HEAD, ...figures.map(row)];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((cells) => cells[column]!.length)));
  return rows.map((cells) =>
    cells
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!)))
      .join("  ")
      .trimEnd(),
  );
}

function row(figure: Figure): string[] {
  const digits = figure.unit === "MB" ? 2 : 0;
  const { values, peer } = figure;
  const pairs = ratios(figure);
  return [
    figure.name,
    figure.unit,
    String(values.length),
    ...spread(values, digits),
    peer?.length ? median(peer).toFixed(digits) : "",
    ...(pairs.length > 0 ? spread(pairs, 2) : ["", "", ""]),
  ];
}

function spread(values: readonly number[], digits: number): string[] {
  return [Math.min(...values), median(values), Math.max(...values)].map((value) => value.toFixed(digits));
}
