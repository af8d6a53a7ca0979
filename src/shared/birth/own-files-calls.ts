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
  files: readonly { path: string; text: string }[];
}

const FLAGS = MS_NOSUID | MS_NODEV;
const OPTIONS = "mode=755,size=1m";

/** Where the file for `path` of the root is made. */
export const fileIn = (directory: string, path: string) => `${directory}/${path.slice(path.lastIndexOf("/") + 1)}`;

export function makeOwnFiles(list: CallList, { directory, files }: OwnFiles): void {
  const [type, target] = [list.text("tmpfs"), list.text(directory)];
  list.call("mount", [type, target, type, FLAGS, list.text(OPTIONS)], {
    step: mountText("tmpfs", directory, "tmpfs", FLAGS, OPTIONS),
  });
  for (const { path, text } of files) writeFile(list, fileIn(directory, path), text, { create: 0o644, close: true });
}
