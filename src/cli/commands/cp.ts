import type { PathStat } from "../../engine/api/types.js";
import { readTar } from "../../shared/tar/read-tar.js";
import { writeTar } from "../../shared/tar/write-tar.js";
import { humanSize } from "../../shared/units/size.js";
import { type Call, type CommandSpec, exactly } from "../command-spec.js";
import { containerPath } from "../engine-client.js";
import { ApiError, CommandFailure } from "../errors.js";
import { flagTable } from "../flag-table.js";
import { absolutePath, baseName, directoryOf } from "../paths.js";
import { readAll } from "../read-file.js";

/** `docker cp`: files into a container, or out of one. */
export const cp: CommandSpec = {
  usage: "[OPTIONS] CONTAINER:SRC_PATH DEST_PATH|-",
  moreUsage: "docker cp [OPTIONS] SRC_PATH|- CONTAINER:DEST_PATH",
  summary: "Copy files/folders between a container and the local filesystem",
  description: `Copy files/folders between a container and the local filesystem

Use '-' as the source to read a tar archive from stdin
and extract it to a directory destination in a container.
Use '-' as the destination to stream a tar archive of a
container source to stdout.`,
  aliases: ["container cp", "cp"],
  arity: exactly(2),
  flags: flagTable(`
    -a, --archive       Archive mode (copy all uid/gid information)
    -L, --follow-link   Always follow symbol link in SRC_PATH
    -q, --quiet         Suppress progress output during copy. Progress output is automatically suppressed if no terminal is attached
  `),
  async run(call) {
    const [source, target] = call.words.map(parsePlace) as [Place, Place];
    if (source.path === "") throw new CommandFailure("source can not be empty");
    if (target.path === "") throw new CommandFailure("destination can not be empty");
    if (source.container && target.container) throw new CommandFailure("copying between containers is not supported");
    if (source.container) return copyOut(call, { ...source, container: source.container }, target.path);
    if (target.container) return copyIn(call, source.path, { ...target, container: target.container });
    throw new CommandFailure("must specify at least one container source");
  },
};

interface Place {
  /** Left out for what is local. */
  container?: string;
  path: string;
}

type ContainerPlace = Required<Place>;

/** `web:/etc`; what begins with a slash or a dot is local, colons and all. */
function parsePlace(word: string): Place {
  const colon = word.indexOf(":");
  if (colon <= 0 || /^[./]/.test(word)) return { path: word };
  return { container: word.slice(0, colon), path: word.slice(colon + 1) };
}

async function copyOut(call: Call, source: ContainerPlace, target: string): Promise<number> {
  const { client, context, flags, signal } = call;
  const { container } = source;
  const path = flags.on("follow-link") ? await followed(call, source) : source.path;
  const response = await client.send("GET", containerPath(container, "archive"), { query: { path }, signal });
  const archive = new Uint8Array(await response.arrayBuffer());
  if (target === "-") {
    await context.stdout.write(archive);
    return 0;
  }
  const isDirectory = statOf(response).mode >= DIRECTORY;
  const kind = await context.files.kind(target);
  const { directory, name } = destination(target, kind, { isDirectory, name: rootName(path) });
  if ((await context.files.kind(directory)) !== "directory")
    throw new CommandFailure(
      `invalid output path: directory ${JSON.stringify(absolutePath(context.cwd, directory))} does not exist`,
    );
  await context.files.unpack(directory, renamed(archive, rootName(path), name));
  return told(call, archive, absolutePath(context.cwd, target));
}

async function copyIn(call: Call, source: string, target: ContainerPlace): Promise<number> {
  const { client, context, flags, signal } = call;
  const path = await followed(call, target);
  const stat = await statAt(call, { ...target, path });
  const kind = stat && (stat.mode >= DIRECTORY ? "directory" : "file");
  const { archive, directory } = await prepared();
  const query = { path: directory, noOverwriteDirNonDir: true, copyUIDGID: flags.on("archive") };
  const options = { query, bytes: archive, contentType: "application/x-tar", signal };
  await client.send("PUT", containerPath(target.container, "archive"), options);
  return told(call, archive, `${target.container}:${target.path}`);

  async function prepared(): Promise<{ archive: Uint8Array; directory: string }> {
    if (source !== "-") return localArchive(call, source, path, kind);
    if (kind !== "directory")
      throw new CommandFailure(`destination "${target.container}:${target.path}" must be a directory`);
    return { archive: await readAll(context.stdin()), directory: path };
  }
}

