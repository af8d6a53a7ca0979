/** `details.assets`: files that the machine gets before the lesson starts, by the name of the machine they are for. */
import { Fields } from "./fields.js";
import { type Folder, type FoundFile, joinPath, quoted } from "./folder.js";
import type { LessonAsset, Place } from "./lesson.js";
import type { LocatedValue } from "./located-json.js";

const HOME = "/root";
const CHMOD = /^(?:[0-7]{3,4}|[ugoa]*[-+=][rwxXst]+(?:,[ugoa]*[-+=][rwxXst]+)*)$/;

/** A script for the guest's shell, and what it reads. */
export interface AssetScript {
  /** The asset's target. */
  name: string;
  script: string;
  stdin: Uint8Array;
}

/** Puts the asset where it belongs. */
export function assetScript({ bytes, target, chmod }: LessonAsset): AssetScript {
  const name = shellWord(target);
  const mode = chmod === undefined ? "" : ` && chmod ${shellWord(chmod)} ${name}`;
  return { name: target, script: `mkdir -p "$(dirname ${name})" && cat >${name}${mode}`, stdin: bytes };
}

/** There is one machine here: what is for any other is put there too. */
export function readAssets(hosts: Fields | undefined, folder: Folder): LessonAsset[] {
  if (!hosts) return [];
  return hosts
    .entries()
    .flatMap(([host]) => hosts.list(host))
    .flatMap((value) => readAsset(value, folder));
}

function readAsset(value: LocatedValue, folder: Folder): LessonAsset[] {
  const isName = typeof value.value === "string";
  const fields = new Fields(folder, isName ? { place: value.place, members: new Map([["file", value]]) } : value);
  const name = fields.text("file");
  if (!name) {
    fields.warn("the asset has no file");
    return [];
  }
  const chmod = readChmod(fields, value.place, folder);
  const target = targetOf(fields.text("target") ?? HOME);
  return inAssets(name, value.place, folder).map(({ path, bytes }) => ({
    file: path,
    bytes,
    target: joinTarget(target, path.slice(path.lastIndexOf("/") + 1)),
    ...(chmod && { chmod }),
  }));
}

/** Assets are named from the folder `assets/`, which some authors write and some have not. */
function inAssets(name: string, place: Place, folder: Folder): FoundFile[] {
  const path = joinPath("", name);
  const isThere = (start: string) => [...folder.files.keys()].some((file) => file.startsWith(start));
  const inside = joinPath("assets", name);
  if (path === undefined || inside === undefined) return folder.match(place, name);
  const start = inside.split("*")[0]!;
  return folder.match(place, isThere(start) && !path.startsWith("assets/") ? inside : name);
}

function readChmod(fields: Fields, place: Place, folder: Folder): string | undefined {
  const chmod = fields.text("chmod");
  if (chmod === undefined || CHMOD.test(chmod)) return chmod;
  folder.warn(place, `chmod ${quoted(chmod)} is no mode`);
  return undefined;
}

/** `~` and relative paths are root's. */
function targetOf(target: string): string {
  const path = target.replace(/^~(?=\/|$)/, HOME);
  return `/${joinPath(path.startsWith("/") ? "" : HOME.slice(1), path) ?? ""}`;
}

/** A target is the directory that the file is put in; some authors name the file there once more. */
function joinTarget(target: string, name: string): string {
  if (name.includes(".") && target.endsWith(`/${name}`)) return target;
  return target === "/" ? `/${name}` : `${target}/${name}`;
}

function shellWord(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
