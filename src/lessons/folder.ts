/** A folder's files, found as authors name them: whatever they get wrong is told, and found where that is possible. */
import { decodeUtf8 } from "../shared/text/utf8.js";
import type { FolderFiles, LessonWarning, Place } from "./lesson.js";

export interface FoundFile {
  path: string;
  bytes: Uint8Array;
}

export class Folder {
  readonly warnings: LessonWarning[] = [];
  readonly #byLowerCase: Map<string, string>;

  constructor(readonly files: FolderFiles) {
    this.#byLowerCase = new Map([...files.keys()].map((path) => [path.toLowerCase(), path]));
  }

  warn(place: Place, message: string): void {
    this.warnings.push({ ...place, message });
  }

  /** The file that `path` names from the folder `from`; undefined, and told, when there is none. */
  find(place: Place, path: string, from = ""): FoundFile | undefined {
    const wanted = joinPath(from, path);
    if (wanted === undefined) {
      this.warn(place, `${quoted(path)} leads out of the folder`);
      return undefined;
    }
    const found = this.files.has(wanted) ? wanted : this.#byLowerCase.get(wanted.toLowerCase());
    if (found === undefined) {
      this.warn(place, `${quoted(wanted)} is missing`);
      return undefined;
    }
    if (found !== wanted) this.warn(place, `${quoted(wanted)} is missing; ${quoted(found)} is taken`);
    return { path: found, bytes: this.files.get(found)! };
  }

  /** Paths that `pattern` names: `*` stands for any part of a name, `**` with a slash for any folders. None, and told, when there is none. */
  match(place: Place, pattern: string): FoundFile[] {
    const wanted = joinPath("", pattern);
    if (wanted === undefined || !wanted.includes("*")) return [this.find(place, pattern)].filter((file) => !!file);
    const test = new RegExp(
      `^${wanted
        .split(/(\*\*\/|\*+)/)
        .map(patternPart)
        .join("")}$`,
    );
    const found = [...this.files].filter(([path]) => test.test(path)).map(([path, bytes]) => ({ path, bytes }));
    if (found.length === 0) this.warn(place, `no file is named ${quoted(wanted)}`);
    return found;
  }
}

/** Text of a file as editors leave it: without a byte order mark, lines ended by `\n`. */
export function textOf(bytes: Uint8Array): string {
  return decodeUtf8(bytes)
    .replace(/^\ufeff/, "")
    .replace(/\r\n?/g, "\n");
}

/** `path` taken from the folder `from`, without `.` and `..`; undefined when it leads out of the root. */
export function joinPath(from: string, path: string): string | undefined {
  const parts: string[] = [];
  for (const part of `${from}/${path}`.replaceAll("\\", "/").split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.join("/");
}

export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

/** The files below `folder`, named from there. */
export function filesBelow(files: FolderFiles, folder: string): FolderFiles {
  const prefix = folder === "" ? "" : `${folder}/`;
  return new Map(
    [...files].filter(([path]) => path.startsWith(prefix)).map(([path, bytes]) => [path.slice(prefix.length), bytes]),
  );
}

/** A name of the author's, in a message: one line, not without end. */
export function quoted(text: string): string {
  const shown = text.length > 80 ? `${text.slice(0, 80)}…` : text;
  return JSON.stringify(shown);
}

function patternPart(text: string): string {
  if (text === "**/") return "(?:.*/)?";
  return text.startsWith("*") ? "[^/]*" : text.replace(/[.+?^${}()|[\]\\]/g, "\\$&");
}
