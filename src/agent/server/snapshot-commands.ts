import { DISK_DIRECTORY } from "../../protocol/guest-paths.js";
import { collectTree } from "../collect/collect-tree.js";
import { exchangePath } from "../machine/place-file.js";
import type { Handlers } from "./command-handlers.js";
import type { Rooms } from "./rooms.js";

export function snapshotCommands({ system, streams, snapshots }: Rooms) {
  return {
    "snapshot.remove": ({ key }) => {
      snapshots.remove(key);
      return {};
    },
    "snapshot.diff": ({ key, entries, contents, fromDisk }) =>
      collectTree(system, {
        root: snapshots.upper(key),
        contents: contents === undefined ? undefined : exchangePath(contents),
        entries: streams.output(entries),
        overlay: true,
        disk: fromDisk ? DISK_DIRECTORY : undefined,
      }),
  } satisfies Partial<Handlers>;
}
