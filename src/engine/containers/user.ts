/**
 * `USER` looked up in the /etc/passwd and /etc/group of an image, where the guest need not read them, or of a container
 * that runs. Rules and words as Docker's runtime has them.
 */
import type { Process } from "../../shared/oci/runtime.js";
import { EngineError } from "../engine-error.js";

/** Text of a file of the image or the container; undefined where there is none. */
export type ReadText = (path: string) => Promise<string | undefined>;

export interface User {
  uid: number;
  gid: number;
  additionalGids: number[];
  home: string;
}

/**
 * The group is among the additional ones, too: who gives it up must not come by what is closed to it (CVE-2022-36109).
 */
export function processUser({ uid, gid, additionalGids }: Omit<User, "home">): Process["user"] {
  return { uid, gid, additionalGids: [...new Set([gid, ...additionalGids])] };
}

interface Line {
  name: string;
  fields: string[];
}

/**
 * @param user `name|uid[:group|gid]`, empty for root.
 * @param added further groups, by name or number.
 * @throws {EngineError} `invalid` naming who is not there.
 */
export async function lookUpUser(readText: ReadText, user: string, added: readonly string[] = []): Promise<User> {
  const [userPart = "", groupPart] = user.split(":");
  const wanted = userPart || "0";
  const passwd = parse(await readText("/etc/passwd"));
  const line = passwd.find(({ name, fields }) => name === wanted || fields[2] === wanted);
  const uid = numberOf(line?.fields[2]) ?? numberOf(wanted);
  if (uid === undefined)
    throw new EngineError("invalid", `unable to find user ${wanted}: no matching entries in passwd file`);
  const home = line?.fields[5] || "/";
  const groups = parse(await readText("/etc/group"));
  const gids = added.map((group) => groupId(groups, group));
  if (groupPart) return { uid, gid: groupId(groups, groupPart), additionalGids: gids, home };
  const own = line ? groupsOf(groups, line.name) : [];
  return { uid, gid: numberOf(line?.fields[3]) ?? 0, additionalGids: [...own, ...gids], home };
}

/** @throws {EngineError} `invalid` naming the group. */
export async function lookUpGroup(readText: ReadText, group: string): Promise<number> {
  return groupId(parse(await readText("/etc/group")), group);
}

function groupId(groups: Line[], wanted: string): number {
  const line = groups.find(({ name, fields }) => name === wanted || fields[2] === wanted);
  const gid = numberOf(line?.fields[2]) ?? numberOf(wanted);
  if (gid === undefined)
    throw new EngineError("invalid", `unable to find group ${wanted}: no matching entries in group file`);
  return gid;
}

function groupsOf(groups: Line[], user: string): number[] {
  return groups.flatMap(({ fields }) => {
    const gid = numberOf(fields[2]);
    return gid !== undefined && fields[3]?.split(",").includes(user) ? [gid] : [];
  });
}

function parse(text = ""): Line[] {
  return text
    .split("\n")
    .filter((line) => line.includes(":") && !line.startsWith("#"))
    .map((line) => line.split(":"))
    .map((fields) => ({ name: fields[0]!, fields }));
}

function numberOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,10}$/.test(text) && Number(text) <= 0x7fffffff ? Number(text) : undefined;
}
