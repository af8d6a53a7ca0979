/** Lists of scenario folders: Killercoda's `structure.json`, Katacoda's `NAME-pathway.json` beside the folder NAME. */
import { Fields } from "./fields.js";
import { Folder, folderOf, joinPath, quoted, textOf } from "./folder.js";
import type { Course, FolderFiles } from "./lesson.js";
import { readJSON } from "./located-json.js";

/** Folders below `files` that hold an `index.json`, in the order of their names. */
export function scenarioFolders(files: FolderFiles): string[] {
  const indexes = [...files.keys()].filter((path) => /(^|\/)index\.json$/i.test(path));
  return indexes.map(folderOf).sort();
}

/** A scenario that is listed and not there is told and left out. */
export function readCourses(files: FolderFiles): Course[] {
  const there = new Set(scenarioFolders(files));
  const lists = [...files.keys()].filter((path) => /(^|\/)(structure|[^/]+-pathway)\.json$/i.test(path));
  return lists.sort().map((path) => readCourse(files, path, there));
}

function readCourse(files: FolderFiles, list: string, there: ReadonlySet<string>): Course {
  const folder = new Folder(files);
  const root = new Fields(folder, readJSON(list, textOf(files.get(list)!), folder.warnings), list);
  // `NAME-pathway.json` lists what is in NAME; `structure.json` what is beside it.
  const from = list.replace(/(^|\/)structure\.json$/i, "").replace(/-pathway\.json$/i, "");
  const items = root.list("items", "courses").flatMap((value) => {
    const item = new Fields(folder, value);
    const name = item.text("path", "course_id", "id");
    const path = name === undefined ? undefined : joinPath(from, name);
    if (path !== undefined && there.has(path))
      return [{ path, title: item.text("title"), description: item.text("description") }];
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
