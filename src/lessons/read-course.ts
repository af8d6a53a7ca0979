/** Lists of scenario folders: Killercoda's `structure.json`, Katacoda's `NAME-pathway.json`. */
import { Fields } from "./fields.js";
import { Folder, folderOf, joinPath, quoted, textOf } from "./folder.js";
import type { Course, FolderFiles } from "./lesson.js";
import { readJSON } from "./located-json.js";

/** Folders below `files` that hold an `index.json`, in the order of their names. */
export function scenarioFolders(files: FolderFiles): string[] {
  const indexes = [...files.keys()].filter((path) => /(^|\/)index\.json$/i.test(path));
  return indexes.map(folderOf).sort();
}

/** Undefined when no file lists scenarios. A scenario that is listed and not there is told and left out. */
export function readCourse(files: FolderFiles): Course | undefined {
  const path = [...files.keys()].find((file) => /^(structure|[^/]+-pathway)\.json$/i.test(file));
  if (path === undefined) return undefined;
  const folder = new Folder(files);
  const root = new Fields(folder, readJSON(path, textOf(files.get(path)!), folder.warnings), path);
  const there = new Set(scenarioFolders(files));
  const items = root.list("items", "courses").flatMap((value) => {
    const item = new Fields(folder, value);
    const name = item.text("path", "course_id", "id");
    const found = name === undefined ? undefined : joinPath("", name);
    if (found !== undefined && there.has(found))
      return [{ path: found, title: item.text("title"), description: item.text("description") }];
    item.warn(name === undefined ? "the item has no path" : `${quoted(name)} is no scenario folder`);
    return [];
  });
  return {
    title: root.text("title") ?? "",
    description: root.text("description") ?? "",
    items,
    warnings: folder.warnings,
  };
}
