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
    "snapshot.diff": ({ key, entries, contents }) =>
      collectTree(system, {
        root: snapshots.upper(key),
        contents: exchangePath(contents),
        entries: streams.output(entries),
        overlay: true,
      }),
  } satisfies Partial<Handlers>;
}
