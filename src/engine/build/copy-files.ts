/** COPY and ADD, on the page's side: which files go where, with whose ownership. The guest has no part in it. */
import { dataOf, fileNode, type TreeNode } from "../../machine/ninep/tree.js";
import type { AddInstruction } from "../../shared/dockerfile/instructions/add.js";
import type { CopyInstruction } from "../../shared/dockerfile/instructions/copy.js";
import type { FileTime } from "../../shared/files/file-attributes.js";
import { SparseBytes } from "../../shared/files/sparse-bytes.js";
import { PatternMatcher } from "../../shared/patternmatcher/matcher.js";
import { encodePath } from "../../shared/text/path-bytes.js";
import { type LayeredTree, type MergedNode, resolvePath } from "../containers/layered-tree.js";
import { BuildError } from "./build-error.js";
import { copyTree } from "./copy-tree.js";
import { type ModeChange, parseModeChange } from "./file-mode.js";
import { glob, hasWildcard } from "./glob.js";
import { join, type LayerDraft, nameOf, parentOf } from "./layer-draft.js";
import { type Owner, ownerNamed } from "./owner.js";
import { refuseRemote } from "./remote-sources.js";
import { openArchive, unpackInto } from "./unpack-archive.js";

export interface CopyPlan {
  /** Variables replaced. */
  instruction: CopyInstruction | AddInstruction;
  source: LayeredTree;
  /** The image so far, for its users. */
  target: LayeredTree;
  workingDirectory: string;
  draft: LayerDraft;
  now: FileTime;
}

/**
 * Writes into `draft`, each source in turn as BuildKit does: two files copied to one name leave the last.
 * @returns what the author may not have meant, a line each. @throws {BuildError} in BuildKit's words.
 */
export async function copyFiles(plan: CopyPlan): Promise<string[]> {
  refuseRemote(plan.instruction);
  const { chown } = plan.instruction;
  const copier = new Copier(plan, chown ? await ownerNamed(plan.target, chown) : undefined);
  for (const source of plan.instruction.sources) await copier.copySource(source);
  for (const { name, text } of plan.instruction.inlineFiles) {
    const node = fileNode(encodePath(text), { mode: 0o644, uid: 0, gid: 0, mtime: plan.now });
    copier.copy({ path: `/${name}`, node, directories: [] });
  }
  return copier.notes;
}

class Copier {
  readonly notes: string[] = [];
  readonly #plan: CopyPlan;
  readonly #owner: Owner | undefined;
  readonly #mode: ModeChange | undefined;
  readonly #excludes: PatternMatcher | undefined;
  /** Absolute; a closing slash says that it is a directory. */
  readonly #destination: string;
  /** Files that went to the destination's own name. */
  readonly #overwritten = new Map<string, string>();

  constructor(plan: CopyPlan, owner: Owner | undefined) {
    const { destination, chmod, exclude } = plan.instruction;
    this.#plan = plan;
    this.#owner = owner;
    this.#mode = chmod ? parseModeChange(chmod) : undefined;
    this.#excludes = exclude.length > 0 ? new PatternMatcher(exclude) : undefined;
    const path = resolvePath(plan.workingDirectory || "/", destination);
    this.#destination = /(^|\/)\.?$/.test(destination) && path !== "/" ? `${path}/` : path;
  }

