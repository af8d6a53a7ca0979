import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { filesBelow } from "../../lessons/folder.js";
import type { FolderFiles } from "../../lessons/lesson.js";
import { readCourse, scenarioFolders } from "../../lessons/read-course.js";

export interface LessonFolder {
  name: string;
  files: FolderFiles;
}

/**
 * The lesson in `directory`, or those below it, in the order of its list of scenarios where there is one. Symlinks are
 * not followed. @throws {Error} when there is none.
 */
export function lessonFolders(directory: string): LessonFolder[] {
  if (!statSync(directory, { throwIfNoEntry: false })?.isDirectory())
    throw new Error(`${directory}: no such directory`);
  const files = readFiles(directory);
  const name = basename(resolve(directory));
  const folders = readCourse(files)?.items.map(({ path }) => path) ?? scenarioFolders(files);
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
