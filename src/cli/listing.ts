/** Lists of things as tables, templates, JSON or bare ids: what `--format`, `--no-trunc` and `-q` choose between. */
import { CommandFailure } from "./errors.js";
import { layoutTable } from "./table.js";
import { compileTemplate } from "./template/template.js";
import { TemplateError } from "./template/template-error.js";
import { rowJson, type TemplateRow } from "./template/values.js";

export interface Column<T> {
  /** The heading in a table. */
  heading: string;
  /** null where Docker's JSON has null. */
  value(item: T): string | boolean | null;
}

export interface Listing<T> {
  /** In error messages: `*formatter.ContainerContext`. */
  typeName: string;
  /** All that a template may name. */
  columns: Record<string, Column<T>>;
  /** Columns that are called with a word, such as `.Label "x"`. */
  methods?: Record<string, (item: T, argument: string) => string>;
  /** Names of the columns of the usual table. */
  table: readonly string[];
  /** The column that `-q` prints. */
  quiet?: string;
  /** Columns of `--format raw`, by the words before them. */
  raw?: Readonly<Record<string, string>>;
}

export interface ListingOptions {
  /** As given with `--format`. */
  format?: string;
  quiet?: boolean;
}

/** Lines, each ended. @throws {CommandFailure} for a template that cannot be carried out. */
export function renderListing<T>(listing: Listing<T>, items: readonly T[], options: ListingOptions): string {
  const format = options.format || "table";
  const rows = items.map((item) => new ListingRow(listing, item));
  if (format === "json") return lines(rows.map(rowJson));
  if (format === "raw" && listing.raw) return lines(rows.map((row) => rawText(row, listing, options)));
  if (format === "table")
    return lines(options.quiet && listing.quiet ? quietly(listing, items) : usual(listing, items));
  if (!format.startsWith("table ")) return lines(throughTemplate(unescapeFormat(format), rows));
  const source = unescapeFormat(format.slice("table ".length).trim());
  const [heading = ""] = throughTemplate(source, [new HeadingRow(listing)], HEADING_FUNCTIONS);
  return lines(layoutTable([heading, ...throughTemplate(source, rows)].map((row) => row.split("\t"))));
}

/** `docker ps` tries its template before it asks the engine. @throws {CommandFailure} in the words that it has then. */
export function tryFormat<T>(listing: Listing<T>, format: string | undefined): void {
  const step = { name: "parse" };
  try {
    const template = compileTemplate(format ?? "");
    step.name = "execute";
    template.execute(new HeadingRow(listing));
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    throw new CommandFailure(`failed to ${step.name} template: ${error.message}`);
  }
}

function throughTemplate(
  source: string,
  rows: readonly TemplateRow[],
  functions?: Parameters<typeof compileTemplate>[1],
): string[] {
  try {
    const template = compileTemplate(source, functions);
    return rows.map((row) => template.execute(row));
  } catch (error) {
    if (error instanceof TemplateError) throw new CommandFailure(`template parsing error: ${error.message}`);
    throw error;
  }
}

function quietly<T>({ columns, quiet }: Listing<T>, items: readonly T[]): string[] {
  return items.map((item) => String(columns[quiet!]!.value(item) ?? ""));
}

/** Ended by an empty line. */
function rawText<T>(row: ListingRow<T>, { raw = {}, quiet: id }: Listing<T>, { quiet }: ListingOptions): string {
  const shown = Object.entries(raw).filter(([, name]) => !quiet || name === id);
  const text = shown.map(([words, name]) => `${words}: ${row.field(name, [])}`).join("\n");
  return quiet ? text : `${text}\n`;
}

function usual<T>(listing: Listing<T>, items: readonly T[]): string[] {
  return layoutTable(usualTable(listing, items));
}

function usualTable<T>({ columns, table }: Listing<T>, items: readonly T[]): string[][] {
  const chosen = table.map((name) => columns[name]!);
  return [
    chosen.map(({ heading }) => heading),
    ...items.map((item) => chosen.map(({ value }) => String(value(item) ?? ""))),
  ];
}

function lines(rows: readonly string[]): string {
  return rows.map((row) => `${row}\n`).join("");
}

/** In these formats `\t` and `\n` are written as two characters. */
function unescapeFormat(format: string): string {
  return format.replaceAll("\\t", "\t").replaceAll("\\n", "\n");
}

/** An item as a template sees it. */
export class ListingRow<T> implements TemplateRow {
  constructor(
    readonly listing: Listing<T>,
    readonly item: T,
  ) {}

  get typeName(): string {
    return this.listing.typeName;
  }

  field(name: string, args: readonly unknown[]): unknown {
    const method = Object.hasOwn(this.listing.methods ?? {}, name) ? this.listing.methods![name] : undefined;
    if (method) return method(this.item, String(args[0] ?? ""));
    if (!Object.hasOwn(this.listing.columns, name)) return undefined;
    return this.listing.columns[name]!.value(this.item);
  }

  toJSON(): Record<string, unknown> {
    const names = Object.keys(this.listing.columns).sort();
    return Object.fromEntries(names.map((name) => [name, this.listing.columns[name]!.value(this.item)]));
  }
}

/** Stands for the row in a table's first line: every field is its own heading. */
class HeadingRow<T> implements TemplateRow {
  constructor(readonly listing: Listing<T>) {}

  get typeName(): string {
    return this.listing.typeName;
  }

  field(name: string, args: readonly unknown[]): unknown {
    if (Object.hasOwn(this.listing.methods ?? {}, name))
      return String(args[0] ?? "")
        .replace(/^.*\./, "")
        .replace(/[-_]/g, " ");
    return Object.hasOwn(this.listing.columns, name) ? this.listing.columns[name]!.heading : undefined;
  }

  toJSON(): string {
    return "";
  }
}

/** Headings pass unchanged through what would change a value. */
const HEADING_FUNCTIONS = Object.fromEntries(
  ["json", "split", "join", "title", "lower", "upper", "pad", "truncate"].map((name) => [
    name,
    (value: unknown) => value,
  ]),
);