  async copySource(source: string): Promise<void> {
    const { instruction, draft } = this.#plan;
    if (instruction.name === "COPY" && instruction.parents) return this.#copyWithParents(source);
    for (const found of this.#find(source)) {
      const archive = instruction.name === "ADD" && instruction.unpack !== false ? await archiveIn(found) : undefined;
      if (archive) unpackInto(draft, this.#destination, archive, this.#owner);
      else if (found.node.type === "directory" || !this.#excludes?.matches(nameOf(found.path))) this.copy(found);
    }
  }

  copy(found: MergedNode, includes?: PatternMatcher): void {
    const { draft } = this.#plan;
    const made = { mode: this.#mode?.directoryMode, ...this.#owner };
    const destination = this.#destination;
    draft.makeDirectory(destination.endsWith("/") ? destination : parentOf(destination), made);
    const target = draft.real(destination);
    if (found.node.type === "directory") this.#copyDirectory(found, target, made, includes);
    else this.#copyFile(found, target, made);
  }

  #copyFile({ node, path }: MergedNode, destination: string, made: object): void {
    const { draft } = this.#plan;
    const isDirectory = draft.at(destination)?.node.type === "directory";
    const target = isDirectory ? join(destination, nameOf(path)) : destination;
    draft.makeDirectory(parentOf(target), made);
    draft.writeFile(target, this.#changing()(node) as Exclude<TreeNode, { type: "directory" }>);
    if (!isDirectory) this.#noteOverwriting(target, path);
  }

  /** What is in the directory, not the directory itself. */
  #copyDirectory(from: MergedNode, target: string, made: object, includes?: PatternMatcher): void {
    const { source, draft, now } = this.#plan;
    const there = draft.at(target)?.node;
    if (there && there.type !== "directory") throw new BuildError(`cannot copy to non-directory: ${target}`);
    draft.makeDirectory(target, made);
    // A context's root has no time of its own.
    draft.touch(target, from.path === "/" ? now : from.node.mtime);
    copyTree({ source, draft, change: this.#changing(), includes, excludes: this.#excludes }, from, target);
  }

  /** `a/./b/c`: what is below `a` that matches `b/c`, under that name. */
  #copyWithParents(source: string): void {
    const pivot = source.indexOf("/./");
    const base = pivot < 0 ? "/" : source.slice(0, pivot) || "/";
    const pattern = resolvePath("/", pivot < 0 ? source : source.slice(pivot + 3)).slice(1);
    if (
      !hasWildcard(base) &&
      !hasWildcard(pattern) &&
      !this.#plan.source.lookup(join(base, pattern), { follow: false })
    )
      throw notFound(join(base, pattern));
    const includes = pattern === "" ? undefined : new PatternMatcher([pattern]);
    for (const found of this.#find(base)) this.copy(found, includes);
  }

  #find(pattern: string): MergedNode[] {
    const { source } = this.#plan;
    const path = resolvePath("/", pattern);
    if (hasWildcard(pattern))
      return glob(source, pattern).map((found) => ({ ...(source.lookup(found.path) ?? found), path: found.path }));
    const found = source.lookup(path);
    if (!found) throw notFound(path);
    return [{ ...found, path }];
  }

  /** A file's several names get one node again, so that they stay links of one another. */
  #changing(): <N extends TreeNode>(node: N) => N {
    const changed = new Map<TreeNode, TreeNode>();
    return <N extends TreeNode>(node: N): N => {
      const { type, mode } = node;
      const again = changed.get(node) as N | undefined;
      if (again) return again;
      const isChanged = this.#mode && type !== "symlink";
      const to = { ...node, ...this.#owner, ...(isChanged && { mode: this.#mode!.apply(mode, type === "directory") }) };
      changed.set(node, to);
      return to;
    };
  }

  #noteOverwriting(target: string, path: string): void {
    const before = this.#overwritten.get(target);
    if (before !== undefined)
      this.notes.push(
        `${target} is one file: ${path} replaces ${before}. To make it a directory, end it with a slash.`,
      );
    this.#overwritten.set(target, path);
  }
}

async function archiveIn({ node }: MergedNode) {
  const data = node.type === "file" ? await dataOf(node) : undefined;
  // Nobody makes archives with holes.
  return data && !(data instanceof SparseBytes) ? openArchive(data) : undefined;
}

function notFound(path: string): BuildError {
  return new BuildError(`failed to compute cache key: ${JSON.stringify(path)}: not found`);
}
