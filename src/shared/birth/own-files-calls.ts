/** Small files of a container's own, such as its hosts file, which its processes may change. */
import type { CallList } from "../calls/call-list.js";
import { mountText } from "../linux/call-text.js";
import { MS_NODEV, MS_NOSUID } from "../linux/constants.js";
import { writeFile } from "./kernel-files.js";

/**
 * `directory`: an empty one of the guest's. A small file system is mounted there, in the container's mount namespace
 * only: however much is written to the files, it is not the guest's room, and it goes with the container.
 */
export interface OwnFiles {
  directory: string;
  files: readonly OwnFile[];
}

export interface OwnFile {
  /** Where the container has it. */
  path: string;
  text: string;
  /** Among its own files, where the last part of `path` may be another's. */
  name?: string;
  /** 0644 unless given. */
  mode?: number;
  uid?: number;
  gid?: number;
}

const FLAGS = MS_NOSUID | MS_NODEV;
const OPTIONS = "mode=755,size=1m";

/** Where the file is made. */
export function fileIn(directory: string, { path, name = path.slice(path.lastIndexOf("/") + 1) }: OwnFile): string {
  return `${directory}/${name}`;
}

export function makeOwnFiles(list: CallList, { directory, files }: OwnFiles): void {
  const [type, target] = [list.text("tmpfs"), list.text(directory)];
  list.call("mount", [type, target, type, FLAGS, list.text(OPTIONS)], {
    step: mountText("tmpfs", directory, "tmpfs", FLAGS, OPTIONS),
  });
  for (const file of files) {
    const { text, mode = 0o644, uid = 0, gid = 0 } = file;
    const path = fileIn(directory, file);
    writeFile(list, path, text, { create: mode, close: true });
    if (uid !== 0 || gid !== 0) list.call("lchown32", [list.text(path), uid, gid]);
  }
}
