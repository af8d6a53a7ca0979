/** Documents of the API as JSON or through a template: what all `inspect` commands do with what they find. */
import type { Call } from "./command-spec.js";
import { CommandFailure, messageOf } from "./errors.js";
import { compileTemplate, type Template } from "./template/template.js";
import { TemplateError } from "./template/template-error.js";
import { type Shape, typed } from "./template/typed.js";

/** A document, and the type that the stock client has for it. */
export interface Found {
  document: object;
  shape: Shape;
}

export type Finder = (name: string) => Promise<Found>;

/** What is found is printed even where something else is not. @returns 1 if anything was not found. */
export async function inspectEach({ context, flags, words }: Call, find: Finder): Promise<number> {
  const format = flags.text("format") ?? "";
  const template = format === "" || format === "json" ? undefined : compile(format);
  const outcomes = await Promise.allSettled(words.map(find));
  const found = outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
  const problems = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [messageOf(outcome.reason)] : []));
  const documents = found.map(({ document }) => document);
  if (template) await context.stdout.write(throughTemplate(template, found, problems));
  else await context.stdout.write(`${JSON.stringify(documents, null, format === "json" ? undefined : 4)}\n`);
  if (problems.length === 0) return 0;
  await context.stderr.write(`${problems.join("\n")}\n`);
  return 1;
}

/** Stops at the first document that the template fails on, and leaves an empty line for it. */
function throughTemplate(template: Template, found: readonly Found[], problems: string[]): string {
  let text = "";
  try {
    for (const each of found) text += `${execute(template, each)}\n`;
    return text;
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    problems.unshift(`template parsing error: ${error.message}`);
    return `${text}\n`;
  }
}

/** As the stock client does: on the typed document, and where the type has no such member on the JSON as it came. */
function execute(template: Template, { document, shape }: Found): string {
  try {
    return template.execute(typed(document, shape));
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return template.execute(document);
  }
}

export function compile(format: string): Template {
  try {
    return compileTemplate(format);
  } catch (error) {
    if (error instanceof TemplateError) throw new CommandFailure(`template parsing error: ${error.message}`, 64);
    throw error;
  }
}

/** One document, for `version` and `info`. */
export function renderDocument(format: string, document: unknown): string {
  if (format === "json") return `${JSON.stringify(document)}\n`;
  const template = compile(format);
  try {
    return `${template.execute(document)}\n`;
  } catch (error) {
    if (error instanceof TemplateError) throw new CommandFailure(`template parsing error: ${error.message}`, 64);
    throw error;
  }
}
