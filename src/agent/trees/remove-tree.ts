/** rm -r that gives way to other work, for trees of any size and depth. */

import { S_IFDIR, S_IFMT } from "../../shared/linux/constants.js";
import { allowing } from "../failure.js";
import type { System } from "../system/system.js";
import { Yielder } from "../yielder.js";
import { TreeWalk } from "./tree-walk.js";

/** A path that is not there is removed already. */
export async function removeTree(system: System, path: string): Promise<void> {
  const mode = allowing(["ENOENT"], () => system.lstat(path))?.mode;
  if (mode === undefined) return;
  if ((mode & S_IFMT) === S_IFDIR) {
    await empty(system, path);
    allowing(["ENOENT"], () => system.rmdir(path));
  } else allowing(["ENOENT"], () => system.unlink(path));
}

async function empty(system: System, path: string): Promise<void> {
  const yielder = new Yielder(system);
  const walk = new TreeWalk(system, path);
  try {
    for (;;) {
      if (yielder.due()) await yielder.turn();
      const name = walk.next();
      if (name !== undefined) removeOrEnter(system, walk, name);
      else if (walk.depth === 0) return;
      else {
        const left = walk.leave();
        allowing(["ENOENT"], () => system.rmdir(left, walk.fd));
      }
    }
  } finally {
    walk.dispose();
  }
}

function removeOrEnter(system: System, walk: TreeWalk, name: string): void {
  const mode = allowing(["ENOENT"], () => system.lstat(name, walk.fd))?.mode;
  if (mode === undefined) return;
  if ((mode & S_IFMT) === S_IFDIR) walk.enter(name);
  else allowing(["ENOENT"], () => system.unlink(name, walk.fd));
}
