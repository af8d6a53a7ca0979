/** What `docker build` sends: the context's files without the ignored ones, and the Dockerfile, as one tar. */
import { OUTSIDE_DOCKERFILE } from "../../engine/api/types.js";
import { EPOCH } from "../../shared/files/file-attributes.js";
import { wholeOf } from "../../shared/files/sparse-bytes.js";
import { PatternError } from "../../shared/patternmatcher/go-match.js";
import { parseIgnoreFile } from "../../shared/patternmatcher/ignore-file.js";
import { PatternMatcher } from "../../shared/patternmatcher/matcher.js";
import { cleanPath } from "../../shared/patternmatcher/pattern.js";
import type { TarEntry } from "../../shared/tar/entry.js";
import { readTar } from "../../shared/tar/read-tar.js";
import { writeTar } from "../../shared/tar/write-tar.js";
import { decodePath } from "../../shared/text/path-bytes.js";
import type { CommandContext } from "../command.js";
import { CommandFailure } from "../errors.js";
import { absolutePath, baseName } from "../paths.js";
import { readAll, readFile } from "../read-file.js";

export interface CollectedContext {
  tar: Uint8Array;
  /** Path of the Dockerfile in the tar. */
  dockerfile: string;
  /** As it is called in what is printed. */
  dockerfileName: string;
  /** undefined: there is none, for the engine to say so. */
  dockerfileText?: string;
  /** Bytes of the ignore file; 2 stand for none, as BuildKit counts. */
  ignoreBytes: number;
  /** What the ignore file says, if there is one. */
  ignored?: PatternMatcher;
}

const NOTHING_BYTES = 2;

/** `place`: a directory, or `-` for stdin. `file`: as given with `-f`. @throws {CommandFailure}. */
export async function collectContext(
  context: CommandContext,
  place: string,
  file: string | undefined,
): Promise<CollectedContext> {
  if (/^(https?:\/\/|git:\/\/|git@|github\.com\/)/.test(place))
    throw new CommandFailure(
      `unable to prepare context: building from an address is not supported by Drydock: ${place}`,
    );
  if (place === "-") {
    if (file === "-")
      throw new CommandFailure("invalid argument: can't use stdin for both build context and dockerfile");
    return fromStdin(await readAll(context.stdin()), file);
  }
  return fromDirectory(context, place, file);
}

/** A tar is the context; anything else is a Dockerfile without one. */
async function fromStdin(bytes: Uint8Array, file: string | undefined): Promise<CollectedContext> {
  const tar = await decompress(bytes);
  if (new TextDecoder().decode(tar.subarray(257, 262)) !== "ustar") {
    const entries = [fileEntry("Dockerfile", bytes)];
    const dockerfileText = decodePath(bytes);
    return described(writeTar(entries), "Dockerfile", "Dockerfile", dockerfileText, undefined);
  }
  const dockerfile = cleanPath(file ?? "Dockerfile");
  const find = (path: string) => contentsOf([...readTar(tar)].find((entry) => cleanPath(entry.path) === path));
  const bytesOf = find(dockerfile);
  return described(tar, dockerfile, baseName(dockerfile), bytesOf && decodePath(bytesOf), find(".dockerignore"));
}

