/** The fields of a JSON object under the names that authors give them; what is of the wrong type is told. */
import { suggestion } from "../shared/dockerfile/suggest.js";
import { type Folder, type FoundFile, quoted } from "./folder.js";
import type { Place } from "./lesson.js";
import type { LocatedValue } from "./located-json.js";

export class Fields {
  readonly #members: ReadonlyMap<string, LocatedValue>;
  readonly place: Place;

  constructor(
    readonly folder: Folder,
    value: LocatedValue | undefined,
    file = "index.json",
  ) {
    this.#members = value?.members ?? new Map();
    this.place = value?.place ?? { file };
    if (value && !value.members) this.warn(`${shape(value)} stands where an object should`);
  }

  warn(message: string): void {
    this.folder.warn(this.place, message);
  }

  /** Tells of members that are none of `names`, and near one. */
  known(names: readonly string[]): void {
    for (const [name, { place }] of this.#members) {
      const meant = names.includes(name) ? "" : suggestion(name, names);
      if (meant !== "") this.folder.warn(place, `${quoted(name)} is not known${meant}`);
    }
  }

  /** The first of `names` that is there; that it is not the first of them is told where `right` is no old name. */
  get(right: string, ...wrong: string[]): LocatedValue | undefined {
    const found = this.#members.get(right);
    if (found) return found;
    for (const name of wrong) {
      const value = this.#members.get(name);
      if (value && !OLD_NAMES.has(name)) this.folder.warn(value.place, `${quoted(name)} is taken for ${quoted(right)}`);
      if (value) return value;
    }
    return undefined;
  }

  /** A number or boolean is taken for its text. */
  text(...names: [string, ...string[]]): string | undefined {
    const found = this.get(...names);
    if (!found || found.value === null) return undefined;
    if (found.value === undefined) {
      this.folder.warn(found.place, `${quoted(names[0])} is ${shape(found)}, not a string`);
      return undefined;
    }
    if (typeof found.value !== "string")
      this.folder.warn(found.place, `${quoted(names[0])} is ${shape(found)}, not a string`);
    return String(found.value);
  }

  /** The file that a field names; an empty name is none. */
  file(...names: string[]): FoundFile | undefined {
    const [right, ...wrong] = names;
    const place = this.get(right!, ...wrong)?.place;
    const name = this.text(right!, ...wrong);
    return place && name ? this.folder.find(place, name) : undefined;
  }

  object(...names: [string, ...string[]]): Fields | undefined {
    const found = this.get(...names);
    return found && new Fields(this.folder, found);
  }

  /** One value where a list should be is a list of one; an object's members are a list, in their order. */
  list(...names: [string, ...string[]]): LocatedValue[] {
    const found = this.get(...names);
    if (!found) return [];
    if (found.items) return found.items;
    this.folder.warn(found.place, `${quoted(names[0])} is ${shape(found)}, not a list`);
    const isOne = !found.members || found.members.has("text") || found.members.has("title");
    return isOne ? [found] : [...found.members!.values()];
  }

  entries(): [string, LocatedValue][] {
    return [...this.#members];
  }
}

/** Katacoda's names, which are right in their own way. */
const OLD_NAMES = new Set(["code", "courseData", "answer", "imageId", "courses", "course_id"]);

function shape({ value, members, items }: LocatedValue): string {
  if (items) return "a list";
  if (members) return "an object";
  if (value === null) return "null";
  return `a ${typeof value}`;
}
