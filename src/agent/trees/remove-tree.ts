/** rm -r that gives way to other work, for trees of any size. */
import { allowing } from "../failure.js";
import { S_IFDIR, S_IFMT } from "../system/constants.js";
import type { System } from "../system/system.js";
import { Yielder } from "../yielder.js";

/** A path that is not there is removed already. */
export async function removeTree(system: System, path: string): Promise<void> {
  await remove(system, path, new Yielder(system));
}

async function remove(system: System, path: string, yielder: Yielder): Promise<void> {
  const stat = allowing(["ENOENT"], () => system.lstat(path));
  if (!stat) return;
  if ((stat.mode & S_IFMT) !== S_IFDIR) {
    allowing(["ENOENT"], () => system.unlink(path));
    return;
  }
  for (const name of allowing(["ENOENT"], () => system.readdir(path)) ?? []) {
    if (yielder.due()) await yielder.turn();
    await remove(system, `${path}/${name}`, yielder);
  }
  allowing(["ENOENT"], () => system.rmdir(path));
}
