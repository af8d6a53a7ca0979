/** A measured quantity: every run is kept, so that the spread is shown with it. */
export interface Figure {
  name: string;
  /** `Mi`: million guest instructions; empty for a count. */
  unit: "ms" | "MB" | "Mi" | "";
  values: number[];
  /** Others' values by name, measured in turn with ours. */
  beside?: Map<string, number[]>;
}

/** Middle value; of an even count the mean of the two. @throws {RangeError} without values. */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError("no values");
  const sorted = [...values].sort((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

/** Ours over the other's, pair by pair: the machine's drift falls out. */
export function ratios({ values, beside }: Figure, other: string): number[] {
  return (beside?.get(other) ?? []).map((value, index) => values[index]! / value);
}

interface Column {
  head: string;
  cell(figure: Figure): string;
}

/** Lines of a table. */
export function printFigures(figures: readonly Figure[]): string[] {
  const others = new Set(figures.flatMap(({ beside }) => [...(beside?.keys() ?? [])]));
  const columns = [...ownColumns(figures), ...[...others].flatMap(besideColumns)];
  const rows = [columns.map(({ head }) => head), ...figures.map((figure) => columns.map(({ cell }) => cell(figure)))];
  const widths = columns.map((_, column) => Math.max(...rows.map((cells) => cells[column]!.length)));
  return rows.map((cells) =>
    cells
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!)))
      .join("  ")
      .trimEnd(),
  );
}

function ownColumns(figures: readonly Figure[]): Column[] {
  const mean: Column = { head: "mean", cell: ({ values, unit }) => format(meanOf(values), unit) };
  return [
    { head: "figure", cell: ({ name }) => name },
    { head: "unit", cell: ({ unit }) => unit },
    { head: "n", cell: ({ values }) => String(values.length) },
    // What is done late falls into another run, so that only all runs together tell it.
    ...(figures.some(({ unit }) => unit === "Mi") ? [mean] : []),
    { head: "min", cell: ({ values, unit }) => format(Math.min(...values), unit) },
    { head: "median", cell: ({ values, unit }) => format(median(values), unit) },
    { head: "max", cell: ({ values, unit }) => format(Math.max(...values), unit) },
  ];
}

function besideColumns(other: string): Column[] {
  const ratio = (of: (values: number[]) => number) => (figure: Figure) => {
    const pairs = ratios(figure, other);
    return pairs.length > 0 ? of(pairs).toFixed(2) : "";
  };
  const theirs = ({ beside, unit }: Figure) => {
    const values = beside?.get(other) ?? [];
    return values.length > 0 ? format(median(values), unit) : "";
  };
  return [
    { head: other, cell: theirs },
    { head: "ratio min", cell: ratio((pairs) => Math.min(...pairs)) },
    { head: "median", cell: ratio(median) },
    { head: "max", cell: ratio((pairs) => Math.max(...pairs)) },
  ];
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function format(value: number, unit: Figure["unit"]): string {
  return value.toFixed(unit === "ms" || unit === "" ? 0 : 2);
}