async function fromDirectory(
  context: CommandContext,
  place: string,
  file: string | undefined,
): Promise<CollectedContext> {
  const collected = await context.files.collect(place).catch(() => {
    throw new CommandFailure(`unable to prepare context: path ${JSON.stringify(place)} not found`);
  });
  if (collected.length === 1 && collected[0]!.path === "")
    throw new CommandFailure(
      `unable to prepare context: context must be a directory: ${absolutePath(context.cwd, place)}`,
    );
  const root = absolutePath(context.cwd, place);
  const path = file === undefined ? `${root}/Dockerfile` : file === "-" ? "-" : absolutePath(context.cwd, file);
  const isInside = path.startsWith(root === "/" ? "/" : `${root}/`);
  const inside = isInside ? path.slice(root === "/" ? 1 : root.length + 1) : undefined;
  const find = (name: string) => contentsOf(collected.find(({ path, type }) => path === name && type === "file"));
  const dockerfile = inside ?? OUTSIDE_DOCKERFILE;
  const bytes = inside === undefined ? await outside(context, path) : find(inside);
  const ignoreFile = find(`${dockerfile}.dockerignore`) ?? find(".dockerignore");
  const kept = withoutIgnored(collected, ignoreFile, [dockerfile, `${dockerfile}.dockerignore`, ".dockerignore"]);
  // Everything in a context belongs to root.
  const entries = kept.map((entry): TarEntry => ({ ...entry, uid: 0, gid: 0 }));
  if (inside === undefined) entries.push(fileEntry(OUTSIDE_DOCKERFILE, bytes!));
  const name = file === "-" ? "Dockerfile" : baseName(path);
  return described(writeTar(entries), dockerfile, name, bytes && decodePath(bytes), ignoreFile);
}

async function outside(context: CommandContext, path: string): Promise<Uint8Array> {
  return path === "-" ? readAll(context.stdin()) : readFile(context, path);
}

function described(
  tar: Uint8Array,
  dockerfile: string,
  dockerfileName: string,
  dockerfileText: string | undefined,
  ignoreFile: Uint8Array | undefined,
): CollectedContext {
  const ignoreBytes = ignoreFile?.length ?? NOTHING_BYTES;
  const context = { tar, dockerfile, dockerfileName, ignoreBytes, ignored: matcherOf(ignoreFile) };
  return { ...context, ...(dockerfileText !== undefined && { dockerfileText }) };
}

/** @throws {CommandFailure} for a pattern that is none. */
function matcherOf(ignoreFile: Uint8Array | undefined): PatternMatcher | undefined {
  const patterns = ignoreFile ? parseIgnoreFile(decodePath(ignoreFile)) : [];
  try {
    return patterns.length > 0 ? new PatternMatcher(patterns) : undefined;
  } catch (error) {
    throw error instanceof PatternError ? new CommandFailure(`failed to solve: ${error.message}`) : error;
  }
}

/** The engine ignores by the same file; what is left out here need not travel. */
function withoutIgnored(
  entries: readonly TarEntry[],
  ignoreFile: Uint8Array | undefined,
  always: readonly string[],
): TarEntry[] {
  const matcher = matcherOf(ignoreFile);
  if (!matcher) return [...entries];
  const kept = entries.filter(({ path }) => !matcher.matches(path) || always.includes(path));
  // A file that is taken back in needs its directories.
  const needed = new Set(kept.flatMap(({ path }) => parents(path)));
  const keptPaths = new Set(kept.map(({ path }) => path));
  return entries.filter(({ path }) => keptPaths.has(path) || needed.has(path));
}

function parents(path: string): string[] {
  const parts = path.split("/");
  return parts.slice(1).map((_, i) => parts.slice(0, i + 1).join("/"));
}

function contentsOf(entry: TarEntry | undefined): Uint8Array | undefined {
  return entry?.contents && wholeOf(entry.contents);
}

function fileEntry(path: string, contents: Uint8Array): TarEntry {
  return { path, type: "file", mode: 0o644, uid: 0, gid: 0, mtime: EPOCH, contents };
}

/** First bytes of what Docker unpacks and is not unpacked here. */
const COMPRESSED = { bzip2: [0x42, 0x5a, 0x68], xz: [0xfd, 0x37, 0x7a, 0x58, 0x5a], zstd: [0x28, 0xb5, 0x2f, 0xfd] };

/** @throws {CommandFailure} naming a compression that is not supported. */
async function decompress(bytes: Uint8Array): Promise<Uint8Array> {
  for (const [name, magic] of Object.entries(COMPRESSED))
    if (magic.every((byte, at) => bytes[at] === byte))
      throw new CommandFailure(`unable to prepare context: a context in ${name} is not supported: use gzip`);
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  const gunzip = new DecompressionStream("gzip");
  return readAll(new Blob([bytes as Uint8Array<ArrayBuffer>]).stream().pipeThrough(gunzip));
}
