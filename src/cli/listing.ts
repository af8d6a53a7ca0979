/** Lists of things as tables, templates, JSON or bare ids: what `--format`, `--no-trunc` and `-q` choose between. */
import { CommandFailure } from "./errors.js";
import { layoutTable } from "./table.js";
import { compileTemplate, type Template } from "./template/template.js";
import { TemplateError } from "./template/template-error.js";
import type { TemplateRow } from "./template/values.js";

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
}

export interface ListingOptions {
  /** As given with `--format`. */
  format?: string;
  quiet?: boolean;
}

/** Lines, each ended. @throws {CommandFailure} for a template that cannot be carried out. */
export function renderListing<T>(listing: Listing<T>, items: readonly T[], options: ListingOptions): string {
  const format = options.format || "table";
  if (format === "json") return lines(items.map((item) => rowJson(new ListingRow(listing, item))));
  if (format !== "table" && !format.startsWith("table ")) {
    const template = compile(unescapeFormat(format));
    return lines(items.map((item) => execute(template, new ListingRow(listing, item))));
  }
  if (options.quiet && listing.quiet) {
    const { value } = listing.columns[listing.quiet]!;
    return lines(items.map((item) => String(value(item) ?? "")));
  }
  if (format === "table") return lines(layoutTable(usualTable(listing, items)));
  const source = unescapeFormat(format.slice("table ".length).trim());
  const template = compile(source);
  const heading = execute(compile(source, HEADING_FUNCTIONS), new HeadingRow(listing));
  const rows = items.map((item) => execute(template, new ListingRow(listing, item)));
  return lines(layoutTable([heading, ...rows].map((row) => row.split("\t"))));
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

function compile(source: string, functions?: Parameters<typeof compileTemplate>[1]): Template {
  try {
    return compileTemplate(source, functions);
  } catch (error) {
    if (error instanceof TemplateError) throw new CommandFailure(`template parsing error: ${error.message}`, 64);
    throw error;
  }
}

function execute(template: Template, row: TemplateRow): string {
  try {
    return template.execute(row);
  } catch (error) {
    if (error instanceof TemplateError) throw new CommandFailure(`failed to execute template: ${error.message}`);
    throw error;
  }
}

class ListingRow<T> implements TemplateRow {
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

/** One JSON line, with `<`, `>` and `&` escaped as Go does. */
function rowJson(row: TemplateRow): string {
  return JSON.stringify(row).replace(
    /[<>&]/g,
    (character) => `\\u00${character.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
}
