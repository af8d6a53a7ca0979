/** Ends what lives in a cgroup that stays: even processes that multiply, since they are stopped first. */
import { SIGKILL } from "../../shared/linux/constants.js";
import { allowing } from "../failure.js";
import type { System } from "../system/system.js";
import { Cgroup } from "./cgroup.js";

/** Not by cgroup.kill: Linux 6.1.176 kills whatever is born later by CLONE_INTO_CGROUP where that was ever written. */
export async function endAll(system: System, directory: string): Promise<void> {
  const cgroup = new Cgroup(system, directory);
  await cgroup.freeze(true);
  for (const pid of cgroup.pids()) allowing(["ESRCH"], () => system.kill(pid, SIGKILL));
  await cgroup.freeze(false);
}