/** What is at `source`, for its place in the container. */
async function localArchive(call: Call, source: string, path: string, kind: Kind) {
  const { context } = call;
  const entries = await context.files.collect(source).catch(() => {
    throw new CommandFailure(`lstat ${absolutePath(context.cwd, source)}: no such file or directory`);
  });
  const isDirectory = !(entries.length === 1 && entries[0]!.path === "");
  const own = rootName(absolutePathKeepingDot(context.cwd, source));
  const { directory, name } = destination(path, kind, { isDirectory, name: own });
  const mtime = entries[0]?.mtime ?? { seconds: 0, nanoseconds: 0 };
  const top = { path: name, type: "directory" as const, mode: 0o755, uid: 0, gid: 0, mtime };
  const below = entries.map((entry) => ({ ...entry, path: entry.path === "" ? name : `${name}/${entry.path}` }));
  return { archive: writeTar(isDirectory && name !== "." ? [top, ...below] : below), directory };
}

function absolutePathKeepingDot(cwd: string, path: string): string {
  return absolutePath(cwd, path) + (/(^|\/)\.$/.test(path) ? "/." : "");
}

type Kind = "file" | "directory" | undefined;

/** Where to unpack, and under which name: what Docker's own client decides. */
function destination(target: string, kind: Kind, source: { isDirectory: boolean; name: string }) {
  if (kind === "directory") return { directory: target, name: source.name };
  if (kind === "file" && source.isDirectory) throw new CommandFailure("cannot copy directory");
  if (kind === "file" && target.endsWith("/")) throw new CommandFailure("not a directory");
  if (!source.isDirectory && /\/\.?$/.test(target)) throw new CommandFailure("no such directory");
  return { directory: directoryOf(target), name: baseName(target) };
}

/** The name that a path's files have in its archive: `.` for what is in a directory only. */
function rootName(path: string): string {
  return /(^|\/)\.$/.test(path) ? "." : baseName(path);
}

/** The archive with another name at its root, in the paths that hard links name as well. */
function renamed(archive: Uint8Array, from: string, to: string): Uint8Array {
  if (from === to) return archive;
  const rename = (path: string) => to + path.slice(from.length);
  const entries = [...readTar(archive)].map((entry) => ({
    ...entry,
    path: rename(entry.path),
    ...(entry.type === "hardlink" && { linkname: rename(entry.linkname!) }),
  }));
  return writeTar(entries);
}

const DIRECTORY = 2 ** 31;
const SYMLINK = 2 ** 27;

function statOf(response: Response): PathStat {
  return JSON.parse(atob(response.headers.get("X-Docker-Container-Path-Stat")!));
}

/** Undefined where there is nothing. */
async function statAt({ client, signal }: Call, { container, path }: ContainerPlace): Promise<PathStat | undefined> {
  try {
    return statOf(await client.send("HEAD", containerPath(container, "archive"), { query: { path }, signal }));
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}

/** Where a link at the end of the path leads, one step. */
async function followed(call: Call, place: ContainerPlace): Promise<string> {
  const stat = await statAt(call, place);
  if (!stat || (stat.mode & SYMLINK) === 0) return place.path;
  return absolutePath(directoryOf(place.path), stat.linkTarget);
}

async function told({ context, flags }: Call, { length }: Uint8Array, where: string): Promise<number> {
  if (context.terminal.stdout && !flags.on("quiet"))
    await context.stderr.write(`Successfully copied ${humanSize(length, 3)} to ${where}\n`);
  return 0;
}
