/**
 * Files where a `docker` command stands. What lies in the workspace is read on the page's side, where it lives;
 * anything else is collected by the agent and comes through the exchange.
 */
import type { CallerEntry, CallerFiles } from "../cli/command.js";
import type { Machine, WorkspaceEntry } from "../machine/machine.js";
import type { CollectedEntry } from "../protocol/commands.js";
import { CommandError, type InputStream } from "../protocol/peer.js";
import { resolvePath, workspacePath } from "./guest-paths.js";

export type FilesMachine = Pick<Machine, "agent" | "exchange" | "workspace">;

/** The command's words for a path that cannot be read: `stat <path>: no such file or directory`. */
export class CallerFileError extends Error {
  override name = "CallerFileError";
  constructor(
    readonly code: "ENOENT" | "EIO",
    readonly path: string,
    reason: string,
  ) {
    super(`stat ${path}: ${reason}`);
  }
}

/** Files as seen from `cwd`, a guest path. */
export function callerFiles(machine: FilesMachine, cwd: string): CallerFiles {
  return {
    async collect(path) {
      const absolute = resolvePath(cwd, path);
      const inside = workspacePath(absolute);
      if (inside === undefined) return collectFromGuest(machine, absolute);
      await machine.agent.call("file.sync", {});
      return collectFromWorkspace(machine, inside, absolute);
    },
    async write(path, bytes, mode = 0o644) {
      const absolute = resolvePath(cwd, path);
      const inside = workspacePath(absolute);
      if (inside) return machine.workspace.write(inside, bytes, mode);
      const exchange = machine.exchange.name();
      machine.exchange.put(exchange, bytes);
      await machine.agent.call("file.place", { exchange, path: absolute, mode });
    },
  };
}

function collectFromWorkspace({ workspace }: FilesMachine, root: string, absolute: string): CallerEntry[] {
  const entries = workspace.list();
  const self = entries.find((entry) => entry.path === root);
  if (root !== "" && !self) throw new CallerFileError("ENOENT", absolute, "no such file or directory");
  if (self && self.type !== "directory") return [toCallerEntry(workspace, self, "")];
  const prefix = root === "" ? "" : `${root}/`;
  return entries
    .filter((entry) => entry.path !== "" && entry.path.startsWith(prefix))
    .map((entry) => toCallerEntry(workspace, entry, entry.path.slice(prefix.length)));
}

/** The workspace belongs to the guest's root user, whoever edits it on the page. */
function toCallerEntry(workspace: Machine["workspace"], entry: WorkspaceEntry, path: string): CallerEntry {
  return {
    path,
    type: entry.type,
    mode: entry.mode & 0o7777,
    uid: 0,
    gid: 0,
    mtimeMs: entry.mtimeMs,
    ...(entry.type === "file" && { bytes: workspace.read(entry.path) }),
    ...(entry.type === "symlink" && { linkname: entry.target ?? "" }),
  };
}

async function collectFromGuest({ agent, exchange }: FilesMachine, root: string): Promise<CallerEntry[]> {
  const entries = agent.openInput();
  const contents = exchange.name();
  try {
    const [collected, result] = await Promise.all([
      readEntries(entries),
      agent.call("tree.collect", { root, entries: entries.id, contents }),
    ]);
    const bytes = result.contentBytes > 0 ? exchange.take(contents) : new Uint8Array();
    return toCallerEntries(collected, bytes);
  } catch (error) {
    entries.cancel("the command failed");
    throw error instanceof CommandError ? asCallerFileError(error, root) : error;
  }
}

async function readEntries(stream: InputStream): Promise<CollectedEntry[]> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of stream) text += decoder.decode(chunk, { stream: true });
  return (text + decoder.decode())
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as CollectedEntry);
}

function toCallerEntries(collected: CollectedEntry[], contents: Uint8Array): CallerEntry[] {
  const made = new Map<string, CallerEntry>();
  for (const entry of collected) {
    const converted = convert(entry, contents, made);
    if (converted) made.set(entry.path, converted);
  }
  // A collected directory lists itself as ""; a single file is "" too, and is all there is.
  if (made.get("")?.type === "directory") made.delete("");
  return [...made.values()];
}

/** Devices, fifos and sockets have no place in a build context or an archive, and are left out. */
function convert(entry: CollectedEntry, contents: Uint8Array, made: Map<string, CallerEntry>): CallerEntry | undefined {
  const { path, mode, uid, gid } = entry;
  const common = { path, mode, uid, gid, mtimeMs: entry.mtime * 1000 };
  switch (entry.type) {
    case "directory":
      return { ...common, type: "directory" };
    case "symlink":
      return { ...common, type: "symlink", linkname: entry.linkname ?? "" };
    case "file": {
      const offset = entry.offset ?? 0;
      return { ...common, type: "file", bytes: contents.subarray(offset, offset + (entry.size ?? 0)) };
    }
    case "hardlink": {
      const target = made.get(entry.linkname ?? "");
      return target && { ...target, path };
    }
    default:
      return undefined;
  }
}

function asCallerFileError(error: CommandError, path: string): CallerFileError {
  const missing = error.failure.code === "not-found" || error.failure.errno === "ENOENT";
  return missing
    ? new CallerFileError("ENOENT", path, "no such file or directory")
    : new CallerFileError("EIO", path, error.message);
}
