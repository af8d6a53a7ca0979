/** COPY and ADD, on the page's side: which files go where, with whose ownership. The guest has no part in it. */
import { dataOf, fileNode, type TreeNode } from "../../machine/ninep/tree.js";
import type { AddInstruction } from "../../shared/dockerfile/instructions/add.js";
import type { CopyInstruction } from "../../shared/dockerfile/instructions/copy.js";
import type { FileTime } from "../../shared/files/file-attributes.js";
import { SparseBytes } from "../../shared/files/sparse-bytes.js";
import { PatternMatcher } from "../../shared/patternmatcher/matcher.js";
import { encodePath } from "../../shared/text/path-bytes.js";
import { type LayeredTree, type MergedNode, resolvePath } from "../containers/layered-tree.js";
import { lookUpGroup, lookUpUser } from "../containers/user.js";
import { BuildError } from "./build-error.js";
import { glob, hasWildcard } from "./glob.js";
import type { LayerDraft } from "./layer-draft.js";
import { unpackArchive } from "./unpack-archive.js";

export interface CopyPlan {
  /** Variables replaced. */
  instruction: CopyInstruction | AddInstruction;
  source: LayeredTree;
  /** The image so far. */
  target: LayeredTree;
  workingDirectory: string;
  draft: LayerDraft;
  now: FileTime;
}

/** Writes into `draft`. @throws {BuildError} in BuildKit's words. */
export async function copyFiles(plan: CopyPlan): Promise<void> {
  const { instruction, draft } = plan;
  refuseUnsupported(instruction);
  const change = await attributeChange(plan);
  const sources = instruction.sources.flatMap((pattern) => findSources(plan.source, pattern));
  const destination = resolvePath(plan.workingDirectory || "/", instruction.destination);
  const isDirectory = wantsDirectory(instruction, sources.length + instruction.inlineFiles.length, destination, draft);
  const excluded = instruction.exclude.length > 0 ? new PatternMatcher(instruction.exclude) : undefined;
  const write = (path: string, node: TreeNode) => draft.write(path, change(node));
  for (const found of sources) {
    if (found.node.type === "directory") {
      copyDirectory(plan, found, destination, write, excluded);
      continue;
    }
    const archive = instruction.name === "ADD" && instruction.unpack !== false ? await unpackedFrom(found) : undefined;
    if (archive) for (const { path, node } of archive) writeUnpacked(draft, resolvePath(destination, path), node);
    else if (!excluded?.matches(nameOf(found.path)))
      write(isDirectory ? `${destination}/${nameOf(found.path)}` : destination, found.node);
  }
  for (const { name, text } of instruction.inlineFiles) {
    const node = fileNode(encodePath(text), { mode: 0o644, uid: 0, gid: 0, mtime: plan.now });
    write(isDirectory ? `${destination}/${name}` : destination, node);
  }
}

function findSources(source: LayeredTree, pattern: string): MergedNode[] {
  const isRemote = /^(https?|git|ssh):\/\/|^git@/.test(pattern);
  if (isRemote) throw new BuildError(`ADD of remote sources is not supported: ${pattern}`);
  if (resolvePath("/", pattern) === "/") return [source.root];
  if (hasWildcard(pattern))
    return glob(source, pattern).map((found) => ({ ...(source.lookup(found.path) ?? found), path: found.path }));
  const found = source.lookup(pattern);
  if (!found)
    throw new BuildError(`failed to compute cache key: ${JSON.stringify(resolvePath("/", pattern))}: not found`);
  return [{ ...found, path: resolvePath("/", pattern) }];
}

/** A closing slash, several sources, or a directory that is there already. */
function wantsDirectory(
  { destination, sources }: CopyPlan["instruction"],
  count: number,
  path: string,
  draft: LayerDraft,
): boolean {
  if (/(^|\/)\.{0,2}$/.test(destination) || draft.at(path)?.type === "directory") return true;
  if (count > 1 && !sources.some(hasWildcard))
    throw new BuildError(
      `When using COPY with more than one source file, the destination must be a directory and end with a /`,
    );
  return count > 1;
}

/** What is in the directory, not the directory itself. */
function copyDirectory(
  { source, draft, now }: CopyPlan,
  from: MergedNode,
  destination: string,
  write: (path: string, node: TreeNode) => void,
  excluded: PatternMatcher | undefined,
): void {
  const top = draft.at(destination);
  if (top && top.type !== "directory") throw new BuildError(`cannot copy to non-directory: ${destination}`);
  if (!top && destination !== "/") write(destination, { ...from.node, mtime: now });
  const real = source.lookup(from.path) ?? from;
  const copyChildren = (parent: MergedNode, relative: string) => {
    for (const child of source.children(parent)) {
      const path = relative + nameOf(child.path);
      if (excluded?.matches(path)) continue;
      write(`${destination}/${path}`, child.node);
      if (child.node.type === "directory") copyChildren(child, `${path}/`);
    }
  };
  copyChildren(real, "");
}

async function unpackedFrom({ node }: MergedNode) {
  const data = node.type === "file" ? await dataOf(node) : undefined;
  // Nobody makes archives with holes.
  return data && !(data instanceof SparseBytes) ? unpackArchive(data) : undefined;
}

/** Directories of an archive that are there keep what is in them. */
function writeUnpacked(draft: LayerDraft, path: string, node: TreeNode): void {
  if (path !== "/") draft.write(path, node);
}

async function attributeChange({ instruction, target }: CopyPlan): Promise<(node: TreeNode) => TreeNode> {
  const owner = instruction.chown ? await ownerOf(target, instruction.chown) : undefined;
  const mode = instruction.chmod ? parseMode(instruction.chmod) : undefined;
  return (node) => ({
    ...node,
    ...owner,
    ...(mode !== undefined && node.type !== "symlink" && { mode }),
  });
}

/** `user[:group]`; a user's group is the number of the user, unless given (as BuildKit has it). */
async function ownerOf(target: LayeredTree, chown: string): Promise<{ uid: number; gid: number }> {
  const [user = "", group] = chown.split(":");
  const { uid, gid } = await lookUpUser((path) => target.readText(path), user);
  return {
    uid,
    gid: group ? await lookUpGroup((path) => target.readText(path), group) : /^\d+$/.test(user) ? uid : gid,
  };
}

function parseMode(text: string): number {
  if (!/^[0-7]{1,4}$/.test(text))
    throw new BuildError(`invalid chmod parameter: '${text}'. it should be octal string and between 0 and 07777`);
  return Number.parseInt(text, 8);
}

function refuseUnsupported(instruction: CopyPlan["instruction"]): void {
  if (instruction.name === "COPY" && instruction.parents) throw new BuildError("COPY --parents is not supported yet");
  if (instruction.name === "ADD" && instruction.checksum)
    throw new BuildError("ADD --checksum is for remote sources, which are not supported");
}

const nameOf = (path: string) => path.slice(path.lastIndexOf("/") + 1);
