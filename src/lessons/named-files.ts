import { folderOf, joinPath, textOf } from "./folder.js";
import { type LocatedValue, readJSON } from "./located-json.js";

/** Paths that an index.json may name: for a place whose files cannot be listed. Not all of them need be there. */
export function namedFiles(index: Uint8Array): string[] {
  const names = new Set<string>();
  const visit = (key: string, { value, members, items }: LocatedValue) => {
    const path = typeof value === "string" ? pathOf(key, value) : undefined;
    if (path !== undefined) names.add(path);
    for (const item of items ?? []) visit(key, item);
    for (const [name, member] of members ?? []) visit(name, member);
  };
  const root = readJSON("index.json", textOf(index), []);
  if (root) visit("", root);
  return [...names];
}

/** A name with an extension and without blanks. Katacoda's `files` are the editor's, and not in the folder. */
function pathOf(key: string, text: string): string | undefined {
  if (key === "files" || !/^[^\s*?#:]{1,200}\.[a-z0-9]{1,8}$/i.test(text)) return undefined;
  const isAsset = key === "file" && !text.startsWith("assets/");
  return joinPath(isAsset ? "assets" : "", text);
}

/** Paths of the pictures that the Markdown file at `path` may show. */
export function namedPictures(path: string, markdown: Uint8Array): string[] {
  const text = textOf(markdown);
  const sources = [
    ...text.matchAll(/!\[[^\]]{0,300}\]\(([^)\s:]{1,200})/g),
    ...text.matchAll(/<img\b[^<>]{0,300}\ssrc=["']([^"':]{1,200})["']/gi),
  ];
  const paths = sources.map(([, source]) => joinPath(folderOf(path), source!));
  return [...new Set(paths.filter((found) => found !== undefined))];
}
