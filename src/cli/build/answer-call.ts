/** `docker build --check` and `--call`: the Dockerfile is read, nothing is built. Printed as buildx prints. */
import type { ImageInspect } from "../../engine/api/types.js";
import type { Finding } from "../../shared/dockerfile/lint/findings.js";
import { type BaseFacts, type LintResult, lintDockerfile } from "../../shared/dockerfile/lint/lint-dockerfile.js";
import { rules } from "../../shared/dockerfile/lint/rules.js";
import { type Outline, outlineOf, type Target, targetsOf } from "../../shared/dockerfile/outline.js";
import { parseDockerfile } from "../../shared/dockerfile/parse-dockerfile.js";
import type { SourceRange } from "../../shared/dockerfile/source.js";
import type { BuildArgs } from "../../shared/dockerfile/variables.js";
import type { EngineClient } from "../engine-client.js";
import { ApiError } from "../errors.js";
import { layoutTable, type TableLayout } from "../table.js";
import type { CallFunction } from "./call-function.js";
import type { CollectedContext } from "./collect-context.js";
import { excerpt } from "./failure-text.js";

export interface CallAnswer {
  stdout: string;
  status: number;
  /** The Dockerfile cannot be built at all; what was found before that is in `stdout`. */
  mistake?: string;
}

/** @throws {DockerfileError} where the question needs a file that can be read. */
export async function answerCall(
  client: EngineClient,
  call: CallFunction,
  { dockerfileText: text = "", dockerfileName: name, ignored }: CollectedContext,
  target: string | undefined,
  buildArgs: BuildArgs,
): Promise<CallAnswer> {
  if (call.name === "targets") return done(call, targetsOf(parseDockerfile(text)), targetsText);
  if (call.name === "outline") return done(call, outlineOf(parseDockerfile(text), target, buildArgs), outlineText);
  const result = await lintWithImages(client, (baseFacts) =>
    lintDockerfile(text, { target, buildArgs, ignored, baseFacts }),
  );
  const findings = result.findings.toSorted((a, b) => a.range.firstLine - b.range.firstLine);
  const found = { ...result, findings };
  const stdout = call.isJSON
    ? `${JSON.stringify(lintJSON(found, name, text), null, 2)}\n`
    : checkText(found, name, text);
  if (result.mistake && !call.isJSON) return { stdout, status: 1, mistake: mistakeText(result.mistake, name, text) };
  const isFound = findings.length > 0 || result.mistake !== undefined;
  return { stdout, status: isFound && !call.ignoresStatus ? 1 : 0 };
}

/** What images at hand say of themselves; others would have to be pulled first. */
async function lintWithImages(
  client: EngineClient,
  lint: (baseFacts: (image: string) => BaseFacts | undefined) => LintResult,
): Promise<LintResult> {
  const names = new Set<string>();
  lint((image) => {
    names.add(image);
    return undefined;
  });
  const facts = new Map<string, BaseFacts>();
  for (const name of names) {
    const found = await factsOf(client, name);
    if (found) facts.set(name, found);
  }
  return lint((image) => facts.get(image));
}

async function factsOf(client: EngineClient, name: string): Promise<BaseFacts | undefined> {
  try {
    const { Config, Os, Architecture } = await client.get<ImageInspect>(`/images/${encodeURIComponent(name)}/json`);
    return { env: Config?.Env ?? [], hasShell: (Config?.Shell ?? []).length > 0, platform: `${Os}/${Architecture}` };
  } catch (error) {
    if (error instanceof ApiError) return undefined;
    throw error;
  }
}

function done<T extends object>({ isJSON }: CallFunction, value: T, text: (value: T) => string): CallAnswer {
  return { stdout: isJSON ? `${JSON.stringify(value, null, 2)}\n` : text(value), status: 0 };
}

function checkText({ findings, mistake }: LintResult, name: string, text: string): string {
  if (findings.length === 0) return mistake ? "" : "Check complete, no warnings found.\n";
  const count = findings.length === 1 ? "1 warning has" : `${findings.length} warnings have`;
  const each = findings.map((finding) => findingText(finding, name, text));
  return `Check complete, ${count} been found!\n${each.join("")}${mistake ? "\n" : ""}`;
}

function findingText({ rule, message, range }: Finding, name: string, text: string): string {
  return `\nWARNING: ${rule}\n${message}\n${excerpt(name, text, range)}`;
}

function mistakeText({ message, range }: NonNullable<LintResult["mistake"]>, name: string, text: string): string {
  return `${message}\n${range && range.firstLine > 0 ? excerpt(name, text, range) : ""}`.trimEnd();
}

/** BuildKit's `result.json`. */
function lintJSON({ findings, mistake }: LintResult, filename: string, text: string): object {
  const location = (range: SourceRange) => ({
    ranges: [{ start: { line: range.firstLine }, end: { line: range.lastLine } }],
  });
  return {
    warnings: findings.map(({ rule, message, range }) => ({
      ruleName: rule,
      description: rules[rule].description,
      detail: message,
      location: location(range),
    })),
    sources: [{ filename, language: "Dockerfile", data: base64(text) }],
    ...(mistake && {
      buildError: { message: mistake.message, ...(mistake.range && { location: location(mistake.range) }) },
    }),
  };
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

const NARROW: TableLayout = { leastWidth: 0, padding: 1 };
const WIDER: TableLayout = { leastWidth: 0, padding: 3 };
const lines = (rows: string[][], layout: TableLayout) =>
  layoutTable(rows, layout)
    .map((line) => `${line}\n`)
    .join("");

function targetsText(targets: readonly Target[]): string {
  const rows = targets.map(({ name, isDefault, description }) => [
    isDefault ? `${name} (default)`.trim() : name,
    description,
  ]);
  return lines([["TARGET", "DESCRIPTION"], ...rows], NARROW);
}

function outlineText({ name, description, args, secrets }: Outline): string {
  const parts: string[] = [];
  const about = [["TARGET:", name || "(default)"], ...(description ? [["DESCRIPTION:", description]] : [])];
  if (name || description) parts.push(lines(about, NARROW));
  const argRows = args.map((arg) => [arg.name, arg.value, arg.description]);
  if (args.length > 0) parts.push(lines([["BUILD ARG", "VALUE", "DESCRIPTION"], ...argRows], WIDER));
  const secretRows = secrets.map((secret) => [secret.name, secret.isRequired ? "true" : ""]);
  if (secrets.length > 0) parts.push(lines([["SECRET", "REQUIRED"], ...secretRows], WIDER));
  return parts.map((part) => `${part}\n`).join("");
}
