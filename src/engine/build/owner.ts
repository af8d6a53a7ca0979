/** Whom files belong to that a build makes: `--chown`, and USER for WORKDIR. */
import type { LayeredTree } from "../containers/layered-tree.js";
import { lookUpGroup, lookUpUser } from "../containers/user.js";

export interface Owner {
  uid: number;
  gid: number;
}

/** `user[:group]` in `tree`; the group of a number is that number, unless given, as BuildKit has it. */
export async function ownerNamed(tree: LayeredTree, text: string): Promise<Owner> {
  const [user = "", group] = text.split(":");
  const readText = (path: string) => tree.readText(path);
  const { uid, gid } = await lookUpUser(readText, user);
  if (group) return { uid, gid: await lookUpGroup(readText, group) };
  return { uid, gid: /^\d+$/.test(user) ? uid : gid };
}
