/** /containers/{id}/archive and export: a container's files as tars. */
import type { TreeNode } from "../../machine/ninep/tree.js";
import { readTar } from "../../shared/tar/read-tar.js";
import { writeTar } from "../../shared/tar/write-tar.js";
import type { Container } from "../containers/container.js";
import { containerTree, type FoundFile, findFile } from "../containers/container-files.js";
import { filesTar } from "../containers/files-tar.js";
import { unpackFiles } from "../containers/unpack-files.js";
import { lookUpUser, type User } from "../containers/user.js";
import { gunzip, isGzip } from "../content/gunzip.js";
import { EngineError } from "../engine-error.js";
import { containerOf } from "./container-routes.js";
import type { Call, Route } from "./router.js";
import type { PathStat } from "./types.js";

export const archiveRoutes: Route[] = [
  { method: "HEAD", path: "/containers/:id/archive", handle: stat },
  { method: "GET", path: "/containers/:id/archive", handle: read },
  { method: "PUT", path: "/containers/:id/archive", handle: unpack },
  { method: "GET", path: "/containers/:id/export", handle: exportFiles },
];

type Owner = Pick<User, "uid" | "gid">;

const MAX_ARCHIVE_BYTES = 2 ** 31;
const STAT_HEADER = "X-Docker-Container-Path-Stat";

async function stat(call: Call): Promise<Response> {
  const found = await foundBy(call, false);
  return new Response(null, { headers: { [STAT_HEADER]: statText(found) } });
}

async function read(call: Call): Promise<Response> {
  const found = await foundBy(call, true);
  const tar = await filesTar(found, rootName(pathOf(call)));
  return tarResponse(tar, { [STAT_HEADER]: statText(found) });
}

/** The body may be compressed. */
async function unpack(call: Call): Promise<Response> {
  const { services, request, query } = call;
  const body = new Uint8Array(await request.arrayBuffer());
  const container = containerOf(call);
  const plain = isGzip(body) ? await gunzip(body, MAX_ARCHIVE_BYTES) : body;
  const tar = query.flag("copyUIDGID") ? ownedBy(await userOf(container), plain) : plain;
  const unpacking = { container, name: call.params.id!, directory: pathOf(call), tar };
  await unpackFiles(services.runtime, services.volumes, unpacking);
  return new Response(null, { status: 200 });
}

async function userOf({ user, config, tree }: Container): Promise<Owner> {
  return user ?? lookUpUser((path) => tree.readText(path), config.User ?? "");
}

function ownedBy({ uid, gid }: Owner, tar: Uint8Array): Uint8Array {
  return writeTar([...readTar(tar)].map((entry) => ({ ...entry, uid, gid })));
}

async function exportFiles(call: Call): Promise<Response> {
  const tree = await containerTree(call.services.runtime.machine, containerOf(call));
  return tarResponse(await filesTar({ tree, node: tree.root }, "."));
}

function tarResponse(tar: Uint8Array, headers: Record<string, string> = {}): Response {
  return new Response(tar as Uint8Array<ArrayBuffer>, { headers: { "Content-Type": "application/x-tar", ...headers } });
}

function pathOf({ query }: Call): string {
  const path = query.text("path");
  if (!path) throw new EngineError("invalid", "bad parameter: path cannot be empty");
  return path;
}

async function foundBy(call: Call, withData: boolean): Promise<FoundFile> {
  const path = pathOf(call);
  const container = containerOf(call);
  const found = await findFile(call.services.runtime.machine, container, path, withData);
  if (!found) throw new EngineError("not-found", `Could not find the file ${path} in container ${call.params.id}`);
  return found;
}

/** What stands for the path in the tar: its last name, or `.` where only what is in a directory is meant. */
function rootName(path: string): string {
  if (/(^|\/)\.$/.test(path)) return ".";
  return path.replace(/\/+$/, "").split("/").at(-1)!;
}

const TYPE_BITS: Record<TreeNode["type"], number> = {
  file: 0,
  directory: 2 ** 31,
  symlink: 2 ** 27,
  block: 2 ** 26,
  fifo: 2 ** 25,
  character: 2 ** 26 + 2 ** 21,
};

function statText({ node: { path, node } }: FoundFile): string {
  const stat: PathStat = {
    name: path.split("/").at(-1) || "/",
    size: node.type === "file" ? node.size : 4096,
    mode: goMode(node),
    mtime: new Date(node.mtime.seconds * 1000).toISOString(),
    linkTarget: node.type === "symlink" ? node.target : "",
  };
  return btoa(String.fromCharCode(...new TextEncoder().encode(JSON.stringify(stat))));
}

/** Set-uid, set-gid and sticky have places of their own in Go's modes. */
function goMode({ type, mode }: TreeNode): number {
  const special = (mode & 0o4000 ? 2 ** 23 : 0) + (mode & 0o2000 ? 2 ** 22 : 0) + (mode & 0o1000 ? 2 ** 20 : 0);
  return TYPE_BITS[type] + special + (mode & 0o777);
}
