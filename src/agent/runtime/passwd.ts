/** Users and groups of a container's own /etc/passwd and /etc/group, looked up as Docker does. */
import { Failure } from "../failure.js";

export interface ResolvedUser {
  uid: number;
  gid: number;
  additionalGids: number[];
  /** From passwd; `/` where the user has no line. */
  home: string;
}

interface PasswdLine {
  name: string;
  uid: number;
  gid: number;
  home: string;
}

interface GroupLine {
  name: string;
  gid: number;
  members: string[];
}

/**
 * `user` is `name|uid[:group|gid]`, empty for root. A number needs no line in the files.
 * @throws {Failure} no-such-user, with Docker's text.
 */
export function resolveUser(user: string, passwd: string, group: string): ResolvedUser {
  const colon = user.indexOf(":");
  const userPart = (colon < 0 ? user : user.slice(0, colon)) || "0";
  const groupPart = colon < 0 ? "" : user.slice(colon + 1);
  const uid = numericId(userPart);
  const line = parsePasswd(passwd).find((entry) => entry.name === userPart || entry.uid === uid);
  if (!line && uid === undefined)
    throw new Failure("no-such-user", `unable to find user ${userPart}: no matching entries in passwd file`);
  const base = { uid: line?.uid ?? uid!, home: line?.home || "/" };
  if (groupPart) return { ...base, gid: groupId(groupPart, group), additionalGids: [] };
  const additionalGids = line ? groupsOf(line.name, group) : [];
  return { ...base, gid: line?.gid ?? 0, additionalGids };
}

/** Home directory of `uid`, `/` where it has none. */
export function homeOf(uid: number, passwd: string): string {
  return parsePasswd(passwd).find((entry) => entry.uid === uid)?.home || "/";
}

function groupId(wanted: string, group: string): number {
  const gid = numericId(wanted);
  const line = parseGroup(group).find((entry) => entry.name === wanted || entry.gid === gid);
  if (line) return line.gid;
  if (gid !== undefined) return gid;
  throw new Failure("no-such-user", `unable to find group ${wanted}: no matching entries in group file`);
}

function groupsOf(name: string, group: string): number[] {
  return parseGroup(group)
    .filter((entry) => entry.members.includes(name))
    .map((entry) => entry.gid);
}

export function parsePasswd(text: string): PasswdLine[] {
  return lines(text).map(([name = "", , uid = "", gid = "", , home = ""]) => ({
    name,
    uid: Number.parseInt(uid, 10) || 0,
    gid: Number.parseInt(gid, 10) || 0,
    home,
  }));
}

export function parseGroup(text: string): GroupLine[] {
  return lines(text).map(([name = "", , gid = "", members = ""]) => ({
    name,
    gid: Number.parseInt(gid, 10) || 0,
    members: members.split(",").filter((member) => member !== ""),
  }));
}

function lines(text: string): string[][] {
  return text
    .split("\n")
    .filter((line) => line.includes(":") && !line.startsWith("#"))
    .map((line) => line.split(":"));
}

function numericId(text: string): number | undefined {
  if (!/^[0-9]+$/.test(text)) return undefined;
  const id = Number(text);
  if (id > 0x7fffffff) throw new Failure("no-such-user", `uids and gids must be in range 0-2147483647: ${text}`);
  return id;
}
