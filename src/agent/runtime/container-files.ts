/** A container's own small files, such as /etc/hosts, kept in a directory of the disk and bind-mounted over its root. */
import type { Mount } from "../../shared/oci/runtime.js";
import { makeDirectories } from "../make-directories.js";
import { O_CLOEXEC, O_CREAT, O_TRUNC, O_WRONLY } from "../system/constants.js";
import type { System } from "../system/system.js";

export interface ContainerFile {
  path: string;
  text: string;
}

/** Writes the files and returns the mounts that show them. */
export function placeContainerFiles(system: System, directory: string, files: readonly ContainerFile[]): Mount[] {
  makeDirectories(system, directory);
  return files.map(({ path, text }) => {
    const source = `${directory}/${path.slice(path.lastIndexOf("/") + 1)}`;
    writeNewFile(system, source, text);
    return { destination: path, type: "bind", source, options: ["rbind", "rprivate"] };
  });
}

export function removeContainerFiles(system: System, directory: string): void {
  for (const name of system.readdir(directory)) system.unlink(`${directory}/${name}`);
  system.rmdir(directory);
}

function writeNewFile(system: System, path: string, text: string): void {
  const fd = system.open(path, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0o644);
  try {
    const bytes = system.utf8Encode(text);
    for (let at = 0; at < bytes.length; ) at += system.write(fd, bytes.subarray(at));
  } finally {
    system.close(fd);
  }
}
