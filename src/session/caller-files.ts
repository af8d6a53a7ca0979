/**
 * Files where a `docker` command stands. What lies in the workspace is read on the page's side, where it lives;
 * anything else is collected by the agent and comes through the exchange.
 */
import type { CallerFiles } from "../cli/command.js";
import { type Collected, collectGuestTree } from "../engine/containers/collected.js";
import type { Machine, WorkspaceEntry } from "../machine/machine.js";
import { type CollectedEntry, collectedData } from "../protocol/collected-entry.js";
import { CommandError } from "../protocol/peer.js";
import type { TarEntry } from "../shared/tar/entry.js";
import { resolvePath, workspacePath } from "./guest-paths.js";
import { unpackInGuest } from "./unpack-in-guest.js";

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
    async kind(path) {
      const { kinds } = await machine.agent.call("machine.kinds", { paths: [resolvePath(cwd, path)] });
      return kinds[0] ?? undefined;
    },
    unpack: (directory, tar) => unpackInGuest(machine.agent, resolvePath(cwd, directory), tar),
  };
}

function collectFromWorkspace({ workspace }: FilesMachine, root: string, absolute: string): TarEntry[] {
  const entries = workspace.list();
  const self = entries.find((entry) => entry.path === root);
  if (root !== "" && !self) throw new CallerFileError("ENOENT", absolute, "no such file or directory");
  if (self && self.type !== "directory") return [toTarEntry(workspace, self, "")];
  const prefix = root === "" ? "" : `${root}/`;
  return entries
    .filter((entry) => entry.path !== "" && entry.path.startsWith(prefix))
    .map((entry) => toTarEntry(workspace, entry, entry.path.slice(prefix.length)));
}

/** The workspace belongs to the guest's root user, whoever edits it on the page. */
function toTarEntry(workspace: Machine["workspace"], entry: WorkspaceEntry, path: string): TarEntry {
  const { type, mode, mtime, xattrs, target } = entry;
  return {
    path,
    type,
    mode,
    uid: 0,
    gid: 0,
    mtime,
    ...(xattrs && { xattrs }),
    ...(type === "file" && { contents: workspace.data(entry.path) }),
    ...(type === "symlink" && { linkname: target ?? "" }),
  };
}

async function collectFromGuest(machine: FilesMachine, root: string): Promise<TarEntry[]> {
  try {
    return toTarEntries(await collectGuestTree(machine, root));
  } catch (error) {
    throw error instanceof CommandError ? asCallerFileError(error, root) : error;
  }
}

function toTarEntries({ entries, contents }: Collected): TarEntry[] {
  const made = new Map<string, TarEntry>();
  for (const entry of entries) {
    const converted = convert(entry, contents, made);
    if (converted) made.set(entry.path, converted);
  }
  return [...made.values()];
}

/** Devices, fifos and sockets have no place in a build context or an archive, and are left out. */
function convert(
  entry: CollectedEntry,
  contents: Uint8Array,
  made: ReadonlyMap<string, TarEntry>,
): TarEntry | undefined {
  const { path, type, mode, uid, gid, mtime, xattrs } = entry;
  const common = { path, mode, uid, gid, mtime, ...(xattrs && { xattrs }) };
  switch (type) {
    case "directory":
      return { ...common, type };
    case "symlink":
      return { ...common, type, linkname: entry.linkname ?? "" };
    case "file":
      return { ...common, type, contents: collectedData(entry, contents) };
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
