import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { filesBelow } from "../../lessons/folder.js";
import type { FolderFiles } from "../../lessons/lesson.js";
import { readCourses, scenarioFolders } from "../../lessons/read-courses.js";

export interface LessonFolder {
  name: string;
  files: FolderFiles;
}

/**
 * The lesson in `directory`, or those below it: first those that a course lists, in its order. Symlinks are not
 * followed. @throws {Error} when there is none.
 */
export function lessonFolders(directory: string): LessonFolder[] {
  if (!statSync(directory, { throwIfNoEntry: false })?.isDirectory())
    throw new Error(`${directory}: no such directory`);
  const files = readFiles(directory);
  const name = basename(resolve(directory));
  const listed = readCourses(files).flatMap(({ items }) => items.map(({ path }) => path));
  const folders = [...new Set([...listed, ...scenarioFolders(files)])];
  if (folders.length === 0) throw new Error(`${directory}: no index.json is there, nor in a folder below`);
  return folders.map((folder) => ({ name: folder === "" ? name : folder, files: filesBelow(files, folder) }));
}

function readFiles(directory: string): FolderFiles {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(directory, "/").length))
    .filter((path) => !/(^|\/)(\.git|node_modules)\//.test(path));
  return new Map(paths.map((path) => [path, readFileSync(join(directory, path))]));
}
