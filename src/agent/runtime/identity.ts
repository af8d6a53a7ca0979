/** Gives up privileges, in the child: capabilities, groups, user. */
import type { Capabilities, Process } from "../../shared/oci/runtime.js";
import { allowing } from "../failure.js";
import {
  PR_CAP_AMBIENT,
  PR_CAP_AMBIENT_RAISE,
  PR_CAPBSET_DROP,
  PR_SET_KEEPCAPS,
  PR_SET_NO_NEW_PRIVS,
} from "../system/constants.js";
import type { System } from "../system/system.js";
import { capabilityNumbers, capabilitySet, LAST_CAPABILITY } from "./capabilities.js";
import type { ChildSystem } from "./child-system.js";
import { homeOf, type ResolvedUser, resolveUser } from "./passwd.js";

/** Reads the container's own files: the root must have been entered. */
export function userOf(system: System, { user, env }: Process): ResolvedUser {
  if (user.username !== undefined)
    return withGroups(
      resolveUser(user.username, fileText(system, "/etc/passwd"), fileText(system, "/etc/group")),
      user,
    );
  const wantsHome = !env.some((entry) => entry.startsWith("HOME="));
  return {
    uid: user.uid,
    gid: user.gid,
    additionalGids: user.additionalGids ?? [],
    home: wantsHome ? homeOf(user.uid, fileText(system, "/etc/passwd")) : "/",
  };
}

function withGroups(resolved: ResolvedUser, { additionalGids = [] }: Process["user"]): ResolvedUser {
  return { ...resolved, additionalGids: [...new Set([...resolved.additionalGids, ...additionalGids])] };
}

function fileText(system: System, path: string): string {
  const bytes = allowing(["ENOENT", "ENOTDIR"], () => system.readFile(path));
  return bytes ? system.utf8Decode(bytes) : "";
}

/** Becomes `user` with the capabilities of the spec, or all of them where it names none. */
export function becomeUser({ traced, quiet }: ChildSystem, process: Process, user: ResolvedUser): void {
  const { capabilities } = process;
  if (capabilities) dropBounding(quiet, capabilities);
  const keeps = capabilities !== undefined && user.uid !== 0;
  if (keeps) quiet.prctl(PR_SET_KEEPCAPS, 1);
  quiet.setgroups(user.additionalGids);
  if (user.gid !== 0) traced.setgid(user.gid);
  if (user.uid !== 0) traced.setuid(user.uid);
  if (keeps) quiet.prctl(PR_SET_KEEPCAPS, 0);
  if (capabilities) {
    traced.capset(
      capabilitySet(capabilities.effective),
      capabilitySet(capabilities.permitted),
      capabilitySet(capabilities.inheritable),
    );
    for (const number of capabilityNumbers(capabilities.ambient))
      quiet.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, number, 0, 0);
  }
  if (process.noNewPrivileges) traced.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

function dropBounding(system: System, { bounding }: Capabilities): void {
  const kept = capabilityNumbers(bounding);
  for (let number = 0; number <= LAST_CAPABILITY; number++)
    if (!kept.has(number)) system.prctl(PR_CAPBSET_DROP, number, 0, 0, 0);
}
